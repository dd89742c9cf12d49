"""The ledger as readers get it: rows for the template of its page, and a file for programs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from timeless.claims import Entry, Ledger
from timeless.claims.verdicts import Measured, Part, Verdict

SCHEMA = "timeless/claims/1"
FILE = "claims.json"


@dataclass(frozen=True)
class Place:
    """Where a figure is shown: the page as its navigation names it, and the address."""

    page: str
    href: str


@dataclass(frozen=True)
class Placed:
    """A ledger with the page that shows it and the places of the figures it links to.

    ``page`` is a file name, or nothing if no page shows the ledger.
    """

    ledger: Ledger
    page: str
    figures: Mapping[str, Place]

    def rows(self) -> list[dict[str, Any]]:
        """Return each claim as the template ledger.html shows it."""
        return [
            {
                "number": number,
                "entry": entry,
                "figure": self.figure_of(entry),
                "rank": _rank(entry),
            }
            for number, entry in enumerate(self.ledger.entries, 1)
        ]

    def tally(self) -> list[tuple[Verdict, int]]:
        """Return every verdict that occurs, with the number of claims that have it."""
        return list(self.ledger.counts.items())

    def figure_of(self, entry: Entry) -> Place | None:
        """Return where the figure of a claim is shown, or None while no page shows it."""
        return self.figures.get(entry.claim.figure)

    def document(self) -> bytes:
        """Return the ledger as JSON."""
        claims = [self._record(entry) for entry in self.ledger.entries]
        counts = {verdict.value: n for verdict, n in self.ledger.counts.items()}
        document = {"schema": SCHEMA, "counts": counts, "claims": claims}
        return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()

    def _record(self, entry: Entry) -> dict[str, Any]:
        claim, figure = entry.claim, self.figure_of(entry)
        return {
            "id": claim.id,
            "statement": claim.statement,
            "verdict": entry.verdict.value,
            "reading": claim.reading,
            "parts": [_part(part) for part in entry.parts],
            "missing": entry.missing or None,
            "artifacts": list(claim.reads),
            "seeds": list(entry.seeds),
            "figure": figure.href if figure else None,
        }


def _rank(entry: Entry) -> int:
    return list(Verdict).index(entry.verdict)


def _part(part: Part) -> dict[str, Any]:
    return {
        "says": part.says,
        "holds": part.holds,
        "why": part.why or None,
        "runs": None if part.rate is None else part.rate.as_summary(),
        "measured": [_measured(measured) for measured in part.measured],
    }


def _measured(measured: Measured) -> dict[str, Any]:
    return {
        "what": measured.words,
        "value": measured.value,
        "unit": measured.unit or None,
        "from": measured.shown.place,
    }
