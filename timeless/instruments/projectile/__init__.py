"""The throw: a ball's true path beside what a trained network answers, inside its range and out."""

from typing import Any

import numpy as np

from timeless.experiments.kinematics.protocols import RegressionTraining, make_sample
from timeless.experiments.kinematics.throws import Box
from timeless.instruments import Widget
from timeless.results.artifacts import Artifact, Results
from timeless.results.weights import Arrays, load_published

ARTIFACTS = ("kinematics",)
TENSORS = ("W1", "b1", "W2", "b2", "W3", "b3")
SHOWN = ("standard", "enlarged", "enlarged_no_decay")


def widget(results: Results) -> Widget:
    """Return the last weights of three networks, those of every other epoch as a part of its own.

    A network travels as one flat array, its tensors in the order of `TENSORS`.
    """
    artifact = results["kinematics"]
    trained, epochs = artifact.config["regression"], artifact.summary["seen_epochs"]
    stacked = {
        epoch: load_published(results.directory, "kinematics", "regression", epoch)
        for epoch in epochs
    }
    nets = {epoch: _networks(artifact, weights) for epoch, weights in stacked.items()}
    setup, box = artifact.summary["continuous_setup"], trained["box"]
    curves = artifact["curves_standard"]["epoch"]
    rows = np.searchsorted(curves, epochs)
    losses = {
        name: {
            split: artifact[f"curves_{name}"][f"{split}_loss"][rows].tolist()
            for split in ("train", "test")
        }
        for name in SHOWN
    }
    return Widget(
        title="A throw, as it is and as a network answers it",
        caption=CAPTION,
        alt=(
            f"The path of a thrown ball for an angle and a speed of the reader's choice, and the "
            f"heights that a network answers. It was trained on {setup['n_train']} throws at "
            f"{box['theta'][0]:g} to {box['theta'][1]:g} degrees and {box['v0'][0]:g} to "
            f"{box['v0'][1]:g} m/s. Inside this range the two agree, outside they part."
        ),
        data={
            "width": trained["width"],
            "box": {name: list(box[name]) for name in ("theta", "v0", "x")},
            "mean": setup["mean"],
            "std": setup["std"],
            "epochs": epochs,
            "variants": list(SHOWN),
            "losses": losses,
            "throws": _throws(artifact),
            "nets": nets[epochs[-1]],
        },
        parts={f"{epoch:06d}": {"nets": nets[epoch]} for epoch in epochs},
    )


def _networks(artifact: Artifact, weights: Arrays) -> dict[str, Any]:
    """Return the networks of the first seed, each as one flat array."""
    trained = artifact.config["regression"]
    runs = [(variant, seed) for variant in trained["variants"] for seed in trained["seeds"]]
    first = {variant: runs.index((variant, trained["seeds"][0])) for variant in SHOWN}
    return {
        variant: np.concatenate([weights[name][index].ravel() for name in TENSORS])
        for variant, index in first.items()
    }


def _throws(artifact: Artifact) -> Any:
    """Return angle and speed of the throws trained on [n, 2]."""
    trained = artifact.config["regression"]
    box = Box(**{name: tuple(ends) for name, ends in trained["box"].items()})
    config = RegressionTraining(box=box, n_train=trained["n_train"], n_test=trained["n_test"])
    return make_sample(config, trained["seeds"][0]).train[:, :2].astype(np.float32)


CAPTION = """
Left, one throw: the path by the equation, and the heights that the network answers at each
distance, computed in the page from its published weights. Right, all throws at once: the error
along the path for each angle and speed, with the range trained on as a box and the training
throws as dots. Point at the map to throw from there. *Enlarged* multiplies the initial weights
by eight; step through its epochs to see it fit the training throws first and the others long
after. Below the ground the equation goes on as if nothing were in the way, and so do we.
"""
