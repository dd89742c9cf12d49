"""Weight decay: the norm of a tensor under decay alone, beside the run's own and real branches."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.instruments import Widget
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition", "laboratory")
ALL = "all"
BRANCHES = {"both": "both", "no decay": "gradient", "no gradient": "decay"}

Norms = Mapping[str, NDArray[np.float32]]


def widget(results: Results) -> Widget:
    """Return the run's norms at every checkpoint, and those along the branches of training.

    ``norms`` and the branches' have an entry for each tensor and ``all`` for the whole vector of
    weights; ``stages`` are [name, epoch] of the checkpoints that the branches leave.
    """
    addition, laboratory = results["addition"], results["laboratory"]
    train, found = addition.config["train"], laboratory["decay"]
    stages = list(dict.fromkeys(found["stage"].tolist()))
    epochs = {stage: laboratory.summary["stages"][stage] for stage in stages}
    return Widget(
        title="Weight decay, with and without gradient",
        caption=_caption(Quoting(results, "addition"), Quoting(results, "laboratory")),
        alt=_alt(Quoting(results, "addition")),
        data={
            "lr": train["lr"],
            "weight_decay": train["weight_decay"],
            "warmup_steps": train["warmup_steps"],
            "epochs": addition["progress"]["epoch"].tolist(),
            "norms": run_norms(addition),
            "stages": [[stage, epoch] for stage, epoch in epochs.items()],
            "branches": {str(epoch): branches(laboratory, s) for s, epoch in epochs.items()},
        },
    )


def run_norms(addition: Artifact) -> dict[str, NDArray[np.float32]]:
    """Return the run's norm of each tensor, and of all weights, at its checkpoints."""
    progress = addition["progress"]
    squares = {ALL: progress["sum_sq_weights"]} | {
        name.removeprefix("sum_sq_"): progress[name]
        for name in progress.columns
        if name.startswith("sum_sq_") and name != "sum_sq_weights"
    }
    return {name: np.sqrt(values).astype(np.float32) for name, values in squares.items()}


def branches(laboratory: Artifact, stage: str) -> dict[str, Any]:
    """Return the logged steps of a stage's branches, and the norms along each of them."""
    found = laboratory["decay"]
    own = found["stage"] == stage
    made: dict[str, Any] = {"step": found["step"][own & (found["branch"] == "both")].tolist()}
    for branch, name in BRANCHES.items():
        rows = own & (found["branch"] == branch)
        made[name] = {
            column.removeprefix("norm_") if column != "norm" else ALL: found[column][rows].astype(
                np.float32
            )
            for column in found.columns
            if column.startswith("norm")
        }
    return made


def _caption(run: Quoting, look: Quoting) -> str:
    return (
        "Above, from a chosen epoch on: the norm under decay alone, "
        "\\((1-\\eta\\lambda)^t\\) times the norm at the start, for the \\(\\eta\\) and "
        "\\(\\lambda\\) of the sliders, which is a formula and dashed; the norm of the run itself "
        f"(seed {run('config.seeds.0')}, \\(\\eta\\) = {run('config.train.lr', 'g')}, "
        f"\\(\\lambda\\) = {run('config.train.weight_decay', 'g')}), which has gradient and decay, "
        "at its measured checkpoints, joined by straight lines; and from three of them real "
        f"branches of {look('decay.n_steps')} updates, with both, with the gradient alone and with "
        "the decay alone. The branches start with Adam’s moments at zero, so that their first "
        "updates are larger than the run’s. Below, over all of training: what decay takes from "
        "the norm per epoch, and what the gradient puts back, by the run’s own norms at "
        "neighbouring checkpoints."
    )


def _alt(run: Quoting) -> str:
    return plain(
        "Lines of the norm of a weight tensor over epochs: under weight decay alone, with factor "
        f"1 − ηλ per epoch (η = {run('config.train.lr', 'g')}, "
        f"λ = {run('config.train.weight_decay', 'g')}), in the run itself, and along branches of "
        "training with gradient, with decay and with both; and over training what decay takes per "
        "epoch and what the gradient puts back."
    )
