"""Runs as an auditor sees them: measures over checkpoints, read from the artifacts of the study."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.results.artifacts import Results, Table
from timeless.rules import BEHAVIOUR, DIRECTIONS

TASKS = ("addition", "multiplication")


@dataclass(frozen=True)
class Subject:
    """A run, or one task of a joint one, as an auditor sees it: measures [checkpoints] by name."""

    name: str
    epochs: NDArray[np.integer]
    values: Mapping[str, NDArray[np.floating]]
    memorised: int | None
    grokked: int | None


def all_subjects(results: Results) -> Iterator[Subject]:
    """Yield every run whose measures are known over its checkpoints."""
    for task in TASKS:
        single = results[task]
        yield _subject(task, single["progress"], single["curves"], BEHAVIOUR, single.summary)
    sweep, joint = results["fraction_sweep"], results["co_grokking"]
    for key, record in sweep.summary["runs"].items():
        curves = sweep[f"curves_{key}"]
        yield _subject(key, sweep[f"audit_{key}"], curves, BEHAVIOUR, record)
    for task in TASKS:
        moments = {
            name: joint.summary[f"{name}_{task}"] for name in ("memorisation_epoch", "grok_epoch")
        }
        name, accuracy = f"joint {task}", f"{BEHAVIOUR}_{task}"
        yield _subject(name, joint[f"progress_{task}"], joint["curves"], accuracy, moments)


def _subject(
    name: str, progress: Table, curves: Table, accuracy: str, moments: Mapping[str, Any]
) -> Subject:
    epochs = progress["epoch"]
    values = {measure: progress[measure] for measure in DIRECTIONS if measure != BEHAVIOUR}
    values[BEHAVIOUR] = curves[accuracy][np.searchsorted(curves["epoch"], epochs)]
    return Subject(name, epochs, values, moments["memorisation_epoch"], moments["grok_epoch"])
