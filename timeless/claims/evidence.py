"""Evidence: an artifact as claims read it. What is not there yet is absent, not an error."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.claims.verdicts import Measured
from timeless.errors import TimelessError
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Value, value_of


class Absent(Exception):  # noqa: N818 (no error: the ledger shows the claim as not yet measured)
    """An artifact, a key or a table that a claim reads does not exist, or not yet."""


@dataclass(frozen=True)
class _Rows(Table):
    """A table in which a column that is not there is absent; ``description`` says of what."""

    def __getitem__(self, column: str) -> NDArray[Any]:
        if column not in self.columns:
            raise Absent(f"{self.description}{column}")
        return self.columns[column].values


@dataclass(frozen=True)
class Evidence:
    """One artifact; raises `Absent` for the artifact, a key or a table that is not there."""

    results: Results
    name: str

    @property
    def file(self) -> str:
        """Return the artifact's file as readers know it."""
        return f"artifacts/{self.name}.json"

    @property
    def artifact(self) -> Artifact:
        """Return the artifact."""
        if self.name not in self.results:
            raise Absent(f"{self.file} does not exist")
        return self.results[self.name]

    def __getitem__(self, key: str) -> Any:
        """Return a value of the summary, or of the section that ``key`` begins with, as it is."""
        return self._value(key).raw

    def _value(self, key: str, spec: str | None = None, otherwise: str = "") -> Value:
        artifact = self.artifact
        try:
            return value_of(artifact, key, spec, otherwise)
        except TimelessError:
            raise Absent(f"{self.file} has no {key}") from None

    def table(self, name: str) -> Table:
        """Return a table of the series."""
        if name not in self.artifact.series:
            raise Absent(f"{self.file} has no table {name}")
        return _Rows(f"{self.file} has no column {name}.", self.artifact[name].columns)

    def quote(
        self,
        words: str,
        key: str,
        spec: str | None = None,
        *,
        unit: str = "",
        otherwise: str = "none",
    ) -> Measured:
        """Return a value of the summary with its words and its place."""
        return Measured(words, self._value(key, spec, otherwise), unit)

    def found(
        self,
        words: str,
        value: Any,
        place: str,
        spec: str | None = None,
        *,
        unit: str = "",
        otherwise: str = "none",
    ) -> Measured:
        """Return a value worked out here, from the ``place`` in the artifact that is given."""
        raw = value.item() if isinstance(value, np.generic) else value
        where = f"computed from {self.file}: {place}"
        return Measured(words, Value(raw, where, spec, otherwise), unit)


# --- epochs ------------------------------------------------------------------------------


def value_at(table: Table, column: str, epoch: int) -> float:
    """Return the value of a column at the last row at or before an epoch."""
    return float(table[column][np.flatnonzero(table["epoch"] <= epoch)[-1]])


def between(table: Table, column: str, first: int, last: int) -> NDArray[Any]:
    """Return the values of a column at the epochs from ``first`` to ``last``."""
    epochs = table["epoch"]
    return table[column][(epochs >= first) & (epochs <= last)]


def ends(table: Table) -> int:
    """Return the last epoch of a table."""
    return int(table["epoch"][-1])


def too_short(table: Table, epoch: int) -> str:
    """Return why a record cannot tell what happens at an epoch, or nothing if it can."""
    return "" if ends(table) >= epoch else f"the run ends at epoch {ends(table):,}"
