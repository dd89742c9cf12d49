"""Subspaces of the residual stream: what carries a task's frequencies, and how two overlap."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.fourier import Floats, waves


def subspace(embedding: NDArray[np.floating], freqs: Sequence[int]) -> Floats:
    """Return an orthonormal basis [d_model, d] of what carries frequencies of an embedding.

    ``embedding`` [n, d_model] has a row for each number, in the order of the task's circle. A
    frequency takes two directions, an alternating wave one; d is smaller where they coincide.
    """
    directions = waves(len(embedding), freqs) @ embedding.astype(np.float64)
    _, sizes, right = np.linalg.svd(directions, full_matrices=False)
    return np.asarray(right[sizes > 1e-9 * sizes[0]].T)


def overlap(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Return the mean squared cosine of the principal angles between two subspaces.

    ``first`` [m, d1] and ``second`` [m, d2] have orthonormal columns. 1 if one subspace contains
    the other, 0 if they are orthogonal; max(d1, d2)/m on average for random ones.
    """
    cosines = np.linalg.svd(first.T @ second, compute_uv=False)
    return float(np.square(cosines).mean())


def random_overlaps(bases: Sequence[Floats], n: int, seed: int) -> Floats:
    """Return the overlaps [n] of pairs of random subspaces, of the dimensions of two bases."""
    rng = np.random.default_rng([seed, 4])
    return np.array(
        [overlap(*(np.linalg.qr(rng.standard_normal(b.shape))[0] for b in bases)) for _ in range(n)]
    )
