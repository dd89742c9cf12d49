"""Train every preset with every seed, as the page does, and say when each gets there."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from timeless.analysis.survival import survival
from timeless.config import as_dict
from timeless.experiments.in_page import NAME, Config
from timeless.node import answer_of
from timeless.results.artifacts import Artifact, Table, column
from timeless.results.provenance import provenance, workplace
from timeless.running.kept import kept
from timeless.running.workspace import Workspace

SCRIPT = Path(__file__).parents[3] / "site_src" / "rehearse.mjs"
COMPILER = "assemblyscript"
COLUMNS = {
    "train_loss": ("nats", "train", "mean loss"),
    "test_loss": ("nats", "test", "mean loss"),
    "train_accuracy": ("share", "train", "right answers"),
    "test_accuracy": ("share", "test", "right answers"),
    "mirrored_accuracy": ("share", "mirrored", "right answers"),
    "unseen_accuracy": ("share", "unseen", "right answers"),
}

Rows = Sequence[Mapping[str, Any]]


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or take from ``workspace.runs``) the runs of all presets; return the artifact.

    Raises TimelessError where Node or the front end's packages are not installed.
    """
    folder = workspace.runs / NAME
    trained = {
        name: {seed: _trained(config, name, seed, folder) for seed in config.seeds}
        for name in config.presets
    }
    summary = {
        "n_seeds": len(config.seeds),
        "presets": {name: _summary(runs, config.enough) for name, runs in trained.items()},
    }
    seconds = sum(one["seconds"] for runs in trained.values() for one in runs.values())
    made = provenance(workplace("cpu", 1), seconds=seconds, seeds=config.seeds)
    tables = {f"curves_{name}": _curves(runs) for name, runs in trained.items()}
    return Artifact(NAME, as_dict(config), made, summary, tables)


def _trained(config: Config, preset: str, seed: int, folder: Path) -> dict[str, Any]:
    """Return ``rows`` and ``seconds`` of a run, from disk if it was trained before."""
    asked = {
        "state": config.state(preset) | {"seed": seed},
        "every": config.measure_every,
        "enough": config.enough,
    }
    return kept(
        folder / f"{preset}-seed{seed}.json",
        asked,
        lambda: answer_of(SCRIPT, COMPILER, lambda answer: bool(answer["rows"]), asked),
    )


def _first(rows: Rows, name: str, enough: float) -> int | None:
    return next((int(row["epoch"]) for row in rows if row[name] >= enough), None)


def _summary(runs: Mapping[int, Mapping[str, Any]], enough: float) -> dict[str, Any]:
    """Return when each seed memorised and generalised, both with their survival, and the end."""
    found: dict[str, Any] = {}
    ends = [int(one["rows"][-1]["epoch"]) for one in runs.values()]
    for event, name in (("memorisation", "train_accuracy"), ("grok", "test_accuracy")):
        epochs = [_first(one["rows"], name, enough) for one in runs.values()]
        found[f"{event}_epochs"] = epochs
        found[event] = survival(epochs, ends).as_summary()
    found["last_epochs"] = ends
    found["final_unseen_accuracies"] = [one["rows"][-1]["unseen_accuracy"] for one in runs.values()]
    return found


def _curves(runs: Mapping[int, Mapping[str, Any]]) -> Table:
    rows = [(seed, row) for seed, one in runs.items() for row in one["rows"]]
    columns = {
        "seed": column([seed for seed, _ in rows], "", "seed of initial weights and split"),
        "epoch": column([row["epoch"] for _, row in rows], "epochs", "number of updates made"),
    }
    for name, (unit, split, words) in COLUMNS.items():
        values = np.array([row[name] for _, row in rows], dtype=float)
        columns[name] = column(values, unit, words, split=split)
    return Table("Losses and accuracies over training, seed after seed.", columns)
