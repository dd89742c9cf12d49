"""Rounding: weights in 16 or 8 bits, and how many bytes they take."""

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.fourier import Floats
from timeless.analysis.network import as_tensors
from timeless.experiments.laboratory.interventions import over_pairs, scores
from timeless.experiments.laboratory.published_run import PublishedRun
from timeless.experiments.laboratory.tables import Found, table
from timeless.results.weights import Arrays

LEVELS = 127  # on each side of zero, in 8 bits


def eight_bits(array: NDArray[np.floating]) -> Floats:
    """Return an array as it reads back from 8 bits, with one scale for each row.

    A row runs along the last axis. Its scale is its largest magnitude over 127.
    """
    exact = array.astype(np.float64)
    scale = np.abs(exact).max(-1, keepdims=True) / LEVELS
    return np.asarray(np.round(exact / np.where(scale > 0, scale, 1)) * scale)


def rounded(weights: Arrays) -> Arrays:
    """Return weights as they read back from 8 bits."""
    return {name: eight_bits(array).astype(np.float32) for name, array in weights.items()}


def sizes(weights: Arrays) -> dict[str, int]:
    """Return the bytes of the weights in 32, 16 and 8 bits; these with a float32 for each row."""
    count = sum(array.size for array in weights.values())
    rows = sum(array.size // array.shape[-1] for array in weights.values())
    return {"bytes_32": 4 * count, "bytes_16": 2 * count, "bytes_8": count + 4 * rows}


def measure_precision(published: PublishedRun) -> Found:
    """Return what rounding the weights to 16 and to 8 bits costs."""

    def measured_with(weights: Arrays) -> dict[str, float]:
        logits = over_pairs(as_tensors(weights), published.config.model)["logits"]
        return scores(logits, published.split)

    rows = []
    kept = ("accuracy_all", "accuracy_test", "loss_all")
    for epoch in published.epochs:
        weights = published.weights(epoch)
        by_bits = {16: measured_with(weights), 8: measured_with(rounded(weights))}
        found = {f"{name}_{bits}": part[name] for bits, part in by_bits.items() for name in kept}
        rows.append({"epoch": epoch, **found})
    exact, last = measured_with(published.weights(None)), rows[-1]
    worst = max(rows, key=lambda row: abs(row["accuracy_all_16"] - row["accuracy_all_8"]))
    summary = {
        **{f"{name.removesuffix('_all')}_32": exact[name] for name in ("accuracy_all", "loss_all")},
        **{
            f"{name}_{bits}": last[f"{name}_all_{bits}"]
            for name in ("accuracy", "loss")
            for bits in (16, 8)
        },
        "largest_change_8": worst["accuracy_all_8"] - worst["accuracy_all_16"],
        "largest_change_8_epoch": worst["epoch"],
        **sizes(published.weights(None)),
    }
    words = "What it costs to round the weights; 8 bits have a scale for each row."
    return summary, {"precision": table(words, rows, digits=5)}
