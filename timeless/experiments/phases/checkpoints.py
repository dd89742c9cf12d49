"""What the published checkpoints of other runs tell: their circuits, and a restricted loss."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from timeless.analysis.audited_runs import TASKS, Series
from timeless.analysis.circuits import distance_irrelevance, gradient_symmetricity
from timeless.analysis.fourier import spectrum
from timeless.analysis.network import Network, Split, as_tensors
from timeless.analysis.progress import cross_entropies, key_frequencies, restricted_logits
from timeless.config import first_config
from timeless.experiments.phases import Config
from timeless.results.artifacts import Results, Table, column
from timeless.results.weights import load_published
from timeless.rules import BEHAVIOUR


def online_losses(results: Results) -> dict[str, Series]:
    """Return the restricted loss by each checkpoint's own key frequencies, by subject."""
    return {
        name: (np.array(epochs), np.array(losses))
        for name, artifact, op in _published()
        for epochs, losses in [_online(results, artifact, op)]
    }


def _published() -> Iterator[tuple[str, str, int]]:
    """Yield subject, experiment and operation of the runs with published checkpoints."""
    yield from ((task, task, 0) for task in TASKS)
    yield from ((f"joint {task}", "co_grokking", op) for op, task in enumerate(TASKS))


def _online(results: Results, experiment: str, op: int) -> tuple[list[int], list[float]]:
    artifact = results[experiment]
    trained = first_config(artifact.config)
    labels, epochs = Split.of(trained, op).labels, artifact.summary["published_epochs"]
    losses = []
    for epoch in epochs:
        weights = load_published(results.directory, experiment, f"seed{trained.seed}", epoch)
        network = Network.of(weights, trained, op)
        freqs = key_frequencies(spectrum(network.number_embedding))
        losses.append(
            float(cross_entropies(restricted_logits(network.logits, freqs), labels).mean())
        )
    return epochs, losses


def online_table(found: dict[str, Series]) -> Table:
    """Return `online_losses` as a table."""
    lengths = [len(epochs) for epochs, _ in found.values()]
    return Table(
        "Restricted loss by the key frequencies of that checkpoint, at published ones (16 bits).",
        {
            "run": column(np.repeat(list(found), lengths), "name", "run, or task of one"),
            "epoch": column(
                np.concatenate([epochs for epochs, _ in found.values()]), "epochs", "checkpoint"
            ),
            "restricted_loss_online": column(
                np.concatenate([losses for _, losses in found.values()]),
                "nats",
                "loss with the key directions of that checkpoint alone",
                split="all",
            ),
        },
    )


def circuits_table(config: Config, results: Results) -> Table:
    """Return both circuit measures at every published checkpoint of the single-task runs."""
    rows = []
    for task in TASKS:
        artifact = results[task]
        trained = first_config(artifact.config)
        split, curves = Split.of(trained), artifact["curves"]
        for epoch in artifact.summary["published_epochs"]:
            weights = load_published(results.directory, task, f"seed{trained.seed}", epoch)
            network = Network.of(weights, trained)
            symmetricity = gradient_symmetricity(
                as_tensors(weights), trained.model, config.n_triples, seed=trained.seed
            )
            irrelevance = distance_irrelevance(network.logits, split.labels)
            accuracy = curves[BEHAVIOUR][np.searchsorted(curves["epoch"], epoch)]
            rows.append((task, epoch, symmetricity, irrelevance, float(accuracy)))
    names, epochs, symmetricities, irrelevances, accuracies = zip(*rows, strict=True)
    return Table(
        "Clock or pizza: two circuit measures at the published checkpoints (16 bits).",
        {
            "run": column(names, "name", "the task"),
            "epoch": column(epochs, "epochs", "number of updates made"),
            "gradient_symmetricity": column(
                symmetricities, "1", "mean cosine of a logit's gradients in both embeddings"
            ),
            "distance_irrelevance": column(
                irrelevances, "1", "how little correct logits depend on a - b", split="all"
            ),
            BEHAVIOUR: column(accuracies, "1", "share of right answers", split="test"),
        },
    )


def circuit_ends(circuits: Table) -> dict[str, Any]:
    """Return the circuit measures of each task at its first and its last checkpoint."""
    found: dict[str, Any] = {}
    for task in TASKS:
        rows = np.flatnonzero(circuits["run"] == task)
        for moment, row in (("start", rows[0]), ("end", rows[-1])):
            for name in ("gradient_symmetricity", "distance_irrelevance"):
                found.setdefault(task, {})[f"{name}_{moment}"] = float(circuits[name][row])
    return found
