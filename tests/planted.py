"""Networks, logits, embeddings and neurons whose measures are known by construction."""

from collections.abc import Mapping

import numpy as np

from timeless.config import ModelConfig


def all_pairs_of(p: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a and b of every pair, flattened as a*p + b."""
    return np.divmod(np.arange(p * p), p)


def sums(p: int) -> np.ndarray:
    """Return the labels of addition, (a + b) mod p, of every pair."""
    return np.add(*all_pairs_of(p)) % p


def wave(p: int, freq: int, t: np.ndarray) -> np.ndarray:
    """Return cos(omega_k t)."""
    return np.cos(2 * np.pi * freq * t / p)


# --- logits ------------------------------------------------------------------------------


def wave_logits(p: int, amplitudes: Mapping[int, float]) -> np.ndarray:
    """Return Σ_k α_k cos omega_k(a+b-c), the closed form of a network that has generalised.

    Every pair's logits are the same function f of a+b-c, so its loss is `wave_loss`. Keeping
    some frequencies, or taking some out, leaves a sum of the same form: that is how the
    restricted and the excluded loss are known.
    """
    distance = sums(p)[:, None] - np.arange(p)
    return sum(
        (size * wave(p, k, distance) for k, size in amplitudes.items()), np.zeros((p * p, p))
    )


def wave_loss(p: int, amplitudes: Mapping[int, float]) -> float:
    """Return the cross-entropy of `wave_logits`: ln Σ_d exp f(d) - f(0), and ln p for none."""
    f = sum((size * wave(p, k, np.arange(p)) for k, size in amplitudes.items()), np.zeros(p))
    return float(np.log(np.exp(f).sum()) - f[0])


def nuisance(p: int, freq: int) -> np.ndarray:
    """Return logits at a key frequency, but not along a+b: they belong to no key direction."""
    a, b = all_pairs_of(p)
    over_pairs = wave(p, freq, a - b) + wave(p, freq, a) + wave(p, freq, b)
    return np.outer(over_pairs, wave(p, freq, np.arange(p)))


# --- embeddings and neurons --------------------------------------------------------------


def ring_embedding(p: int, radii: Mapping[int, float], d_model: int) -> np.ndarray:
    """Return W_E [p, d_model] in which each frequency is a ring in a plane of its own.

    A ring of radius r has the norm r·sqrt(p), so power shares go as r².
    """
    rows = np.zeros((p, d_model))
    angle = 2 * np.pi * np.arange(p) / p
    for plane, (freq, radius) in enumerate(radii.items()):
        rows[:, 2 * plane] = radius * np.cos(freq * angle)
        rows[:, 2 * plane + 1] = radius * np.sin(freq * angle)
    return rows


# --- networks with weights set by hand ---------------------------------------------------


def table_pairs(p: int) -> list[tuple[int, int]]:
    """Return the unordered pair that each neuron of `table_network` stands for."""
    return [(a, b) for a in range(p) for b in range(a, p)]


def table_config(p: int, n_rings: int = 0) -> ModelConfig:
    """Return the shape of `table_network`: one neuron for every unordered pair."""
    return ModelConfig(p=p, d_model=2 * (p + n_rings), n_heads=1, d_mlp=len(table_pairs(p)))


def table_network(
    p: int, logits: np.ndarray, radii: Mapping[int, float] | None = None
) -> dict[str, np.ndarray]:
    """Return weights that have ``logits`` [p*p, p], the same for (a, b) and (b, a), by heart.

    Channels 0 … p-1 hold numbers, one-hot, channels p … 2p-1 answers; those beyond hold the
    rings of `ring_embedding`, which nothing reads. Scores are all zero, so the last position
    pays a third of its attention to a and a third to b, and W_V makes up for it: z counts how
    often each number occurs. The neuron of {a, b} is relu(z_a + z_b - 1), that of {a, a}
    relu(z_a - 1). The input (a, a) also fires every {a, b}, which the neuron of {a, a} takes
    back.
    """
    radii = radii or {}
    config = table_config(p, len(radii))
    m, table = config.d_model, logits.reshape(p, p, p)
    W_in, W_out = np.zeros((m, config.d_mlp)), np.zeros((config.d_mlp, m))
    for neuron, (a, b) in enumerate(table_pairs(p)):
        W_in[[a, b], neuron] = 1
        right = table[a, b] if a != b else 2 * table[a, a] - table[a].sum(0)
        W_out[neuron, p : 2 * p] = right
    one_hot = np.eye(p, 2 * p)
    W_E = np.hstack([one_hot, ring_embedding(p, radii, m - 2 * p)])
    weights = {
        "W_E": np.vstack([W_E, np.zeros(m)]),
        "W_pos": np.zeros((3, m)),
        "W_Q": np.zeros((1, m, m)),
        "W_K": np.zeros((1, m, m)),
        "W_V": 3 * np.diag(np.arange(m) < p)[None],
        "W_O": np.eye(m)[None],
        "W_in": W_in,
        "b_in": np.full(config.d_mlp, -1.0),
        "W_out": W_out,
        "b_out": np.zeros(m),
        "W_U": np.eye(m, p, -p),
        "b_U": np.zeros(p),
    }
    return {name: array.astype(np.float32) for name, array in weights.items()}


def table_activations(p: int) -> np.ndarray:
    """Return what the neurons of `table_network` do on all pairs [p*p, d_mlp]."""
    a, b = all_pairs_of(p)
    low, high = np.minimum(a, b), np.maximum(a, b)
    fires = [
        ((low == i) & (high == j)) | ((a == b) & ((a == i) | (a == j))) for i, j in table_pairs(p)
    ]
    return np.stack(fires, axis=1).astype(float)


def log_network(
    p: int, amplitudes: Mapping[int, float], radii: Mapping[int, float]
) -> dict[str, np.ndarray]:
    """Return weights that multiply by discrete logarithms to base 2, set by hand.

    The logits of a non-zero pair are Σ_k α_k cos omega_k(log a + log b - log c) with
    omega_k = 2πk/(p-1), class 0 far below; a pair with a zero has class 0 alone. The embedding
    holds the rings of ``radii`` in the order of the powers of 2, and nothing for zero.
    """
    n, powers = p - 1, [pow(2, i, p) for i in range(p - 1)]
    logits = np.zeros((p, p, p))
    logits[:, 0, 0] = logits[0, :, 0] = 20.0
    inner = np.full((n, n, p), -20.0)
    inner[:, :, powers] = wave_logits(n, amplitudes).reshape(n, n, n)
    logits[np.ix_(powers, powers)] = inner
    weights = table_network(p, logits.reshape(p * p, p), radii)
    channels = slice(2 * p, None)
    weights["W_E"][:p, channels] = 0
    weights["W_E"][powers, channels] = ring_embedding(n, radii, 2 * len(radii))
    return weights


def lookup_network(p: int, scale: float) -> dict[str, np.ndarray]:
    """Return the `table_network` with ``scale`` on the right class of every pair, else 0."""
    return table_network(p, scale * np.eye(p)[sums(p)])


def lookup_loss(p: int, scale: float) -> float:
    """Return the cross-entropy of `lookup_network`: ln(1 + (p-1)·exp(-scale))."""
    return float(np.log1p((p - 1) * np.exp(-scale)))
