"""A linear probe: can a quantity be read off embeddings by a weighted sum? NumPy only.

Ridge regression with an intercept, always judged on embeddings that it was not fitted to.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PENALTIES = tuple(10.0**power for power in range(-6, 4))


def held_out_r2(
    embeddings: NDArray[np.floating],
    target: NDArray[np.floating],
    penalties: Sequence[float] = PENALTIES,
) -> float:
    """Return R² of a ridge probe on points left out: 1 is perfect, 0 no better than the mean.

    ``embeddings`` are [n, d], ``target`` [n]. Each point is predicted by a probe fitted to the
    others, whose penalty (in units of the mean squared norm of the centred embeddings) was
    chosen by leave-one-out among those others alone; "the mean" is theirs too. The value can
    be far below 0. Source: ours.
    """
    points, values = np.asarray(embeddings, np.float64), np.asarray(target, np.float64)
    missed = missed_by_mean = 0.0
    for left_out in range(len(points)):
        rest = np.arange(len(points)) != left_out
        predicted = _predict(points[rest], values[rest], points[left_out], penalties)
        missed += (values[left_out] - predicted) ** 2
        missed_by_mean += (values[left_out] - values[rest].mean()) ** 2
    return float(1 - missed / missed_by_mean)


def _predict(points: Floats, values: Floats, at: Floats, penalties: Sequence[float]) -> float:
    """Return the prediction at a point by the ridge probe with the best leave-one-out error."""
    centre, mean = points.mean(0), values.mean()
    centred = points - centre
    gram = centred @ centred.T
    scale = np.trace(gram) / len(gram)
    if scale == 0:
        return float(mean)
    power, vectors = np.linalg.eigh(gram / scale)
    power = np.maximum(power, 0.0)
    rotated = vectors.T @ (values - mean)
    shrink = power / (power + np.array(penalties)[:, None])
    fitted = (shrink * rotated) @ vectors.T
    leverage = shrink @ np.square(vectors).T + 1 / len(points)
    errors = np.square((values - mean - fitted) / np.maximum(1 - leverage, 1e-9)).sum(1)
    best = penalties[int(errors.argmin())]
    weights = vectors @ (rotated / (power + best))
    return float(mean + (at - centre) @ centred.T @ weights / scale)
