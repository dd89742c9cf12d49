"""Audits: what an auditor sees of each run over training, for the instruments that show it."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.audited_runs import SOURCES, Subject, all_subjects
from timeless.results.artifacts import Results, Table
from timeless.rules import BEHAVIOUR
from timeless.words.values import run_name

CURVE_POINTS = 260
AUDITED = (*SOURCES, "phases")
STRUCTURE = ("restricted_loss_all", "gini_W_E", "spectral_entropy", "sum_sq_weights")


def audits(results: Results) -> list[dict[str, Any]]:
    """Return the runs whose weights were measured over training, with what is known of them.

    A run has its ``name`` and ``words``, ``memorised``, ``grokked`` and ``end`` [epochs], the
    logged ``curves`` (thinned: evenly in log epoch), what was measured of its ``structure`` at its
    checkpoints, and ``alarms``, the epoch of each measure's alarm or None, for runs that have a
    plateau.
    """
    return [
        _audit(results, subject, subject.measures)
        for subject in all_subjects(results)
        if subject.measures is not None
    ]


def _audit(results: Results, subject: Subject, measures: Table) -> dict[str, Any]:
    curves = subject.curves
    rows = _thinned(len(curves["epoch"]))
    names = [f"{split}_{kind}" for kind in ("loss", "accuracy") for split in ("train", "test")]
    return {
        "name": subject.name,
        "words": run_name(subject.name),
        "memorised": subject.memorised,
        "grokked": subject.grokked,
        "end": int(curves["epoch"][-1]),
        "curves": {
            "epoch": curves["epoch"][rows],
            **{name: curves[name + subject.suffix][rows] for name in names},
        },
        "structure": _structure(subject, measures["epoch"]),
        "alarms": _alarms(results, subject.name),
    }


def _structure(subject: Subject, checkpoints: NDArray[np.integer]) -> dict[str, Any]:
    """Return what was measured of the weights, over the checkpoints."""
    epochs = checkpoints[_thinned(len(checkpoints))]
    found: dict[str, Any] = {"epoch": epochs}
    for measure in STRUCTURE:
        series = subject.series(measure)
        if series is not None:
            found[measure] = series[1][np.searchsorted(series[0], epochs)]
    return found


def _thinned(n: int) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return at most `CURVE_POINTS` rows of n: half evenly in log row, half evenly."""
    if n <= CURVE_POINTS:
        return np.arange(n)
    half = CURVE_POINTS // 2
    rows = np.concatenate([np.geomspace(1, n, half) - 1, np.linspace(0, n - 1, half)])
    return np.unique(rows.astype(np.intp))


def _alarms(results: Results, name: str) -> dict[str, int | None] | None:
    phases = results["phases"]
    table, threshold = phases["alarms"], phases.config["rule"]["threshold"]
    rows = np.flatnonzero((table["run"] == name) & (table["threshold"] == threshold))
    epochs = {str(table["measure"][row]): int(table["alarm_epoch"][row]) for row in rows}
    return {key: epoch if epoch >= 0 else None for key, epoch in epochs.items()} or None


def cut_off(runs: Iterable[dict[str, Any]]) -> int:
    """Return an epoch before the test accuracy of any run has raised its alarm: 3/4 of the first.

    It is rounded to hundreds where it is that large.
    """
    first = min(run["alarms"][BEHAVIOUR] or run["end"] for run in runs if run["alarms"])
    early = 0.75 * first
    return int(round(early, -2) if early >= 1_000 else early)
