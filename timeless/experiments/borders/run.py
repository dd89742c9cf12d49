"""Train every task at every share, and say for each run and operation when it was learned."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from timeless.analysis.summary import how_trained, provenance_of_many
from timeless.analysis.survival import survival
from timeless.config import as_dict
from timeless.experiments.borders import NAME, Config, runs
from timeless.results.artifacts import Artifact, Column, Table, column
from timeless.rules import ACCURACY_THRESHOLD, first_epoch, held_epochs
from timeless.running.workspace import Workspace
from timeless.training.campaign import Run, curves_table

NOT_REACHED = -1
ENDS = ("train_loss", "test_loss", "test_accuracy", "mirrored_accuracy", "unseen_accuracy")


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, and return the artifact."""
    finished = workspace.train(NAME, runs(config), hold=config.hold)
    arms = {name: name.rsplit("_seed", 1)[0] for name in finished}
    summary, tables = compared(finished, arms, config.hold)
    summary["tasks"] = list(config.shares)
    made = provenance_of_many(finished.values(), config.seeds)
    return Artifact(NAME, as_dict(config), made, summary, tables)


def compared(
    finished: Mapping[str, Run], arms: Mapping[str, str], hold: int
) -> tuple[dict[str, Any], dict[str, Table]]:
    """Return summary and tables of runs that are compared arm by arm.

    ``arms`` names each run's arm. The table ``runs`` has a row for each run and operation; the
    summary has, for each run and arm, when *all* of its operations were learned.
    """
    rows = [row for name, one in finished.items() for row in _rows(name, arms[name], one)]
    by_arm: dict[str, list[Run]] = {}
    for name, one in finished.items():
        by_arm.setdefault(arms[name], []).append(one)
    summary = {
        "n_runs": len(finished),
        "n_grokked": sum(_learned(one)["grok_epoch"] is not None for one in finished.values()),
        "hold": hold,
        "arms": {arm: _arm(members) for arm, members in by_arm.items()},
        "runs": {name: how_trained(one, hold) | _learned(one) for name, one in finished.items()},
    }
    curves = {f"curves_{name}": curves_table(one) for name, one in finished.items()}
    return summary, {"runs": _runs_table(rows), **curves}


def _learned(one: Run) -> dict[str, Any]:
    """Return memorisation and grokking epoch of the operation that is worst, and their delay.

    ``reached_epoch`` is the first with 99% of the test pairs right, whether that lasts or not, and
    ``reached`` has that of each operation.
    """
    epochs, worst = (
        one.curves["epoch"],
        {split: one.curves[f"{split}_accuracy"].min(axis=1) for split in ("train", "test")},
    )
    return {
        **held_epochs(epochs, worst["train"], worst["test"]),
        "reached_epoch": first_epoch(epochs, worst["test"] >= ACCURACY_THRESHOLD),
        "reached": {
            operation: first_epoch(epochs, accuracy >= ACCURACY_THRESHOLD)
            for operation, accuracy in zip(
                one.config.operations, one.curves["test_accuracy"].T, strict=True
            )
        },
    }


def _arm(members: list[Run]) -> dict[str, Any]:
    ended = [int(one.curves["epoch"][-1]) for one in members]
    learned = [_learned(one) for one in members]
    final = {
        f"final_{split}_accuracy_median": _median(
            [one.curves[f"{split}_accuracy"][-1].min() for one in members]
        )
        for split in ("test", "mirrored", "unseen")
    }
    return {
        "frac_train": members[0].config.frac_train,
        "weight_decay": members[0].config.weight_decay,
        "n_runs": len(members),
        "n_grokked": sum(found["grok_epoch"] is not None for found in learned),
        "n_reached": sum(found["reached_epoch"] is not None for found in learned),
        **final,
        **{
            name: survival([found[name] for found in learned], ended).as_summary()
            for name in ("memorisation_epoch", "reached_epoch", "grok_epoch")
        },
    }


def _median(shares: list[float]) -> float | None:
    """Return the median, or None where there are no such pairs."""
    middle = float(np.median(shares))
    return None if np.isnan(middle) else middle


def _rows(name: str, arm: str, one: Run) -> list[dict[str, Any]]:
    epochs, rows = one.curves["epoch"], []
    for op, operation in enumerate(one.config.operations):
        curves = {key: values[:, op] for key, values in one.curves.items() if values.ndim == 2}
        learned = held_epochs(epochs, curves["train_accuracy"], curves["test_accuracy"])
        rows.append(
            {
                "run": name,
                "arm": arm,
                "operation": operation,
                "frac_train": one.config.frac_train,
                "weight_decay": one.config.weight_decay,
                "seed": one.config.seed,
                "epochs": int(epochs[-1]),
                **{key: NOT_REACHED if at is None else at for key, at in learned.items()},
                **{key: float(np.nan_to_num(curves[key][-1], nan=-1.0)) for key in ENDS},
                "sum_sq_weights": float(one.curves["sum_sq_weights"][-1]),
            }
        )
    return rows


def _runs_table(rows: list[dict[str, Any]]) -> Table:
    described: dict[str, tuple[str, str, str | None]] = {
        "run": ("name", "key of summary.runs", None),
        "arm": ("name", "what the runs of this arm share", None),
        "operation": ("name", "one row for each operation of a run", None),
        "frac_train": ("1", "share of the pairs trained on", None),
        "weight_decay": ("1", "coefficient of decoupled weight decay", None),
        "seed": ("number", "of initial weights and split", None),
        "epochs": ("epochs", "at which the run ended", None),
        "memorisation_epoch": ("epochs", "train accuracy stays at 99%; -1: not reached", "train"),
        "grok_epoch": ("epochs", "test accuracy stays at 99%; -1: not reached", "test"),
        "delay": ("epochs", "between the two; -1: not reached", None),
        "train_loss": ("nats", "mean cross-entropy at the end", "train"),
        "test_loss": ("nats", "mean cross-entropy at the end", "test"),
        "test_accuracy": ("1", "share of right answers at the end", "test"),
        "mirrored_accuracy": ("1", "at the end; -1: there are no such pairs", "mirrored"),
        "unseen_accuracy": ("1", "at the end; -1: there are no such pairs", "unseen"),
        "sum_sq_weights": ("1", "sum of all squared weights at the end", None),
    }
    columns: dict[str, Column] = {
        name: column([row[name] for row in rows], unit, words, split=split)
        for name, (unit, words, split) in described.items()
    }
    return Table("The runs, a row for each operation.", columns)
