"""Routing: does a neuron serve one frequency, and a frequency only through its own neurons?

A neuron belongs to a frequency by the 85% rule of `progress.neuron_clusters`. To take neurons
out is to hold each at its mean over all pairs, so that what they say on average remains.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.fourier import Floats, sum_directions
from timeless.analysis.network import Network
from timeless.analysis.progress import (
    NeuronClusters,
    cross_entropies,
    neuron_clusters,
    restricted_logits,
)
from timeless.experiments.laboratory import Config
from timeless.experiments.laboratory.published_run import PublishedRun
from timeless.experiments.laboratory.tables import Found, table

NOTHING = 1e-20  # share of the logits' energy that is rounding
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
Set = NDArray[np.bool_]


def outside(clusters: NeuronClusters) -> Floats:
    """Return each neuron's share of centred energy outside its own frequency [d_mlp].

    A neuron that never changes has none, and counts as 0.
    """
    return np.asarray(np.where(clusters.energy > 0, 1 - clusters.share, 0.0))


def outside_row(clusters: NeuronClusters) -> dict[str, Any]:
    """Return how the shares of `outside` are spread over the neurons that change."""
    active = clusters.energy > 0
    shares, energy = outside(clusters)[active], clusters.energy[active]
    if not len(shares):
        shares, energy = np.ones(1), np.ones(1)  # nothing belongs to anything
    return {
        "outside": np.quantile(shares, QUANTILES),
        "outside_mean": float(shares.mean()),
        "outside_energy": float(shares @ energy / energy.sum()),
        "clustered": int(clusters.clustered.sum()),
        "active": int(active.sum()),
    }


class KnockOut:
    """A network whose neurons can be taken out; everything is over all pairs of its group."""

    def __init__(self, network: Network, labels: NDArray[np.integer]) -> None:
        self.labels, self.n = labels, network.group.n
        self.logits = network.logits.astype(np.float64)
        post = network.mlp_post.astype(np.float64)
        self._changes, self._logit_weights = post - post.mean(0), network.logit_weights

    def without(self, neurons: Set) -> Floats:
        """Return the logits [n*n, n] with these neurons [d_mlp] held at their mean."""
        taken = self._changes[:, neurons] @ self._logit_weights[neurons].astype(np.float64)
        return np.asarray(self.logits - taken)

    def power(self, freq: int, neurons: Set) -> float:
        """Return what is left of a frequency's power in the logits without these neurons.

        The power is the sum of squares along cos, sin of omega_k(a+b). 1 if there is none to lose.
        """
        directions = sum_directions(self.n, [freq])
        whole = directions.T @ self.logits
        said = directions.T @ self._changes[:, neurons]
        taken = said @ self._logit_weights[neurons].astype(np.float64)
        total = np.square(whole).sum()
        nothing = total <= NOTHING * np.square(self.logits).sum()
        return 1.0 if nothing else float(np.square(whole - taken).sum() / total)

    def accuracy(self, logits: Floats) -> float:
        """Return the share of right answers."""
        return float((logits.argmax(1) == self.labels).mean())

    def loss(self, logits: Floats) -> float:
        """Return the mean cross-entropy in nats."""
        return float(cross_entropies(logits, self.labels).mean())


def knock_out_rows(
    published: KnockOut, clusters: NeuronClusters, freqs: Sequence[int], n_sets: int, seed: int
) -> list[dict[str, Any]]:
    """Return for each frequency what taking out its own neurons does, or the others' neurons.

    ``own_power`` and ``other_power`` are `KnockOut.power` without the neurons that belong to
    the frequency, or to any other one; ``random_…`` without as many as its own, drawn from all
    neurons by (seed, 9, frequency). ``alone_accuracy`` is that of the frequency's directions
    and each class's mean, with every neuron in place. Source: ours.
    """
    rows = []
    for freq in freqs:
        own = clusters.clustered & (clusters.freq == freq)
        rng = np.random.default_rng([seed, 9, freq])
        sets = [_random_set(rng, len(own), int(own.sum())) for _ in range(n_sets)]
        powers = [published.power(freq, chosen) for chosen in sets]
        controls = [published.without(chosen) for chosen in sets]
        accuracies = [published.accuracy(logits) for logits in controls]
        without = published.without(own)
        rows.append(
            {
                "freq": int(freq),
                "n_neurons": int(own.sum()),
                "alone_accuracy": published.accuracy(restricted_logits(published.logits, [freq])),
                "own_power": published.power(freq, own),
                "other_power": published.power(freq, clusters.clustered & ~own),
                "random_power": float(np.mean(powers)),
                "random_power_min": min(powers),
                "random_power_max": max(powers),
                "without_own_accuracy": published.accuracy(without),
                "without_own_loss": published.loss(without),
                "without_random_accuracy": float(np.mean(accuracies)),
                "without_random_accuracy_min": min(accuracies),
                "without_random_loss": float(np.mean([published.loss(x) for x in controls])),
            }
        )
    return rows


def _random_set(rng: np.random.Generator, n: int, size: int) -> Set:
    chosen = np.zeros(n, dtype=bool)
    chosen[rng.choice(n, size, replace=False)] = True
    return chosen


def measure_routing(config: Config, published: PublishedRun) -> Found:
    """Return how pure the neurons are, and what the logits lose without those of a frequency."""
    rows, of_neurons = [], []
    names: dict[int, str] = {}
    for stage, epoch in published.stages.items():
        names.setdefault(epoch, stage)
    for epoch in published.epochs:
        network = Network.of(published.weights(epoch), published.config)
        clusters = neuron_clusters(network.mlp_post, network.group.n)
        rows.append({"epoch": epoch, **outside_row(clusters)})
        if epoch in names:
            each = {"freq": clusters.freq, "outside": outside(clusters)}
            of_neurons.append({"stage": names[epoch], "epoch": epoch, **each})
    whole = KnockOut(network, published.split.labels)
    knocked = knock_out_rows(
        whole, clusters, published.key_freqs, config.n_random_sets, published.config.seed
    )

    def mean(name: str) -> float:
        return float(np.mean([row[name] for row in knocked]))

    summary = {
        "n_random_sets": config.n_random_sets,
        **{
            name: mean(name)
            for name in (
                *("own_power", "other_power", "random_power", "alone_accuracy"),
                *("without_own_accuracy", "without_own_loss"),
                *("without_random_accuracy", "without_random_loss"),
            )
        },
        "own_power_largest": max(row["own_power"] for row in knocked),
        "other_power_smallest": min(row["other_power"] for row in knocked),
        "outside_start": float(rows[0]["outside"][2]),
        "outside_last": float(rows[-1]["outside"][2]),
        "outside_energy_last": rows[-1]["outside_energy"],
        "clustered_last": rows[-1]["clustered"],
        "n_neurons": published.config.model.d_mlp,
    }
    return summary, {
        "routing": table("Energy of neurons outside their own frequency.", rows, digits=4),
        "routing_neurons": table("The same, neuron by neuron.", of_neurons, digits=4),
        "knock_out": table("Neurons of a key frequency taken out, last checkpoint.", knocked),
    }
