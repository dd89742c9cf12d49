"""Claims over runs: the main run and others of the same configuration, judged alike and counted."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from timeless.analysis.rates import Rate
from timeless.claims.evidence import Evidence
from timeless.claims.verdicts import ENOUGH, Measured, Part, cannot
from timeless.results.artifacts import Results, Table

MOST = 0.5  # of the runs; a lower bound beyond it says "in most"
RUNS = ("addition", "seeds")  # what a claim over these runs reads
IN_MOST = (
    "Judged on the main run and on every seed; it holds if the lower bound of the share of runs "
    "in which it does, at 95%, is above one half."
)


@dataclass(frozen=True)
class Watched:
    """One run of addition at 30%: where its curves and its record lie.

    ``prefix`` is what its record's keys begin with in the summary of ``look``'s artifact.
    """

    look: Evidence
    table: str
    prefix: str

    @property
    def chance(self) -> float:
        """Return ln p, the loss of guessing."""
        return log(self.look["config.train.model.p"])

    @property
    def curves(self) -> Table:
        """Return its curves."""
        return self.look.table(self.table)

    def __getitem__(self, key: str) -> Any:
        """Return a value of its record."""
        return self.look[self.prefix + key]

    def quote(self, words: str, key: str, spec: str | None = None, **more: str) -> Measured:
        """Return a value of its record with its words and its place."""
        return self.look.quote(words, self.prefix + key, spec, **more)

    def found(self, words: str, value: Any, spec: str | None = None, **more: str) -> Measured:
        """Return a value worked out from its curves."""
        return self.look.found(words, value, f"series.{self.table}", spec, **more)

    @property
    def circuit_starts(self) -> int | None:
        """Return the epoch of the smallest excluded loss before grokking, None without grokking."""
        grokked = self["grok_epoch"]
        if not self.prefix or grokked is None:
            return self.look["circuit_starts"] if not self.prefix else None
        name = self.prefix.removeprefix("runs.").rstrip(".")
        measures = self.look.table(f"measures_{name}")
        before = measures["epoch"] <= grokked
        smallest = measures["hindsight_excluded_loss"][before].argmin()
        return int(measures["epoch"][smallest])


def alike(results: Results) -> list[Watched]:
    """Return the main run and then the seeds."""
    main, seeds = Evidence(results, "addition"), Evidence(results, "seeds")
    others = [Watched(seeds, f"curves_{key}", f"runs.{key}.") for key in seeds["runs"]]
    return [Watched(main, "curves", ""), *others]


def counted(results: Results, judge: Callable[[Watched], Iterable[Part]]) -> Iterator[Part]:
    """Yield the parts of a claim, each judged on every run and counted.

    A part holds if it does in most runs: if the lower bound of the share, Wilson's, is above one
    half; with fewer than five runs, if it does in all. What the main run shows is quoted.
    """
    of_each = [list(judge(watched)) for watched in alike(results)]
    for same in zip(*of_each, strict=True):
        yield in_most(same[0].says, same)


def in_most(says: str, parts: Sequence[Part], whose: str = "In the main run") -> Part:
    """Return one part from those of several runs, with the measured values of the first."""
    told = [part for part in parts if part.holds is not None]
    if not told:
        return cannot(says, parts[0].why, parts[0].measured)
    rate = Rate(sum(part.holds is True for part in told), len(told))
    holds = rate.interval[0] > MOST if rate.n >= ENOUGH else rate.count == rate.n
    return Part(says, holds, parts[0].measured, rate=rate, whose=whose)
