"""Mirrored and unseen test pairs apart, at the published checkpoints of the runs that have some."""

import math
from typing import Any

import numpy as np

from timeless.analysis.audited_runs import TASKS
from timeless.analysis.network import Network, Split
from timeless.analysis.progress import cross_entropies
from timeless.config import TrainConfig, first_config
from timeless.results.artifacts import Results, Table, column
from timeless.results.weights import load_published
from timeless.rules import ACCURACY_THRESHOLD, first_epoch

PARTS = ("test", "mirrored", "unseen")
MOMENTS = (0.05, 0.15, 0.5)  # of the test pairs right
NONE = -1.0  # of a part without pairs
RUNS = {  # experiment and operation of each run with published checkpoints
    **{task: (task, 0) for task in TASKS},
    **{f"joint_{task}": ("co_grokking", op) for op, task in enumerate(TASKS)},
}


def pairs_table(results: Results) -> Table:
    """Return accuracy and loss on each part of the test pairs, a row for run and checkpoint."""
    rows = [row for run in RUNS for row in _of_run(results, run)]
    columns = {
        "run": column([row["run"] for row in rows], "name", "a run, or a task of a joint one"),
        "epoch": column([row["epoch"] for row in rows], "epochs", "number of updates made"),
    }
    for part in PARTS:
        for name, unit, words in (
            ("accuracy", "1", "share of right answers; -1: no such pairs"),
            ("loss", "nats", "mean cross-entropy; -1: no such pairs"),
        ):
            values = [row[f"{part}_{name}"] for row in rows]
            columns[f"{part}_{name}"] = column(values, unit, words, split=part)
    return Table("Test pairs by whether their exchange was trained on (16 bits).", columns)


def _of_run(results: Results, run: str) -> list[dict[str, Any]]:
    experiment, op = RUNS[run]
    artifact = results[experiment]
    config = first_config(artifact.config)
    split, masks, rows = Split.of(config, op), masks_of(config, op), []
    for epoch in artifact.summary["published_epochs"]:
        weights = load_published(results.directory, experiment, f"seed{config.seed}", epoch)
        logits = Network.of(weights, config, op).logits
        right = logits.argmax(1) == split.labels
        losses = cross_entropies(logits, split.labels)
        row: dict[str, Any] = {"run": run, "epoch": epoch}
        for part in PARTS:
            there = masks[part].any()
            row[f"{part}_accuracy"] = float(right[masks[part]].mean()) if there else NONE
            row[f"{part}_loss"] = float(losses[masks[part]].mean()) if there else NONE
        rows.append(row)
    return rows


def masks_of(config: TrainConfig, op: int) -> dict[str, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Return the masks of `PARTS` over the pairs of an operation's group, in its order."""
    train = Split.of(config, op).train_mask
    n = math.isqrt(len(train))
    test, mirror = ~train, train.reshape(n, n).T.ravel()
    return {"test": test, "mirrored": test & mirror, "unseen": test & ~mirror}


def pairs_summary(results: Results, table: Table) -> dict[str, Any]:
    """Return the mirrored share, when half of each part is right, and some moments, for each run.

    ``moments`` are the checkpoints before 99% whose test accuracy is nearest `MOMENTS`.
    """
    found: dict[str, Any] = {}
    for run, (experiment, op) in RUNS.items():
        config = first_config(results[experiment].config)
        masks = masks_of(config, op)
        rows = np.flatnonzero(table["run"] == run)
        epochs = table["epoch"][rows]
        found[run] = {
            "mirrored_share": float(masks["mirrored"].sum() / masks["test"].sum()),
            **{
                f"{part}_50_epoch": first_epoch(epochs, table[f"{part}_accuracy"][rows] >= 0.5)
                for part in PARTS
            },
            "moments": _moments(table, rows),
            "end": _at(table, int(rows[-1])),
        }
    return found


def _moments(table: Table, rows: np.ndarray[Any, np.dtype[np.intp]]) -> list[dict[str, Any]]:
    accuracy = table["test_accuracy"][rows]
    until = np.append(accuracy >= ACCURACY_THRESHOLD, True).argmax()
    before = accuracy[: max(1, until)]
    return [_at(table, int(rows[np.abs(before - share).argmin()])) for share in MOMENTS]


def _at(table: Table, row: int) -> dict[str, Any]:
    names = ("epoch", *(f"{part}_accuracy" for part in PARTS))
    return {name: table[name][row].item() for name in names}
