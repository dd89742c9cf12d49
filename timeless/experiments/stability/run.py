"""Train every arm with every seed, measure curvature on the way, and count the leaps."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch

from timeless.config import TrainConfig, as_dict
from timeless.experiments.stability import NAME, Config, arms
from timeless.experiments.stability.sharpness import Sharpness, limit
from timeless.results.artifacts import Artifact, Table, column
from timeless.results.provenance import provenance, workplace
from timeless.rules import ACCURACY_THRESHOLD, leaps
from timeless.running.kept import kept
from timeless.running.workspace import Workspace
from timeless.training.ensemble import METRICS, Ensemble
from timeless.training.processor import one_thread, subnormals_flushed

COLUMNS = {
    "sharpness": ("1", None, "preconditioned sharpness over the limit 38 / learning rate"),
    "train_loss": ("nats", "train", "mean cross-entropy"),
    "train_accuracy": ("1", "train", "share of right answers"),
    "test_accuracy": ("1", "test", "share of right answers"),
    "unseen_accuracy": ("1", "unseen", "share of right answers"),
}

NEAR = 0.9  # of the limit

Rows = Sequence[Mapping[str, float]]


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or take from ``workspace.runs``) the runs of all arms; return the artifact."""
    folder, of_arm = workspace.runs / NAME, arms(config)
    found = {
        (arm, seed): _trained(replace(train, seed=seed), config, folder / f"{arm}_seed{seed}.json")
        for seed in config.seeds
        for arm, train in of_arm.items()
    }
    records = {
        arm: [_record(found[arm, seed]["rows"], config.leap) for seed in config.seeds]
        for arm in of_arm
    }
    summary = {
        "order": list(of_arm),
        "arms": {
            arm: _summary(records[arm]) | {"limit": limit(train), "lr": train.lr}
            for arm, train in of_arm.items()
        },
        **_before_leaps([record for each in records.values() for record in each]),
    }
    seconds = sum(one["seconds"] for one in found.values())
    made = provenance(workplace("cpu", 1), seconds=seconds, seeds=config.seeds)
    tables = {f"curves_{arm}_seed{seed}": _table(one["rows"]) for (arm, seed), one in found.items()}
    return Artifact(NAME, as_dict(config), made, summary, tables)


def _trained(train: TrainConfig, config: Config, file: Path) -> dict[str, Any]:
    """Return ``rows`` and ``seconds`` of a run, from disk if it was trained before."""

    def find() -> dict[str, Any]:
        began = perf_counter()
        with one_thread(), subnormals_flushed():
            rows = _rows(train, config.measure_every)
        return {"rows": rows, "seconds": perf_counter() - began}

    return kept(file, {"train": as_dict(train), "every": config.measure_every}, find)


def _rows(train: TrainConfig, every: int) -> list[dict[str, float]]:
    ensemble, sharpness = Ensemble([train], torch.device("cpu")), Sharpness(train)
    rows = []
    for epoch in range(1, train.epochs + 1):
        ensemble.step()
        if epoch % every == 0:
            measured = dict(zip(METRICS, ensemble.evaluate()[0, 0].tolist(), strict=True))
            ratio = sharpness(ensemble.state()) / limit(train)
            own = {name: measured[name] for name in COLUMNS if name != "sharpness"}
            rows.append({"epoch": epoch, "sharpness": ratio, **own})
    return rows


def _record(rows: Rows, leap: float) -> dict[str, Any]:
    """Return what a run shows once it has memorised: its leaps, and its sharpness before them."""
    loss, ratio = (np.array([row[name] for row in rows]) for name in ("train_loss", "sharpness"))
    memorised = np.array([row["train_accuracy"] for row in rows]) >= ACCURACY_THRESHOLD
    start = int(memorised.argmax()) if memorised.any() else len(rows)
    leapt = start + leaps(loss[start:], leap)
    return {
        "memorisation_epoch": rows[start]["epoch"] if start < len(rows) else None,
        "n_leaps": len(leapt),
        "leap_epochs": [rows[int(i)]["epoch"] for i in leapt],
        "before": ratio[leapt - 1].tolist(),
        "after": ratio[leapt].tolist(),
        "largest": float(ratio[start:].max()) if start < len(rows) else None,
        "final_sharpness": float(ratio[-1]),
        "final_unseen_accuracy": float(rows[-1]["unseen_accuracy"]),
    }


def _summary(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    largest = [record["largest"] for record in records if record["largest"] is not None]
    return {
        "n_runs": len(records),
        "n_leaping": sum(record["n_leaps"] > 0 for record in records),
        "n_leaps": sum(record["n_leaps"] for record in records),
        "largest_median": float(np.median(largest)) if largest else None,
        "largest": max(largest, default=None),
        "runs": list(records),
    }


def _before_leaps(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how near the limit runs were at the measurement before a leap, and after it.

    Runs are counted by whether, once they had memorised, they ever came `NEAR` the limit.
    """
    known = [record for record in records if record["largest"] is not None]
    near = [record["n_leaps"] > 0 for record in known if record["largest"] >= NEAR]
    far = [record["n_leaps"] > 0 for record in known if record["largest"] < NEAR]
    before = [ratio for record in records for ratio in record["before"]]
    after = [ratio for record in records for ratio in record["after"]]
    return {
        "near": NEAR,
        "n_near": len(near),
        "n_near_leaping": sum(near),
        "n_far": len(far),
        "n_far_leaping": sum(far),
        "n_leaps": len(before),
        "before_leap_median": float(np.median(before)) if before else None,
        "before_leap_smallest": min(before, default=None),
        "after_leap_median": float(np.median(after)) if after else None,
    }


def _table(rows: Rows) -> Table:
    columns = {"epoch": column([row["epoch"] for row in rows], "epochs", "updates made")}
    for name, (unit, split, words) in COLUMNS.items():
        values = np.array([row[name] for row in rows], dtype=np.float32)
        columns[name] = column(values, unit, words, split=split)
    return Table("Curvature and curves over training.", columns)
