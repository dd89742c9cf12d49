"""The click: the tokens of the strongest frequency fall into a ring while test accuracy rises."""

import numpy as np
from numpy.typing import NDArray

from timeless.artifacts import Artifact, Results
from timeless.instruments import Widget
from timeless.published import number_embeddings, plane_of, rows_at

ARTIFACTS = ("addition",)
CURVE_POINTS = 220


def widget(results: Results) -> Widget:
    """Return the tokens in one plane at every published checkpoint, and the accuracy curves."""
    addition = results["addition"]
    summary, spectrum = addition.summary, addition["final_spectrum"]
    freq = int(spectrum["freq"][spectrum["norm"].argmax()])
    embeddings = number_embeddings(results, "addition", addition.config["seeds"][0])
    centred = embeddings - embeddings.mean(axis=1, keepdims=True)
    xy = centred @ plane_of(embeddings[-1], freq)
    rows, curves = _curve_rows(addition), addition["curves"]
    return Widget(
        title="The click",
        caption=_caption(addition, freq),
        alt=_alt(addition),
        data={
            "p": addition.config["train"]["model"]["p"],
            "epochs": summary["published_epochs"],
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


def _curve_rows(addition: Artifact) -> NDArray[np.intp]:
    """Return rows of the curves: evenly spaced in log epoch, and every published epoch."""
    logged = addition["curves"]["epoch"]
    spaced = np.geomspace(1, len(logged), CURVE_POINTS).astype(int) - 1
    return np.union1d(spaced, rows_at(addition, addition.summary["published_epochs"]))


def _caption(addition: Artifact, freq: int) -> str:
    train = addition.config["train"]
    return (
        f"Measured, not drawn: left, the {train['model']['p']} number tokens of the network "
        f"(seed {addition.config['seeds'][0]}) in the plane of frequency {freq}, the strongest "
        "of its last checkpoint; a token's colour is its place on that ring. Right, accuracy on "
        "the pairs it was trained on and on those it has never seen, against the epoch on a "
        "logarithmic axis. Between checkpoints the tokens are moved in straight lines."
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
