"""The words of captions: measured values as HTML that says where they are from."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from timeless.results.artifacts import Results
from timeless.words.values import Value, plain, value_of

__all__ = ["Quoting", "plain"]


@dataclass(frozen=True)
class Quoting:
    """Quotes numbers of one experiment's artifact; ``spec`` is Python's format."""

    results: Results
    experiment: str

    def __call__(self, key: str, spec: str | None = None) -> str:
        """Return a value of the summary, or of another section that ``key`` begins with."""
        return value_of(self.results[self.experiment], key, spec, otherwise="none").html

    def found(self, value: Any, table: str, spec: str | None = None) -> str:
        """Return a number, or a list of numbers, that a figure has worked out from a table."""
        place = f"computed from artifacts/{self.experiment}.json: series.{table}"
        return Value(np.asarray(value).tolist(), place, spec).html
