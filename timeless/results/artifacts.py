"""Artifacts: the results that experiments write and pages read. Nothing here needs torch.

An artifact is one JSON file, ``artifacts/NAME.json``, beside the weights it was computed
from in ``artifacts/weights/``. Training code and publishing code meet only here.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from timeless.errors import TimelessError, refuse_if_any
from timeless.results.reading import not_finite, read_json

SCHEMA = "timeless/artifact/1"
WEIGHTS = "weights"
_COLUMN = {"unit", "split", "description", "values"}


@dataclass(frozen=True)
class Column:
    """One measured quantity: ``values[row, ...]``, its unit, and the split it was taken on.

    ``split`` is ``"train"``, ``"test"``, ``"mirrored"``, ``"unseen"`` (of `tasks.Task.splits`),
    ``"all"`` or, where no pairs are involved, None.
    ``digits`` is the number of significant digits kept in the file.
    """

    values: NDArray[Any]
    unit: str
    description: str
    split: str | None = None
    digits: int = 6


@dataclass(frozen=True)
class Table:
    """Columns that share their first axis, the rows."""

    description: str
    columns: Mapping[str, Column]

    def __getitem__(self, column: str) -> NDArray[Any]:
        """Return the values of a column.

        Raises TimelessError with the known names if there is no such column.
        """
        if column not in self.columns:
            raise TimelessError(
                f'no column "{column}"', remedy=f"known columns: {', '.join(self.columns)}"
            )
        return self.columns[column].values

    def where(self, rows: NDArray[np.bool_]) -> "Table":
        """Return the table with the rows that a mask chooses."""
        chosen = {name: replace(own, values=own.values[rows]) for name, own in self.columns.items()}
        return Table(self.description, chosen)


@dataclass(frozen=True)
class Artifact:
    """The result of one experiment, with the configuration and the machine that made it.

    ``summary`` holds the scalars and short lists that prose quotes, ``series`` the tables
    that figures draw.
    """

    experiment: str
    config: Mapping[str, Any]
    provenance: Mapping[str, Any]
    summary: Mapping[str, Any]
    series: Mapping[str, Table] = field(default_factory=dict)

    def __getitem__(self, table: str) -> Table:
        """Return a table of the series; raises TimelessError with the known names."""
        if table not in self.series:
            raise TimelessError(
                f'no table "{table}"',
                where=f"{self.experiment}.json",
                remedy=f"known tables: {', '.join(self.series)}",
            )
        return self.series[table]


def column(
    values: ArrayLike, unit: str, description: str, *, split: str | None = None, digits: int = 6
) -> Column:
    """Return a Column with its values as an array."""
    return Column(np.asarray(values), unit, description, split, digits)


# --- writing -----------------------------------------------------------------------------


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a crash, sees the old content or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def save_artifact(artifact: Artifact, directory: Path) -> Path:
    """Write ``directory/NAME.json`` atomically and return its path.

    Raises TimelessError, naming each place, if a number is NaN or infinite, or if a table's
    columns differ in length.
    """
    document = {
        "schema": SCHEMA,
        "experiment": artifact.experiment,
        "config": dict(artifact.config),
        "provenance": dict(artifact.provenance),
        "summary": dict(artifact.summary),
        "series": {name: _encode_table(table) for name, table in artifact.series.items()},
    }
    where = f"{artifact.experiment}.json"
    refuse_if_any(
        not_finite(document, "") + _uneven(artifact),
        what="the result cannot be saved",
        where=where,
        remedy="an artifact holds finite numbers in columns of equal length only",
    )
    path = directory / where
    write_atomically(path, (_dump(document) + "\n").encode())
    return path


def _encode_table(table: Table) -> dict[str, Any]:
    return {
        "description": table.description,
        "columns": {
            name: {
                "unit": col.unit,
                "split": col.split,
                "description": col.description,
                "values": _rounded(col.values, col.digits),
            }
            for name, col in table.columns.items()
        },
    }


def _rounded(values: NDArray[Any], digits: int) -> Any:
    """Return nested lists with floats cut to a number of significant digits."""
    if values.dtype.kind != "f":
        return values.tolist()
    flat = [float(f"{x:.{digits}g}") for x in values.ravel().tolist()]
    return np.array(flat).reshape(values.shape).tolist()


def _dump(document: Mapping[str, Any]) -> str:
    """Return the document as JSON, one line a column so that version control shows what changed."""

    def node(value: Any, indent: str) -> str:
        if isinstance(value, Mapping) and value:
            deeper = indent + " "
            parts = (
                f"{deeper}{json.dumps(key)}: {node(item, deeper)}" for key, item in value.items()
            )
            return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
        return json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))

    return node(document, "")


def _uneven(artifact: Artifact) -> list[str]:
    problems = []
    for name, table in artifact.series.items():
        lengths = {key: len(col.values) for key, col in table.columns.items()}
        if len(set(lengths.values())) > 1:
            problems.append(f"series.{name}: columns of unequal length {lengths}")
    return problems


# --- reading -----------------------------------------------------------------------------


def load_artifact(directory: Path, name: str) -> Artifact:
    """Return the artifact ``directory/NAME.json``, checked as a whole.

    Raises TimelessError, naming each place, if the file is missing, is not JSON, is not what
    ``schemas/artifact.json`` says, holds a number that is not finite or a column that is none,
    or is the artifact of another experiment.
    """
    path, remedy = directory / f"{name}.json", _retrain(name)
    document = read_json(path, "artifact", what="the artifact", remedy=remedy, shrink=_shrunk)
    if document["experiment"] != name:
        raise TimelessError(
            f'holds the experiment "{document["experiment"]}"',
            where=str(path),
            remedy="rename the file to the experiment it holds",
        )
    facts = {part: document[part] for part in ("config", "provenance", "summary")}
    problems = not_finite(facts, "")
    series = {key: _decode_table(part, key, problems) for key, part in document["series"].items()}
    artifact = Artifact(name, series=series, **facts)
    refuse_if_any(
        problems + _uneven(artifact), what="not an artifact", where=str(path), remedy=remedy
    )
    return artifact


def _decode_table(document: Mapping[str, Any], name: str, problems: list[str]) -> Table:
    """Return a table, and add to the problems what is wrong in its columns."""
    columns = {}
    for key, col in document["columns"].items():
        place = f"series.{name}.columns.{key}.values"
        values = _numbers_or_texts(col["values"], place, problems)
        columns[key] = column(values, col["unit"], col["description"], split=col["split"])
    return Table(document["description"], columns)


def _shrunk(mapping: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping; if it is a column, with an array, which is a quarter of a list's size."""
    if mapping.keys() == _COLUMN and isinstance(mapping["values"], list):
        with suppress(ValueError):
            array = np.asarray(mapping["values"])
            if array.dtype.kind in "if":
                mapping["values"] = array
    return mapping


