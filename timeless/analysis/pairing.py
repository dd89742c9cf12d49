"""Are two times of one run closer than those of different runs? A permutation test."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import numpy as np

MOST = 8  # pairs whose permutations are all gone through


def pairing_test(first: Sequence[float], second: Sequence[float]) -> dict[str, Any]:
    """Return how close partners are, on average, beside all other ways to pair them.

    ``first[i]`` and ``second[i]`` belong together. ``observed`` is the mean distance of partners,
    ``expected`` its mean over all permutations of ``second``, ``p_value`` the share of these at
    which it is as small or smaller: the pairing itself is one of them, so that n pairs cannot give
    less than 1/n!. All are None without two pairs. Raises ValueError for more than `MOST`.
    """
    n = len(first)
    if n > MOST:
        raise ValueError(f"{n} pairs have more than {MOST}! permutations")
    if n < 2:
        return {"n_pairs": n, "observed": None, "expected": None, "p_value": None}
    a, b = np.asarray(first, float), np.asarray(second, float)
    orders = np.array(list(permutations(range(n))))
    distances = np.abs(a - b[orders]).mean(axis=1)
    observed = float(np.abs(a - b).mean())
    return {
        "n_pairs": n,
        "observed": observed,
        "expected": float(distances.mean()),
        "p_value": float((distances <= observed + 1e-9).mean()),
    }
