"""The click: the tokens of the strongest frequency fall into a ring while test accuracy rises."""

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.published import number_embeddings, plane_of, rows_at
from timeless.instruments import Widget
from timeless.results.artifacts import Artifact, Results

ARTIFACTS = ("addition",)
EARLY_POINTS = 60  # of the curves, evenly in log epoch
CURVE_POINTS = 220  # … and evenly
AFTERWARDS = 1.5  # of the epoch of grokking, up to which the story is told at least


def widget(results: Results) -> Widget:
    """Return the tokens in one plane at every published checkpoint, and the accuracy curves."""
    addition = results["addition"]
    summary, spectrum = addition.summary, addition["final_spectrum"]
    freq = int(spectrum["freq"][spectrum["norm"].argmax()])
    embeddings = number_embeddings(results, "addition", addition.config["seeds"][0])
    epochs = told_epochs(addition)
    centred = (embeddings - embeddings.mean(axis=1, keepdims=True))[: len(epochs)]
    xy = centred @ plane_of(centred[-1], freq)
    rows, curves = _curve_rows(addition, epochs), addition["curves"]
    return Widget(
        title="The click",
        caption=_caption(addition, freq),
        alt=_alt(addition),
        data={
            "p": addition.config["train"]["model"]["p"],
            "epochs": epochs,
            "freq": freq,
            "xy": xy.astype(np.float32),
            "radius": float(np.linalg.norm(xy[-1], axis=1).max()),
            "curve_epochs": curves["epoch"][rows].tolist(),
            "train_accuracy": curves["train_accuracy"][rows].tolist(),
            "test_accuracy": curves["test_accuracy"][rows].tolist(),
            "memorisation_epoch": summary["memorisation_epoch"],
            "grok_epoch": summary["grok_epoch"],
        },
    )


def told_epochs(addition: Artifact) -> list[int]:
    """Return the published epochs up to the first that lies well after grokking; all without it."""
    epochs: list[int] = addition.summary["published_epochs"]
    grokked = addition.summary["grok_epoch"]
    enough = [i for i, epoch in enumerate(epochs) if grokked and epoch >= AFTERWARDS * grokked]
    return epochs[: enough[0] + 1] if enough else epochs


def _curve_rows(addition: Artifact, epochs: list[int]) -> NDArray[np.intp]:
    """Return rows of the curves: the first ones closer than the later, and every epoch told."""
    last = int(rows_at(addition, epochs)[-1])
    early = np.geomspace(1, last + 1, EARLY_POINTS).astype(int) - 1
    even = np.linspace(0, last, CURVE_POINTS).astype(int)
    return np.unique(np.concatenate([early, even, rows_at(addition, epochs)]))


def _caption(addition: Artifact, freq: int) -> str:
    train = addition.config["train"]
    return (
        f"Measured, not drawn: left, the {train['model']['p']} number tokens of the network "
        f"(seed {addition.config['seeds'][0]}) in the plane of frequency {freq}, the strongest "
        "of the run's last checkpoint; a token's colour is its place on that ring. Right, accuracy "
        "on the pairs it was trained on and on those it has never seen. It plays equally many "
        f"epochs in every second. The first {told_epochs(addition)[-1]:,} of "
        f"{train['epochs']:,} epochs; between checkpoints the tokens are moved in straight lines."
    )


def _alt(addition: Artifact) -> str:
    summary = addition.summary
    memorised, grokked = (
        "never held at 99%" if epoch is None else f"held at 99% for 1,000 epochs from {epoch:,}"
        for epoch in (summary["memorisation_epoch"], summary["grok_epoch"])
    )
    return (
        f"Train accuracy is {memorised}; test accuracy is {grokked}. Over the same epochs the "
        "number tokens, scattered at first, move onto a ring."
    )