def _numbers_or_texts(
    values: list[Any] | NDArray[Any], place: str, problems: list[str]
) -> NDArray[Any]:
    try:
        array = np.asarray(values)
    except ValueError:  # NumPy finds no shape that it has
        problems.append(f"{place}: rows of unequal shape")
        return np.zeros(0)
    if array.dtype.kind not in "bifU" or (array.dtype.kind == "U" and not _all_texts(values)):
        problems.append(f"{place}: must be numbers alone, or texts alone")
    elif array.dtype.kind == "f" and not np.isfinite(array).all():
        problems.append(f"{place} holds NaN or infinity")
    return array


def _all_texts(values: object) -> bool:
    return all(map(_all_texts, values)) if isinstance(values, list) else isinstance(values, str)


def _retrain(name: str) -> str:
    return f"restore it from version control, or make it again with: python build.py --train {name}"


# --- what pages, figures and widgets read ------------------------------------------------


class Results:
    """The artifacts of one directory, each read once, when it is first asked for."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._artifacts: dict[str, Artifact] = {}

    def __getitem__(self, experiment: str) -> Artifact:
        """Return an artifact by the name of its experiment; raises as `load_artifact`."""
        if experiment not in self._artifacts:
            self._artifacts[experiment] = load_artifact(self.directory, experiment)
        return self._artifacts[experiment]

    def __contains__(self, experiment: str) -> bool:
        """Return whether there is an artifact of that experiment."""
        return (self.directory / f"{experiment}.json").is_file()
