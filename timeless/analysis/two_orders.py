"""A network that multiplies, measured in two orders of its numbers: as logarithms, and as they are.

And how coarse its waves over the logarithms are: the circle of 130 has frequencies that share a
divisor with it, and put several numbers at one place.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import hypergeom

from timeless.analysis.fourier import Floats, power_shares, spectrum
from timeless.analysis.groups import PRIMITIVE_ROOT, additive, is_coarse
from timeless.analysis.network import Network
from timeless.analysis.progress import component_gini, embedding_sparsity, key_frequencies
from timeless.training.campaign import Run


def in_additive_order(trained: Run) -> Network:
    """Return the last network of a run with all numbers, zero too, in additive order."""
    last = trained.weights(max(trained.checkpoints))
    return Network.of(last, trained.config, group=additive(trained.config.model.p))


def largest(norms: Floats, n: int) -> list[int]:
    """Return the n frequencies of largest norm, in order: what an equal ablation takes out."""
    return sorted((np.argsort(norms)[::-1][:n] + 1).tolist())


def both_orders(log: Network, whole: Network) -> dict[str, Any]:
    """Return the measures of sparsity in discrete-log and in additive order.

    ``log`` is a network of the non-zero numbers by their logarithm, ``whole`` the same network of
    all numbers as they are.
    """
    found: dict[str, Any] = {"g": PRIMITIVE_ROOT, "order": log.group.n}
    for name, network in (("log", log), ("additive", whole)):
        sparsity = embedding_sparsity(network.number_embedding)
        found |= {f"{measure}_{name}": value for measure, value in sparsity.items()}
        found[f"gini_W_logit_{name}"] = component_gini(network.logit_weights.T)
        found[f"top_share_{name}"] = float(power_shares(spectrum(network.number_embedding)).max())
    shares = power_shares(spectrum(log.number_embedding))
    found |= {"alternating_freq": len(shares), "alternating_share": float(shares[-1])}
    found["alternating_rank"] = int((shares > shares[-1]).sum()) + 1
    found["alternating_is_key"] = len(shares) in key_frequencies(spectrum(log.number_embedding))
    freqs = key_frequencies(spectrum(whole.number_embedding))
    return found | {"key_freqs_additive": freqs, "n_key_freqs_additive": len(freqs)}


def coarseness(keys: Sequence[Sequence[int]], n: int) -> dict[str, Any]:
    """Return how many of the runs' key frequencies on a circle of n are coarse, and by chance.

    ``keys`` has a list for each run. By chance each run draws as many of all n // 2 frequencies,
    each as likely. ``p_more`` and ``p_fewer`` are the probabilities of as many coarse ones or more
    and of as many or fewer, over all runs.
    """
    every = [is_coarse(freq, n) for freq in range(1, n // 2 + 1)]
    found = sum(is_coarse(freq, n) for freqs in keys for freq in freqs)
    chances = np.ones(1)
    for freqs in keys:
        drawn = hypergeom(len(every), sum(every), len(freqs)).pmf(np.arange(len(freqs) + 1))
        chances = np.convolve(chances, drawn)
    n_keys = sum(map(len, keys))
    return {
        "n_key_freqs": n_keys,
        "n_coarse": found,
        "n_coarse_expected": n_keys * sum(every) / len(every),
        "p_more": float(min(1.0, chances[found:].sum())),
        "p_fewer": float(min(1.0, chances[: found + 1].sum())),
    }
