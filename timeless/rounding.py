"""Rounding: weights in 16 or 8 bits, and how many bytes they take."""

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.fourier import Floats
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
