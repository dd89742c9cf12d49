"""Ablation: what the network still answers when frequencies of W_E are taken out, or alone kept.

The spectrum says which frequencies are there; an ablation says which are used. Every set of
key frequencies is compared with random sets of the same size.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.fourier import Floats, frequencies, without
from timeless.analysis.network import Network, Split
from timeless.analysis.progress import cross_entropies
from timeless.config import TrainConfig
from timeless.results.artifacts import Table, column

KINDS = ("none", "without key", "without random", "only key", "only random")


def only(x: NDArray[np.floating], freqs: Sequence[int]) -> Floats:
    """Return x [n, d] with only the components of these frequencies, and its mean."""
    others = np.setdiff1d(frequencies(len(x)), freqs)
    return without(x, others.tolist())


def random_sets(n: int, key_freqs: Sequence[int], n_sets: int, seed: int) -> list[list[int]]:
    """Return sets of frequencies mod n, as many in each as there are key ones, none of them key.

    Where too few are left, they are drawn from all frequencies.
    """
    rest = np.setdiff1d(frequencies(n), key_freqs)
    pool = rest if len(rest) >= len(key_freqs) else frequencies(n)
    rng = np.random.default_rng([seed, 2])
    return [sorted(rng.choice(pool, len(key_freqs), replace=False).tolist()) for _ in range(n_sets)]


def ablation(
    network: Network, config: TrainConfig, key_freqs: Sequence[int], n_sets: int, op: int = 0
) -> Table:
    """Return accuracy and loss of a network with frequencies of its embedding taken out or kept.

    Frequencies are those of the network's group. One row a set: none, the key frequencies, and
    ``n_sets`` random sets, drawn from the run's seed. Positions, the operation's token and all
    other weights stay as they are. Source: ours.
    """
    split = Split.of(config, op, network.group)
    others = random_sets(network.group.n, key_freqs, n_sets, config.seed)
    whole, key = network.number_embedding.astype(np.float64), list(key_freqs)
    sets: list[tuple[str, list[int], Floats]] = [("none", [], whole)]
    sets += [("without key", key, without(whole, key))]
    sets += [("without random", freqs, without(whole, freqs)) for freqs in others]
    sets += [("only key", key, only(whole, key))]
    sets += [("only random", freqs, only(whole, freqs)) for freqs in others]
    scores = np.array([_scores(network, config, split, op, embedding) for _, _, embedding in sets])
    names = (("accuracy", "1", "share of right answers"), ("loss", "nats", "mean cross-entropy"))
    measured = {
        f"{name}_{split}": column(scores[:, 2 * i + j], unit, words, split=split)
        for i, (name, unit, words) in enumerate(names)
        for j, split in enumerate(("all", "test"))
    }
    return Table(
        "The last checkpoint with frequencies of W_E taken out, or no others kept.",
        {
            "kind": column([kind for kind, _, _ in sets], "name", f"one of {', '.join(KINDS)}"),
            "freqs": column([" ".join(map(str, f)) for _, f, _ in sets], "cycles", "the set"),
            **measured,
        },
    )


def _scores(
    network: Network, config: TrainConfig, split: Split, op: int, embedding: Floats
) -> list[float]:
    """Return accuracy on all and on test pairs, and the loss on all and on test pairs."""
    W_E = network.weights["W_E"].astype(np.float64)
    W_E[network.number_rows] = embedding
    changed = Network.of({**network.weights, "W_E": W_E}, config, op, network.group)
    right = changed.logits.argmax(1) == split.labels
    losses = cross_entropies(changed.logits, split.labels)
    test = ~split.train_mask
    parts = (right, right[test], losses, losses[test])
    return [float(part.mean()) for part in parts]


def ablation_summary(table: Table) -> dict[str, float | int]:
    """Return the accuracies over all pairs that prose quotes."""
    kinds, accuracy = table["kind"], table["accuracy_all"]
    taken, kept = accuracy[kinds == "without random"], accuracy[kinds == "only random"]
    return {
        "n_random": len(taken),
        "without_key_accuracy": float(accuracy[kinds == "without key"][0]),
        "without_random_accuracy_mean": float(taken.mean()),
        "without_random_accuracy_min": float(taken.min()),
        "only_key_accuracy": float(accuracy[kinds == "only key"][0]),
        "only_random_accuracy_mean": float(kept.mean()),
        "only_random_accuracy_max": float(kept.max()),
    }
