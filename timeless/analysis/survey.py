"""A survey: one question asked of many runs, each measured in the same way and at the same ages.

From a run come its curves, its measures at regular checkpoints and its last weights; from all of
them a table with one row a run, one with a row for each run and age, and survival estimates. The
ages at which runs are compared are the grokking epoch, 2,000 epochs later, and the end.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from timeless.analysis.circuits import distance_irrelevance, gradient_symmetricity
from timeless.analysis.fourier import power_shares, spectrum
from timeless.analysis.network import Network, Split, as_tensors
from timeless.analysis.progress import (
    component_gini,
    cross_entropies,
    embedding_sparsity,
    excluded_logits,
    key_frequencies,
    neuron_clusters,
    order_parameter,
    restricted_logits,
    variance_explained,
)
from timeless.analysis.summary import run_record
from timeless.analysis.survival import survival
from timeless.analysis.trajectory import analysed_epochs
from timeless.config import TrainConfig
from timeless.results.artifacts import Column, Table, column
from timeless.results.weights import Arrays, sums_of_squares
from timeless.rules import first_epoch, relapses
from timeless.training.campaign import Run, curves_table

LATER = 2_000  # epochs after the grokking epoch at which runs are compared a second time
STEADY = 0.05  # what a measure may change by in the last fifth of a run that has settled
N_TRIPLES = 1_000
RISES = {"15": 0.15, "50": 0.5, "99": 0.99}

MEASURES = {
    "loss_train": ("nats", "mean cross-entropy", "train"),
    "loss_test": ("nats", "mean cross-entropy", "test"),
    "restricted_loss": ("nats", "loss with the key directions of that checkpoint alone", "all"),
    "excluded_loss": ("nats", "loss without the key directions of that checkpoint", "train"),
    "hindsight_restricted_loss": ("nats", "restricted loss by the last checkpoint's keys", "all"),
    "hindsight_excluded_loss": ("nats", "excluded loss by the last checkpoint's keys", "train"),
    "fve": ("1", "variance of the centred logits explained by that checkpoint's keys", "all"),
    "n_key_freqs": ("frequencies", "above 1/4 of the largest norm in W_E", None),
    "order_parameter": ("1", "power share of the last checkpoint's keys in W_E", None),
    "gini_W_E": ("1", "Gini coefficient of the norms of W_E's Fourier components", None),
    "gini_W_logit": ("1", "Gini coefficient of those of W_out W_U", None),
    "spectral_entropy": ("nats", "entropy of the power shares of W_E's frequencies", None),
    "clustered_share": ("1", "neurons of which one frequency explains at least 85%", "all"),
    "gradient_symmetricity": ("1", "mean cosine of a logit's gradients in both numbers", "all"),
    "distance_irrelevance": ("1", "how little right logits depend on a - b", "all"),
    "uniform_accuracy": ("1", "share of right answers with attention spread evenly", "all"),
    "sum_sq_weights": ("1", "sum of all squared weights", None),
}


def measure(
    weights: Arrays, config: TrainConfig, split: Split, last_freqs: Sequence[int]
) -> dict[str, float]:
    """Return `MEASURES` of one checkpoint of a run with one operation."""
    network = Network.of(weights, config)
    norms = spectrum(network.number_embedding)
    freqs, labels, mask = key_frequencies(norms), split.labels, split.train_mask
    losses = cross_entropies(network.logits, labels)

    def kept(keys: Sequence[int]) -> float:
        return float(cross_entropies(restricted_logits(network.logits, keys), labels).mean())

    def without(keys: Sequence[int]) -> float:
        return float(cross_entropies(excluded_logits(network.logits, keys), labels)[mask].mean())

    tensors = as_tensors(weights)
    even = Network.of({**weights, "W_Q": np.zeros_like(weights["W_Q"])}, config)
    return {
        "loss_train": float(losses[mask].mean()),
        "loss_test": float(losses[~mask].mean()),
        "restricted_loss": kept(freqs),
        "excluded_loss": without(freqs),
        "hindsight_restricted_loss": kept(last_freqs),
        "hindsight_excluded_loss": without(last_freqs),
        "fve": variance_explained(network.logits, freqs),
        "n_key_freqs": len(freqs),
        "order_parameter": order_parameter(power_shares(norms), last_freqs),
        **embedding_sparsity(network.number_embedding),
        "gini_W_logit": component_gini(network.logit_weights.T),
        "clustered_share": float(
            neuron_clusters(network.mlp_post, network.group.n).clustered.mean()
        ),
        "gradient_symmetricity": gradient_symmetricity(
            tensors, config.model, N_TRIPLES, seed=config.seed
        ),
        "distance_irrelevance": distance_irrelevance(network.logits, labels),
        "uniform_accuracy": even.accuracy(labels),
        "sum_sq_weights": sum(sums_of_squares(weights).values()),
    }


def measures_table(run: Run, epochs: Sequence[int]) -> Table:
    """Return `MEASURES` of a run with one operation at these checkpoints."""
    last = run.weights(max(run.checkpoints))
    freqs = key_frequencies(spectrum(Network.of(last, run.config).number_embedding))
    split = Split.of(run.config)
    rows = [measure(run.weights(epoch), run.config, split, freqs) for epoch in epochs]
    columns: dict[str, Column] = {"epoch": column(epochs, "epochs", "number of updates made")}
    for name, (unit, words, pairs) in MEASURES.items():
        columns[name] = column([row[name] for row in rows], unit, words, split=pairs, digits=5)
    return Table("Measures at regular checkpoints.", columns)


def record(run: Run, hold: int | None) -> dict[str, Any]:
    """Return `run_record` of a run with one operation, when accuracies rose, and its relapses.

    ``mirrored_50_epoch`` is the first logged epoch at which half of the mirrored pairs are right;
    likewise ``unseen`` and ``test``, and 15 and 99%.
    """
    found, epochs = run_record(run, hold), run.curves["epoch"]
    accuracy = {split: run.curves[f"{split}_accuracy"][:, 0] for split in ("test", *PARTS)}
    risen = {
        f"{split}_{name}_epoch": first_epoch(epochs, values >= share)
        for split, values in accuracy.items()
        for name, share in RISES.items()
    }
    grokked = found["grok_epoch"]
    after = None if grokked is None else int(epochs[-1]) - grokked
    return {
        **found,
        "split_seed": run.config.seed_of_split,
        **risen,
        "epochs_after_grok": after,
        "n_relapses": len(relapses(epochs, accuracy["test"], grokked)),
    }


PARTS = ("mirrored", "unseen")


def ages_table(records: Mapping[str, Mapping[str, Any]], tables: Mapping[str, Table]) -> Table:
    """Return `MEASURES` of each run at each age that it reached, and whether they had settled.

    A measure has settled where over the last fifth of the epochs up to that age it stayed within
    5% of what it is there; with fewer than two checkpoints in it, it has not.
    """
    rows = []
    for name, table in tables.items():
        grokked, end = records[name]["grok_epoch"], int(table["epoch"][-1])
        reached = {"end": end}
        if grokked is not None:
            reached = {"grok": grokked, "later": min(grokked + LATER, end)} | reached
        rows += [(name, age, _row_at(table, epoch)) for age, epoch in reached.items()]
    columns: dict[str, Column] = {
        "run": column([name for name, *_ in rows], "name", "key of summary.runs"),
        "age": column(
            [age for _, age, _ in rows], "name", "grok, later (2,000 epochs after), or end"
        ),
        "epoch": column(
            [int(tables[name]["epoch"][row]) for name, _, row in rows], "epochs", "checkpoint"
        ),
    }
    for measure_name, (unit, words, split) in MEASURES.items():
        values = [tables[name][measure_name][row] for name, _, row in rows]
        flags = [int(_settled(tables[name], measure_name, row)) for name, _, row in rows]
        columns[measure_name] = column(values, unit, words, split=split, digits=5)
        columns[f"settled_{measure_name}"] = column(flags, "1", "1 if it had settled")
    return Table("Every run at equal age.", columns)


def _row_at(table: Table, epoch: int) -> int:
    """Return the row of the last checkpoint at or before an epoch."""
    return int(np.flatnonzero(table["epoch"] <= epoch)[-1])


def _settled(table: Table, name: str, row: int) -> bool:
    epochs, values = table["epoch"][: row + 1], table[name][: row + 1]
    last = values[epochs >= 0.8 * epochs[-1]]
    return len(last) > 1 and bool(np.ptp(last) <= STEADY * abs(values[-1]))


def survivals(records: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return median epochs with 95% interval of what happens in these runs, by name."""
    ended = [record["epochs"] for record in records.values()]
    names = ["memorisation_epoch", "grok_epoch"]
    names += [f"{split}_{rise}_epoch" for split in ("test", *PARTS) for rise in RISES]
    return {
        name: survival([record[name] for record in records.values()], ended).as_summary()
        for name in names
    }


def survey(
    finished: Mapping[str, Run], hold: int | None, every: int
) -> tuple[dict[str, Any], dict[str, Table]]:
    """Return summary and tables of runs with one operation, measured every ``every`` epochs."""
    records = {name: record(run, hold) for name, run in finished.items()}
    measured = {
        name: measures_table(run, analysed_epochs(run, every)) for name, run in finished.items()
    }
    summary = {
        "n_runs": len(records),
        "n_grokked": sum(record["grok_epoch"] is not None for record in records.values()),
        "hold": hold,
        "survival": survivals(records),
        "runs": records,
    }
    tables = {
        **{f"curves_{name}": curves_table(run) for name, run in finished.items()},
        **{f"measures_{name}": table for name, table in measured.items()},
        "ages": ages_table(records, measured),
    }
    return summary, tables
