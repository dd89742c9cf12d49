"""The trained network, altered as the instruments alter it, in NumPy over all pairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tests.browser.measured import RESULTS, P
from timeless.results.weights import load_weights, published_file

Floats = NDArray[np.float64]
EPSILON = 1e-5


@cache
def weights(epoch: int) -> dict[str, Floats]:
    loaded, _ = load_weights(published_file(RESULTS.directory, "addition", "seed0", epoch))
    return {name: array.astype(np.float64) for name, array in loaded.items()}


def normalised(x: Floats) -> Floats:
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt(x.var(-1, keepdims=True) + EPSILON)


def softmax(scores: Floats) -> Floats:
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    return shares / shares.sum(-1, keepdims=True)


@dataclass(frozen=True)
class Answers:
    """What the network computes for all pairs a*p + b; streams are [p*p, (3,) d_model]."""

    pattern: Floats
    streams: dict[str, Floats]
    neurons: Floats
    logits: Floats

    @property
    def answer(self) -> NDArray[np.intp]:
        return self.logits.argmax(1)

    @property
    def accuracy(self) -> float:
        return float((self.answer == LABELS).mean())

    @property
    def loss(self) -> float:
        top = self.logits.max(1)
        sums = np.log(np.exp(self.logits - top[:, None]).sum(1))
        return float((sums + top - self.logits[np.arange(P * P), LABELS]).mean())

    @property
    def entropy(self) -> float:
        logs = np.log(np.maximum(self.pattern, 1e-300))
        return float(-(self.pattern * logs).sum(-1).mean())


LABELS = np.add.outer(np.arange(P), np.arange(P)).ravel() % P


@cache
def answers(epoch: int, temperature: float = 1.0, inserted: Sequence[str] = ()) -> Answers:
    """Return the answers at a temperature, normalised before each part that is named."""
    W = weights(epoch)
    a, b = np.divmod(np.arange(P * P), P)
    tokens = np.stack([a, b, np.full(P * P, P)], 1)
    pre = W["W_E"][tokens] + W["W_pos"]
    read = normalised(pre) if "attention" in inserted else pre
    query = np.einsum("nd,hde->nhe", read[:, 2], W["W_Q"], optimize=True)
    key = np.einsum("nsd,hde->nshe", read, W["W_K"], optimize=True)
    scores = np.einsum("nhe,nshe->nhs", query, key, optimize=True) / np.sqrt(query.shape[-1])
    pattern = softmax(scores / temperature)
    value = np.einsum("nsd,hde->nshe", read, W["W_V"], optimize=True)
    z = np.einsum("nhs,nshe->nhe", pattern, value, optimize=True)
    mid = pre[:, 2] + np.einsum("nhe,hed->nd", z, W["W_O"], optimize=True)
    inputs = normalised(mid) if "mlp" in inserted else mid
    neurons = np.maximum(inputs @ W["W_in"] + W["b_in"], 0)
    post = mid + neurons @ W["W_out"] + W["b_out"]
    logits = (normalised(post) if "final" in inserted else post) @ W["W_U"] + W["b_U"]
    streams = {f"pre-{at}": pre[:, i] for i, at in enumerate(("a", "b", "op"))}
    return Answers(pattern, {**streams, "mid": mid, "post": post}, neurons, logits)
