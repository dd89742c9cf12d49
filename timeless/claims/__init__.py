"""The claims that the study set out with, one that others made, and the ledger of verdicts.

One module a topic. A claim is a predicate on artifacts; its tolerance is taken from its own
words, before looking at what it gives. A verdict is worked out at every build. While an
artifact that a claim reads is not there, the verdict is "not yet measured".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from timeless.claims import (
    alarms,
    circuits,
    kinematics,
    laboratory,
    logarithms,
    phases,
    precision,
    sweep,
    tasks,
    training,
    unseen,
    without_decay,
)
from timeless.claims.evidence import Absent, Evidence
from timeless.claims.verdicts import Claim, Part, Verdict, verdict_of
from timeless.errors import unknown_name
from timeless.results.artifacts import Results

CLAIMS: tuple[Claim, ...] = (
    *(training.DATA, training.MEMORISE_FAST, training.TEST_FLAT, unseen.GAP_2000),
    *(unseen.CLICK_CLAIM, training.STABLE, circuits.SPARSE, circuits.FREQS),
    *(precision.FLOAT64, circuits.NORM, phases.PHASE1, phases.PHASE2, phases.PHASE3),
    *(sweep.SCARCE_CLAIM, sweep.DELAY, sweep.ABUNDANT_CLAIM),
    *(logarithms.DLOG, tasks.TOGETHER, tasks.SHARED),
    *(kinematics.MEMORY, kinematics.CLICK, kinematics.TRIG),
    *(laboratory.TEMPERATURE, alarms.INVISIBLE, laboratory.ROUTING, laboratory.IMMUNE),
    without_decay.WITHOUT_DECAY,
)


@dataclass(frozen=True)
class Entry:
    """A claim with what was found: its parts, what is ``missing``, and the seeds it rests on."""

    claim: Claim
    parts: tuple[Part, ...]
    missing: str
    seeds: tuple[int, ...]

    @property
    def verdict(self) -> Verdict:
        """Return the verdict, which follows from the parts."""
        return verdict_of(self.parts, self.missing, by_definition=self.claim.by_definition)


@dataclass(frozen=True)
class Ledger:
    """Every claim with its verdict, in the order of the study."""

    entries: tuple[Entry, ...]

    @cached_property
    def _by_id(self) -> Mapping[str, Entry]:
        return {entry.claim.id: entry for entry in self.entries}

    def __getitem__(self, claim: str) -> Entry:
        """Return the entry of a claim; raises TimelessError with the closest known id."""
        if claim not in self._by_id:
            raise unknown_name("claim", claim, self._by_id)
        return self._by_id[claim]

    @property
    def counts(self) -> dict[Verdict, int]:
        """Return how many claims have each verdict, those of none left out."""
        verdicts = [entry.verdict for entry in self.entries]
        return {verdict: verdicts.count(verdict) for verdict in Verdict if verdict in verdicts}


def judge(results: Results, claims: Sequence[Claim] = CLAIMS) -> Ledger:
    """Return the claims, judged by the artifacts that exist.

    Raises TimelessError if an artifact that exists cannot be read.
    """
    return Ledger(tuple(_judged(claim, results) for claim in claims))


def _judged(claim: Claim, results: Results) -> Entry:
    parts: list[Part] = []
    missing = ""
    try:
        for part in claim.judge(results):
            parts.append(part)  # noqa: PERF402 (parts before the first absence are kept)
    except Absent as absence:
        missing = str(absence)
    return Entry(claim, tuple(parts), missing, _seeds(claim, results))


def _seeds(claim: Claim, results: Results) -> tuple[int, ...]:
    """Return the seeds of the runs that a claim rests on."""
    seeds: set[int] = set()
    for name in claim.reads:
        try:
            recorded = Evidence(results, name).artifact.provenance.get("seeds", [])
        except Absent:
            continue
        seeds |= set(recorded if claim.every_seed else recorded[:1])
    return tuple(sorted(seeds))
