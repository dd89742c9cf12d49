"""The words of captions: measured values as HTML that says where they are from, or as text."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

import numpy as np

from timeless.artifacts import Results
from timeless.words.values import as_data, measured, typeset_value

_SUPERSCRIPT = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Quoting:
    """Quotes numbers of one experiment's artifact; ``spec`` is Python's format."""

    results: Results
    experiment: str

    def __call__(self, key: str, spec: str | None = None) -> str:
        """Return a value of the summary, or of another section that ``key`` begins with."""
        return measured(self.results, f"{self.experiment}.{key}", spec, otherwise="none")

    def found(self, value: Any, table: str, spec: str | None = None) -> str:
        """Return a number, or a list of numbers, that a figure has worked out from a table."""
        raw = np.asarray(value).tolist()
        shown = typeset_value(raw, spec, table).replace(
            " × ", "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}"
        )
        return as_data(
            shown, raw, f"computed from artifacts/{self.experiment}.json: series.{table}"
        )


def plain(html: str) -> str:
    """Return typeset HTML as plain text, exponents as superscript characters."""
    raised = re.sub(r"<sup>(.*?)</sup>", lambda sup: sup[1].translate(_SUPERSCRIPT), html)
    lowered = re.sub(r"<sub>(.*?)</sub>", r"_\1", raised)
    return unescape(re.sub(r"<[^>]+>", "", lowered))
