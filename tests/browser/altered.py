"""The trained network, altered as the instruments alter it, in NumPy over all pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tests.browser.measured import RESULTS, P
from timeless.instruments.networks import published_run
from timeless.results.weights import load_weights, published_file

Floats = NDArray[np.float64]
EPSILON = 1e-5


@cache
def weights(epoch: int) -> dict[str, Floats]:
    loaded, _ = load_weights(
        published_file(RESULTS.directory, "addition", published_run(RESULTS["addition"]), epoch)
    )
    return {name: array.astype(np.float64) for name, array in loaded.items()}


def normalised(x: Floats) -> Floats:
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt(x.var(-1, keepdims=True) + EPSILON)


def softmax(scores: Floats) -> Floats:
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    return shares / shares.sum(-1, keepdims=True)


@dataclass(frozen=True)
class Answers:
    """What the network computes for all pairs a*p + b; streams are [p*p, d_model].

    Neurons and logits are computed when one is asked for: all of them would be 90 MB each time.
    """

    epoch: int
    inserted: Sequence[str]
    pattern: Floats
    mid: Floats
    post: Floats
    answer: NDArray[np.intp]
    loss: float

    @property
    def accuracy(self) -> float:
        return float((self.answer == LABELS).mean())

    @property
    def entropy(self) -> float:
        logs = np.log(np.maximum(self.pattern, 1e-300))
        return float(-(self.pattern * logs).sum(-1).mean())

    @property
    def streams(self) -> dict[str, Floats]:
        pre = before(weights(self.epoch), *np.divmod(np.arange(P * P), P))
        places = {f"pre-{at}": pre[:, i] for i, at in enumerate(("a", "b", "op"))}
        return {**places, "mid": self.mid, "post": self.post}

    def neuron(self, index: int) -> Floats:
        W = weights(self.epoch)
        read = normalised(self.mid) if "mlp" in self.inserted else self.mid
        return np.maximum(read @ W["W_in"][:, index] + W["b_in"][index], 0)

    def logit(self, index: int) -> Floats:
        return self._logits(lambda each: each[..., index])

    def mean_logit(self) -> Floats:
        return self._logits(lambda each: each.mean(-1))

    def _logits(self, of: Callable[[Floats], Floats]) -> Floats:
        W = weights(self.epoch)
        read = normalised(self.post) if "final" in self.inserted else self.post
        return read @ of(W["W_U"]) + of(W["b_U"])


LABELS = np.add.outer(np.arange(P), np.arange(P)).ravel() % P


def before(W: dict[str, Floats], a: NDArray[np.intp], b: NDArray[np.intp]) -> Floats:
    """Return the streams [n, 3, d_model] that enter attention."""
    return W["W_E"][np.stack([a, b, np.full(len(a), P)], 1)] + W["W_pos"]


@cache
def answers(epoch: int, temperature: float = 1.0, inserted: Sequence[str] = ()) -> Answers:
    """Return the answers at a temperature, normalised before each part that is named.

    What one first number gives is computed at a time: fresh memory costs more than the sums.
    """
    W, width = weights(epoch), weights(epoch)["W_U"].shape[0]
    pattern = np.empty((P * P, len(W["W_Q"]), 3))
    mid, post = np.empty((2, P * P, width), np.float32)
    answer, losses = np.empty(P * P, np.intp), np.empty(P * P)
    for a in range(P):
        rows = slice(a * P, (a + 1) * P)
        pre = before(W, np.full(P, a), np.arange(P))
        pattern[rows], after = attended(W, pre, temperature, "attention" in inserted)
        ended = after + mlp(W, normalised(after) if "mlp" in inserted else after)
        logits = (normalised(ended) if "final" in inserted else ended) @ W["W_U"] + W["b_U"]
        mid[rows], post[rows], answer[rows] = after, ended, logits.argmax(1)
        right = logits[np.arange(P), LABELS[rows]]
        top = logits.max(1)
        losses[rows] = np.log(np.exp(logits - top[:, None]).sum(1)) + top - right
    return Answers(epoch, inserted, pattern, mid, post, answer, float(losses.mean()))


def attended(
    W: dict[str, Floats], pre: Floats, temperature: float, inserted: bool
) -> tuple[Floats, Floats]:
    """Return the attention pattern [n, heads, 3] of pairs, and resid_mid [n, d_model]."""
    read = normalised(pre) if inserted else pre
    query = np.einsum("nd,hde->nhe", read[:, 2], W["W_Q"], optimize=True)
    key = np.einsum("nsd,hde->nshe", read, W["W_K"], optimize=True)
    scores = np.einsum("nhe,nshe->nhs", query, key, optimize=True) / np.sqrt(query.shape[-1])
    pattern = softmax(scores / temperature)
    value = np.einsum("nsd,hde->nshe", read, W["W_V"], optimize=True)
    z = np.einsum("nhs,nshe->nhe", pattern, value, optimize=True)
    return pattern, pre[:, 2] + np.einsum("nhe,hed->nd", z, W["W_O"], optimize=True)


def mlp(W: dict[str, Floats], read: Floats) -> Floats:
    """Return what the MLP adds to streams [n, d_model]."""
    return np.maximum(read @ W["W_in"] + W["b_in"], 0) @ W["W_out"] + W["b_out"]
