"""Loops over examples that look up and mix rows of tables, forward and backward; compiled by Numba.

Arrays are one block's: ``row_a``, ``row_b`` [n] the examples' numbers, ``weights`` [n, 2, H] the
attention that each head pays to a and to b (the op gets the rest), ``side_a``, ``side_b``
[H, p, columns] the tables, all of one float type. Examples should come sorted by a, whose rows then
stay in the cache. What is done here, and why, is said in `tables`.
"""

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Indices = NDArray[np.int64]

# Sums in any order, but no assumption that numbers are finite: what diverges has to show.
_compiled: Any = numba.njit(
    cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "arcp", "nsz"}
)


@_compiled
def attend(
    score_a: Floats,
    score_b: Floats,
    score_op: Floats,
    row_a: Indices,
    row_b: Indices,
    weights: Floats,
) -> None:
    """Write into ``weights`` the softmax of the scores [p, H], [p, H], [1, H], less the op's."""
    for i in range(len(row_a)):
        for h in range(weights.shape[2]):
            a, b, op = score_a[row_a[i], h], score_b[row_b[i], h], score_op[0, h]
            top = max(a, b, op)
            a, b, op = np.exp(a - top), np.exp(b - top), np.exp(op - top)
            weights[i, 0, h] = a / (a + b + op)
            weights[i, 1, h] = b / (a + b + op)


@_compiled
def mix(
    base: Floats,
    side_a: Floats,
    side_b: Floats,
    row_a: Indices,
    row_b: Indices,
    weights: Floats,
    out: Floats,
) -> None:
    """Write base + sum over heads of the weighted rows of a and of b into ``out`` [n, columns]."""
    for i in range(len(row_a)):
        row = out[i]
        row[:] = base
        for h in range(weights.shape[2]):
            a, b = side_a[h, row_a[i]], side_b[h, row_b[i]]
            weight_a, weight_b = weights[i, 0, h], weights[i, 1, h]
            for c in range(len(row)):
                row[c] += weight_a * a[c] + weight_b * b[c]


@_compiled
def mix_backward(
    d_out: Floats,
    row_a: Indices,
    row_b: Indices,
    weights: Floats,
    side_a: Floats,
    side_b: Floats,
    d_side_a: Floats,
    d_side_b: Floats,
    d_weights: Floats,
) -> None:
    """Add to the gradients of the tables and of ``weights``, given that of `mix`'s output."""
    for i in range(len(row_a)):
        d_row = d_out[i]
        for h in range(weights.shape[2]):
            a, b = side_a[h, row_a[i]], side_b[h, row_b[i]]
            d_a, d_b = d_side_a[h, row_a[i]], d_side_b[h, row_b[i]]
            weight_a, weight_b = weights[i, 0, h], weights[i, 1, h]
            dot_a, dot_b = d_out.dtype.type(0), d_out.dtype.type(0)
            for c in range(len(d_row)):
                dot_a += d_row[c] * a[c]
                dot_b += d_row[c] * b[c]
                d_a[c] += weight_a * d_row[c]
                d_b[c] += weight_b * d_row[c]
            d_weights[i, 0, h] += dot_a
            d_weights[i, 1, h] += dot_b


@_compiled
def attend_backward(
    row_a: Indices,
    row_b: Indices,
    weights: Floats,
    d_weights: Floats,
    d_score_a: Floats,
    d_score_b: Floats,
    d_score_op: Floats,
) -> None:
    """Add to the gradients of the scores, given that of the weights, the op's counted as zero."""
    for i in range(len(row_a)):
        for h in range(weights.shape[2]):
            a, b = weights[i, 0, h], weights[i, 1, h]
            mean = a * d_weights[i, 0, h] + b * d_weights[i, 1, h]
            d_score_a[row_a[i], h] += a * (d_weights[i, 0, h] - mean)
            d_score_b[row_b[i], h] += b * (d_weights[i, 1, h] - mean)
            d_score_op[0, h] -= (1 - a - b) * mean


@_compiled
def logit_gradient(exponentials: Floats, labels: Indices, shares: Floats, out: Floats) -> None:
    """Write (softmax - one-hot) times each example's share of the loss into ``out`` [n, p]."""
    for i in range(len(labels)):
        total = exponentials[i].sum()
        for c in range(out.shape[1]):
            out[i, c] = exponentials[i, c] / total * shares[i]
        # The difference is taken before it is rounded to the network's precision.
        out[i, labels[i]] = (exponentials[i, labels[i]] / total - 1) * shares[i]
