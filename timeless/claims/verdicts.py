"""What a claim is, and how its verdict follows from its parts.

A claim says one or several things. Each is a `Part`: what has to hold, in numbers, what was
measured, and whether it holds. Nobody writes a verdict down; it follows from the parts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from timeless.analysis.rates import Rate
from timeless.results.artifacts import Results
from timeless.words.values import Value

ENOUGH = 5  # runs that a confirmation takes


class Verdict(Enum):
    """What a ledger can say of a claim."""

    CONFIRMED = "confirmed"
    ONCE = "seen once"
    PARTLY = "partly"
    NOT_CONFIRMED = "not confirmed"
    BY_DEFINITION = "true by definition"
    OUTSIDE = "outside what this study can test"
    NOT_MEASURED = "not yet measured"

    @property
    def slug(self) -> str:
        """Return the verdict as a name for style sheets and addresses: ``not-confirmed``."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True)
class Measured:
    """A measured value with its words and its unit."""

    words: str
    shown: Value
    unit: str = ""

    @property
    def value(self) -> Any:
        """Return the value as measured."""
        return self.shown.raw


@dataclass(frozen=True)
class Part:
    """One thing that a claim says, with its tolerance, and whether it holds.

    ``holds`` is None where this study cannot tell, for the reason ``why``. It rests on one run, or
    on those in which it was counted, ``rate``; ``whose`` says, in words, of which of them the
    measured values are, if not of all.
    """

    says: str
    holds: bool | None
    measured: Sequence[Measured] = ()
    why: str = ""
    rate: Rate | None = None
    whose: str = ""

    @property
    def n_runs(self) -> int:
        """Return on how many runs it rests."""
        return 1 if self.rate is None else self.rate.n

    @property
    def word(self) -> str:
        """Return whether it holds, in words."""
        return {True: "holds", False: "does not hold", None: "cannot be tested"}[self.holds]


def cannot(says: str, why: str, measured: Sequence[Measured] = ()) -> Part:
    """Return a part that this study cannot test, and why."""
    return Part(says, None, measured, why)


@dataclass(frozen=True)
class Claim:
    """A claim that the study set out with.

    ``reading`` says how its words are read as numbers, and why so. ``reads`` names the
    artifacts, ``figure`` the figure that shows it. ``judge`` yields the parts, from runs of
    ``every_seed`` of these artifacts, or of the first. What is true ``by_definition`` no
    measurement could have refuted.
    """

    id: str
    statement: str
    reading: str
    reads: tuple[str, ...]
    figure: str
    judge: Callable[[Results], Iterator[Part]]
    every_seed: bool = False
    by_definition: bool = False


def verdict_of(parts: Sequence[Part], missing: str = "", *, by_definition: bool = False) -> Verdict:
    """Return the verdict on a claim.

    Not yet measured while something is ``missing``; outside if no part can be tested; not
    confirmed if none of those that can be tested holds, partly if some do not. If every part
    holds, it is confirmed if each rests on `ENOUGH` runs, and else seen once.
    """
    if missing:
        return Verdict.NOT_MEASURED
    outcomes = {part.holds for part in parts}
    if outcomes <= {None}:
        return Verdict.OUTSIDE
    if outcomes != {True}:
        return Verdict.PARTLY if True in outcomes else Verdict.NOT_CONFIRMED
    if by_definition:
        return Verdict.BY_DEFINITION
    enough = all(part.n_runs >= ENOUGH for part in parts)
    return Verdict.CONFIRMED if enough else Verdict.ONCE
