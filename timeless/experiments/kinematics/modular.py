"""What the runs on motion modulo a prime show: the embedding's spectrum, and what memory answers.

The spectrum, its partners and the answers at t = 0 were decided on before the runs. What unseen
pairs are answered with, and how much the order of v0 and t matters, was added after the velocity
law had been seen to end below chance.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.export import publish_weights
from timeless.analysis.fourier import power_shares, spectrum
from timeless.analysis.network import Network, Split
from timeless.analysis.progress import component_gini, key_frequencies
from timeless.analysis.summary import run_record
from timeless.config import ACCELERATION
from timeless.experiments.kinematics import NAME, Config, runs
from timeless.results.artifacts import Table, column
from timeless.running.workspace import Workspace
from timeless.training.campaign import Run, curves_table

Mask = NDArray[np.bool_]


def numbers(run: Run) -> tuple[dict[str, Any], Table]:
    """Return what a modular run's last weights say, and the spectrum of its embedding."""
    p = run.config.model.p
    network, split = Network.of(run.weights(max(run.checkpoints)), run.config), Split.of(run.config)
    right, test = network.logits.argmax(1) == split.labels, ~split.train_mask
    at_rest = np.arange(p * p) % p == 0
    found = {
        "chance": 1 / p,
        "chance_loss": float(np.log(p)),
        "n_pairs": len(right),
        "n_test": int(test.sum()),
        "zero_time_share": float(at_rest.mean()),
        "zero_time_test_accuracy": float(right[at_rest & test].mean()),
        "other_test_accuracy": float(right[~at_rest & test].mean()),
    }
    waves, table = _waves(network)
    return found | waves | borrowed(network, split) | swapped(network, split), table


def _waves(network: Network) -> tuple[dict[str, Any], Table]:
    """Return the key frequencies and their partners, and the spectrum.

    One embedding serves v0 and t. A wave of frequency k in v0 + a·t takes frequency k of v0 and
    frequency a·k of t, so if the circuit is that of addition, a·k must be key where k is.
    """
    p, norms = network.group.p, spectrum(network.number_embedding)
    keys, freqs = key_frequencies(norms), np.arange(1, len(norms) + 1)
    partner = np.minimum(freqs * ACCELERATION % p, p - freqs * ACCELERATION % p)
    found = {
        "key_freqs": keys,
        "n_key_freqs": len(keys),
        "n_with_partner": sum(int(partner[k - 1]) in keys for k in keys),
        "n_frequencies": len(freqs),
        "gini_W_E": component_gini(network.number_embedding),
    }
    columns = {
        "freq": column(freqs, "cycles", "frequency k"),
        "norm": column(norms, "1", "norm of the embedding's component at k"),
        "power_share": column(power_shares(norms), "1", "share of the non-constant power"),
        "is_key": column(np.isin(freqs, keys).astype(int), "1", "1 for a key frequency"),
        "partner": column(partner, "cycles", "the frequency a·k, at which t would be needed"),
    }
    return found, Table("Spectrum of the last embedding.", columns)


def borrowed(network: Network, split: Split) -> dict[str, float]:
    """Return how often a test pair is answered with an answer that training showed beside it.

    Beside it: for a pair with the same v0, or with the same t. ``borrowed_base`` is that share if
    any answer were given as often as any other, ``borrowed_right`` the share of right answers
    among test pairs that lie there: none, where each answer occurs once in a row and a column.
    Source: ours.
    """
    p, test = network.group.p, ~split.train_mask
    v0, t = np.divmod(np.arange(p * p), p)
    shown_v0, shown_t = np.zeros((p, p), bool), np.zeros((p, p), bool)
    seen = split.train_mask
    shown_v0[v0[seen], split.labels[seen]] = True
    shown_t[t[seen], split.labels[seen]] = True

    def beside(answers: NDArray[np.int64]) -> Mask:
        return np.asarray((shown_v0[v0, answers] | shown_t[t, answers])[test])

    anywhere = (shown_v0[v0] | shown_t[t])[test]
    return {
        "borrowed_share": float(beside(network.logits.argmax(1)).mean()),
        "borrowed_base": float(anywhere.mean()),
        "borrowed_right": float(beside(split.labels).mean()),
    }


def swapped(network: Network, split: Split) -> dict[str, float]:
    """Return how much alike (v0, t) and (t, v0) are to the network, on test pairs.

    ``swapped_correlation`` is that of the logits of both orders, 1 if order does not matter;
    ``mirrored_share_seen`` the share of pairs answered with the right answer to the other order,
    where that order was trained on, ``mirrored_share_unseen`` where it was not. Source: ours.
    """
    p, test = network.group.p, ~split.train_mask
    v0, t = np.divmod(np.arange(p * p), p)
    other = t * p + v0
    answers, apart = network.logits.argmax(1), test & (v0 != t)
    mirrored, seen = answers == split.labels[other], split.train_mask[other]
    both = apart & ~seen
    pair = np.corrcoef(network.logits[both].ravel(), network.logits[other[both]].ravel())
    return {
        "swapped_correlation": float(pair[0, 1]),
        "mirrored_share_seen": float(mirrored[apart & seen].mean()),
        "mirrored_share_unseen": float(mirrored[both].mean()),
    }


def run_modular(
    config: Config, workspace: Workspace
) -> tuple[Mapping[str, Run], dict[str, Any], dict[str, Table]]:
    """Train the modular runs, or resume them; return them with summary and tables."""
    done = workspace.train(NAME, runs(config), hold=config.hold)
    summary: dict[str, Any] = {}
    tables: dict[str, Table] = {}
    for key, one in done.items():
        name = one.config.operations[0]
        found, table = numbers(one)
        summary[name] = run_record(one, config.hold) | found
        tables |= {f"curves_{name}": curves_table(one), f"spectrum_{name}": table}
        publish_weights(NAME, key, one, workspace.artifacts)
    return done, summary, tables
