"""Records: every training run of the study in one list, and every file one can download."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.results.artifacts import Artifact, Results, Table

COLUMNS_AT_MOST = 200  # of a table as CSV; wider ones, such as grids of neurons, are JSON alone
_NEEDED = ("epochs", "seconds", "device_name")


@dataclass(frozen=True)
class Record:
    """One training run: where its facts stand, and the facts.

    ``facts`` has at least ``epochs``, ``seconds`` and ``device_name``; see `summary.run_record`.
    """

    experiment: str
    run: str
    facts: Mapping[str, Any]

    def show(self, key: str, spec: str, otherwise: str = "") -> str:
        """Return a fact formatted as ``spec`` says, or ``otherwise`` where it is null.

        A joint run has a fact for each operation; a fact that a run does not have is empty.
        """
        own = [key] if key in self.facts else [k for k in self.facts if k.startswith(f"{key}_")]
        shown = (self.facts[name] for name in own)
        return ", ".join(otherwise if fact is None else format(fact, spec) for fact in shown)


def records(results: Results, names: list[str]) -> list[Record]:
    """Return every run that the summaries of these experiments record, in their order."""
    return [record for name in names for record in _records(results[name])]


def _records(artifact: Artifact) -> Iterator[Record]:
    summary, name = artifact.summary, artifact.experiment
    if "seconds" in artifact.provenance and "n_checkpoints" in summary:  # one run, whole budget
        facts = {**artifact.provenance, **artifact.config["train"], **summary}
        facts["budget"] = facts["epochs"]
        yield Record(name, f"seed{artifact.provenance['seeds'][0]}", facts)
        return
    yield from _nested(name, "", summary, artifact)


def _nested(
    experiment: str, run: str, node: Mapping[str, Any], artifact: Artifact
) -> Iterator[Record]:
    """Yield the records in a summary: mappings that say epochs, seconds and device."""
    if all(key in node for key in _NEEDED):
        if "quoted_from" not in node:  # the experiment that has the run
            yield Record(experiment, run or f"seed{node.get('seed', 0)}", node)
        return
    for key, part in node.items():
        if isinstance(part, Mapping):
            inner = run if key == "runs" else f"{run} {key}".strip()
            yield from _nested(experiment, inner, part, artifact)


@dataclass(frozen=True)
class Download:
    """The files of one experiment: sizes in bytes by path in the site."""

    experiment: str
    json: tuple[str, int]
    csv: list[str]
    weights: list[tuple[str, int, str]]  # path, size, SHA-256


def downloads(results: Results, manifest: Mapping[str, Mapping[str, Any]]) -> list[Download]:
    """Return what can be downloaded of each experiment in the manifest."""
    names = [name.removesuffix(".json") for name in manifest if "/" not in name]
    return [
        Download(
            name,
            (f"artifacts/{name}.json", manifest[f"{name}.json"]["bytes"]),
            [csv_name(name, table) for table, found in results[name].series.items() if flat(found)],
            [
                (f"artifacts/{file}", entry["bytes"], entry["sha256"])
                for file, entry in manifest.items()
                if PurePosixPath(file).name.startswith(f"{name}-")
            ],
        )
        for name in names
    ]


def csv_name(experiment: str, table: str) -> str:
    """Return the path in the site of a table as CSV."""
    return f"artifacts/csv/{experiment}-{table}.csv"


def flat(table: Table) -> dict[str, NDArray[Any]]:
    """Return a table's columns as CSV can hold them, or none if there are too many.

    A column with further axes becomes one for each entry: ``norm_0``, ``norm_1``, ….
    """
    columns: dict[str, NDArray[Any]] = {}
    for name, column in table.columns.items():
        values = np.asarray(column.values)
        if values.ndim < 2:
            columns[name] = values
            continue
        rows = values.reshape(len(values), -1)
        columns |= {f"{name}_{i}": rows[:, i] for i in range(rows.shape[1])}
    return columns if len(columns) <= COLUMNS_AT_MOST else {}
