"""A published network on all pairs with NumPy alone: what the build computes for first looks.

Attention's output enters whatever reads the residual stream linearly. So a token at a place adds,
through each head, one row of a table, weighed by its share of the pattern. Numbers are float32;
training and analysis have their own pass in torch, which a build does without.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.fourier import Floats
from timeless.results.weights import Arrays

Singles = NDArray[np.float32]


@dataclass(frozen=True)
class LastPosition:
    """What the last position of a network reads from every pair of numbers a, b modulo p.

    ``rows`` are the stream at a's place [p, d_model], at b's, and at the last one [1, d_model];
    ``pattern`` is the attention [heads, p, p, 3] to them.
    """

    weights: Mapping[str, Singles]
    rows: tuple[Singles, Singles, Singles]
    pattern: Singles

    @classmethod
    def of(cls, weights: Arrays, p: int, op: int = 0) -> "LastPosition":
        """Return it for weights of any float type, and the operation of that number."""
        W = {name: array.astype(np.float32) for name, array in weights.items()}
        numbers, last = W["W_E"][:p], W["W_E"][p + op] + W["W_pos"][2]
        rows = (numbers + W["W_pos"][0], numbers + W["W_pos"][1], last[None])
        query = np.einsum("d,hde->he", last, W["W_Q"]) / np.sqrt(np.float32(W["W_Q"].shape[2]))
        asked = np.einsum("hde,he->hd", W["W_K"], query)
        of_a, of_b, of_op = (asked @ x.T for x in rows)
        scores = np.stack(
            np.broadcast_arrays(of_a[:, :, None], of_b[:, None], of_op[:, None]), axis=-1
        )
        raised = np.exp(scores - scores.max(-1, keepdims=True))
        return cls(W, rows, raised / raised.sum(-1, keepdims=True))

    def onto(self, columns: Singles, a: slice = slice(None)) -> Singles:
        """Return the stream after attention along columns [d_model, n], [p, p, n].

        ``a`` restricts the first axis to some numbers.
        """
        W = self.weights
        through = np.einsum("hde,hef,fn->hdn", W["W_V"], W["W_O"], columns, optimize=True)
        of_a, of_b, of_op = (x @ through for x in self.rows)
        to_a, to_b, to_op = np.moveaxis(self.pattern[:, a], -1, 0)
        found = np.einsum("hab,han->abn", to_a, of_a[:, a], optimize=True)
        found += np.einsum("hab,hbn->abn", to_b, of_b, optimize=True)
        found += np.einsum("hab,hn->abn", to_op, of_op[:, 0], optimize=True)
        return np.asarray(found + self.rows[2] @ columns)

    def mlp_pre(self, neuron: int) -> Singles:
        """Return what enters a neuron of the MLP for every pair [p, p]."""
        W = self.weights
        return np.asarray(self.onto(W["W_in"][:, [neuron]])[..., 0] + W["b_in"][neuron])

    def logits(self, a: slice = slice(None)) -> Singles:
        """Return the logits [p, p, p] of every pair, or of those whose a is in a slice."""
        W = self.weights
        post = np.maximum(self.onto(W["W_in"], a) + W["b_in"], 0)
        direct = self.onto(W["W_U"], a) + W["b_out"] @ W["W_U"] + W["b_U"]
        return np.asarray(direct + post @ (W["W_out"] @ W["W_U"]))


def log_chances(logits: NDArray[np.floating]) -> Floats:
    """Return the logarithm of the probability of each class, along the last axis."""
    above = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    return np.asarray(above - np.log(np.exp(above).sum(-1, keepdims=True)))
