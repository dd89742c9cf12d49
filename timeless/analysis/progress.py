"""Progress measures: what tells a memorising network from a generalising one. NumPy only.

Logits are [p*p, p], pairs flattened as a*p + b. Losses are in nats per example. The measures
follow Nanda et al. 2023; where the study's definition differs, the docstring says so.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.fourier import (
    Floats,
    dft,
    dft_2d,
    power_shares,
    row_frequencies,
    spectrum,
    sum_directions,
    waves,
)
from timeless.errors import TimelessError

KEY_THRESHOLD = 0.25
CLUSTER_THRESHOLD = 0.85


def key_frequencies(norms: NDArray[np.floating], threshold: float = KEY_THRESHOLD) -> list[int]:
    """Return the frequencies whose norm exceeds ``threshold`` of the largest, in order.

    ``norms`` [floor(n/2)] is the spectrum of W_E at the final checkpoint. Source: ours.
    """
    return [int(k) + 1 for k in np.flatnonzero(norms > threshold * norms.max())]


def _modulus(logits: NDArray[np.floating]) -> int:
    """Return p of logits [p*p, p]; raises TimelessError if that is not their shape."""
    root = math.isqrt(len(logits))
    p = root if root**2 == len(logits) else logits.shape[-1]
    if logits.shape != (p * p, p):
        raise TimelessError(
            f"logits must have shape [p*p, p] = [{p * p}, {p}]; got {list(logits.shape)}",
            remedy="pass the logits of all pairs, without the columns of op tokens",
        )
    return p


def _project(logits: NDArray[np.floating], freqs: Sequence[int]) -> Floats:
    """Return the part of the logits along cos, sin of omega_k(a+b), class means left out."""
    p = _modulus(logits)
    directions = sum_directions(p, freqs)
    return np.asarray(directions @ (directions.T @ logits.astype(np.float64)))


def restricted_logits(logits: NDArray[np.floating], freqs: Sequence[int]) -> Floats:
    """Return the logits [p*p, p] with only the key directions and each class's mean kept.

    Raises TimelessError if the shape is not [p*p, p]. Source: Nanda et al. 2023, section 5.1.
    """
    return np.asarray(_project(logits, freqs) + logits.mean(0, dtype=np.float64))


def excluded_logits(logits: NDArray[np.floating], freqs: Sequence[int]) -> Floats:
    """Return the logits [p*p, p] without the key directions (class means kept).

    Raises TimelessError if the shape is not [p*p, p]. Source: Nanda et al. 2023, section 5.1.
    """
    return logits.astype(np.float64) - _project(logits, freqs)


def cross_entropies(logits: NDArray[np.floating], labels: NDArray[np.integer]) -> Floats:
    """Return each example's cross-entropy [n] in nats, in float64. ``logits`` is [n, p]."""
    exact = logits.astype(np.float64)
    shifted = exact - exact.max(1, keepdims=True)
    log_total = np.log(np.exp(shifted).sum(1))
    return np.asarray(log_total - shifted[np.arange(len(labels)), labels])


def variance_explained(logits: NDArray[np.floating], freqs: Sequence[int]) -> float:
    """Return R² of the least-squares fit of the logits by Σ_k α_k cos omega_k(a+b-c).

    The logits are centred: each pair's mean over the classes, which no loss can see, is taken
    off. The regressors are orthogonal over all (a, b, c), so each α_k is one projection.
    Raises TimelessError if the shape is not [p*p, p].
    """
    p = _modulus(logits)
    centred = logits.astype(np.float64) - logits.mean(1, keepdims=True, dtype=np.float64)
    total = np.square(centred).sum()
    if total == 0:
        return 0.0
    explained = 0.0
    for freq in freqs:
        over_c = waves(p, [freq])  # cos omega_k(a+b-c) = cos · cos + sin · sin
        along = (sum_directions(p, [freq]).T @ centred * over_c).sum()
        explained += along**2 / len(over_c)
    return float(explained / total)


def gini(values: NDArray[np.floating]) -> float:
    """Return the Gini coefficient of non-negative values: 0 if all are equal, 1 if one has all."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    n = len(ordered)
    if ordered.sum() == 0:
        return 0.0
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum()))


def component_gini(x: NDArray[np.floating]) -> float:
    """Return the Gini coefficient of the norms of x's non-constant Fourier components [n, d]."""
    return gini(np.linalg.norm(dft(x)[1:], axis=1))


def spectral_entropy(shares: NDArray[np.floating]) -> float:
    """Return the Shannon entropy of power shares in nats: ln of their number if all are equal."""
    positive = shares[shares > 0]
    return float(-(positive * np.log(positive)).sum())


def order_parameter(shares: NDArray[np.floating], freqs: Sequence[int]) -> float:
    """Return the power share of some frequencies together; ``shares`` are those of 1, 2, …."""
    return float(shares[[freq - 1 for freq in freqs]].sum())


def embedding_sparsity(embedding: NDArray[np.floating]) -> dict[str, float]:
    """Return how sparse the spectrum of an embedding [n, d_model] is, by two measures.

    ``gini_W_E`` is `component_gini`, ``spectral_entropy`` that of its power shares, in nats.
    """
    return {
        "gini_W_E": component_gini(embedding),
        "spectral_entropy": spectral_entropy(power_shares(spectrum(embedding))),
    }


@dataclass(frozen=True)
class NeuronClusters:
    """For each neuron the frequency that explains most of it, and the share it explains.

    ``freq`` and ``share`` have shape [d_mlp]; ``energy`` is the centred energy over all pairs,
    zero for a neuron that never changes.
    """

    freq: NDArray[np.int64]
    share: Floats
    energy: Floats

    @property
    def clustered(self) -> NDArray[np.bool_]:
        """Return which neurons belong to their frequency, by the 85% rule [d_mlp]."""
        return np.asarray(self.share >= CLUSTER_THRESHOLD)


def neuron_clusters(activations: NDArray[np.floating], p: int) -> NeuronClusters:
    """Return which frequency each neuron serves; ``activations`` are [p*p, d_mlp].

    A frequency explains the part of the centred energy that lies in the span of
    {const, cos k, sin k} ⊗ {const, cos k, sin k}. Source: Nanda et al. 2023, section 4.2.
    """
    changes = activations - activations[0].astype(np.float64)  # exactly 0 if a neuron never changes
    power = np.square(dft_2d(changes, p))
    power[0, 0] = 0
    energy = power.sum((0, 1))
    to_freq = np.eye(p // 2 + 1)[1:, row_frequencies(p)]
    edge_a, edge_b = to_freq @ power[:, 0], to_freq @ power[0]
    by_row = np.einsum("ki,ijm->kjm", to_freq, power, optimize=True)
    explained = edge_a + edge_b + np.einsum("kjm,kj->km", by_row, to_freq, optimize=True)
    share = explained.max(0) / np.where(energy > 0, energy, 1)
    return NeuronClusters(explained.argmax(0) + 1, share, energy)
