"""What a network that multiplies still answers with few frequencies, or with little energy."""

from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np

from timeless.analysis.ablation import only
from timeless.analysis.fourier import Floats, power_shares, spectrum, without
from timeless.analysis.groups import multiplicative
from timeless.analysis.network import Network, Split
from timeless.analysis.orders import Tokens, random_orders, shifted_logarithms
from timeless.analysis.progress import key_frequencies
from timeless.analysis.two_orders import largest
from timeless.experiments.orders import Config
from timeless.experiments.orders.networks import Trained


def use(run: Trained, config: Config) -> dict[str, Any]:
    """Return accuracies over the pairs of non-zero numbers, with W_E changed.

    ``only_key_accuracy`` is that with the key frequencies of the logarithms alone,
    ``only_control_accuracy`` the largest with as many of the strongest of a control order.
    ``without_key_accuracy`` is that without them, ``shrunk_accuracy`` that of all with no more
    energy about the mean than is left then. ``…_amplified_accuracy``: what is left or kept is
    amplified about its mean to the energy of all.
    """
    p, embedding = run.config.model.p, run.embedding
    group = multiplicative(p)
    norms, answers = spectrum(embedding[group.tokens]), _answers(run)
    keys = key_frequencies(norms)
    held = float(power_shares(norms)[np.array(keys) - 1].sum())
    rows = embedding[group.tokens]
    rest = without(rows, keys)
    orders = chain(
        random_orders(group.tokens, config.n_kept, config.seed),
        shifted_logarithms(p),
        [np.arange(p)],
    )
    kept = [
        (answers(tokens, few), answers(tokens, _scaled(few, _energy(embedding[tokens]))))
        for tokens in orders
        for few in [only(embedding[tokens], largest(spectrum(embedding[tokens]), len(keys)))]
    ]
    of_controls, amplified = (max(accuracies) for accuracies in zip(*kept, strict=True))
    left = _scaled(rows, (1 - held) * _energy(rows))
    return {
        "key_freqs": keys,
        "n_key_freqs": len(keys),
        "key_share": held,
        "only_key_accuracy": answers(group.tokens, only(rows, keys)),
        "only_control_accuracy": of_controls,
        "only_control_amplified_accuracy": amplified,
        "n_kept": len(kept),
        "without_key_accuracy": answers(group.tokens, rest),
        "without_key_amplified_accuracy": answers(group.tokens, _scaled(rest, _energy(rows))),
        "shrunk_accuracy": answers(group.tokens, left),
    }


def _energy(rows: Floats) -> float:
    """Return the energy of rows about their mean."""
    return float(np.square(rows - rows.mean(0)).sum())


def _scaled(rows: Floats, energy: float) -> Floats:
    """Return rows scaled evenly about their mean so that they have an energy."""
    mean, own = rows.mean(0), _energy(rows)
    return np.asarray(mean + np.sqrt(energy / own if own else 0) * (rows - mean))


def _answers(run: Trained) -> Callable[[Tokens, Floats], float]:
    """Return a function: the accuracy once the rows of some tokens have been replaced."""
    labels = Split.of(run.config, run.op).labels
    W_E = run.weights["W_E"].astype(np.float64)

    def accuracy(tokens: Tokens, rows: Floats) -> float:
        changed = W_E.copy()
        changed[tokens] = rows
        weights = {**run.weights, "W_E": changed}
        return Network.of(weights, run.config, run.op).accuracy(labels)

    return accuracy
