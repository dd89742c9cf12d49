"""Alarms: when each measure raises one on each run, by how much it leads, how often it is false."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from timeless.analysis.audited_runs import Subject
from timeless.analysis.rates import Rate, median_summary
from timeless.experiments.phases import Config
from timeless.results.artifacts import Table, column
from timeless.rules import BEHAVIOUR, DIRECTIONS, HINDSIGHT, UNSEEN, alarm_epoch

MAIN = "addition"  # the run that prose follows
ABSOLUTE = (BEHAVIOUR, UNSEEN)  # what a lead is counted from; their own threshold is the rule's


@dataclass(frozen=True)
class Alarms:
    """The alarms of every subject: ``epochs[subject, measure, threshold]``, None if it is silent.

    What was not measured on a subject has no key. ``fixing`` are the names of the subjects on
    which thresholds are chosen.
    """

    config: Config
    subjects: Sequence[Subject]
    fixing: frozenset[str]
    epochs: dict[tuple[str, str, float], int | None]

    def lead(
        self, subject: Subject, measure: str, threshold: float, over: str = BEHAVIOUR
    ) -> int | None:
        """Return by how many epochs an alarm precedes that of ``over``; None if either is silent.

        What it is counted from is always judged by the threshold of the rule.
        """
        alarm = self.epochs[subject.name, measure, threshold]
        moved = self.epochs[subject.name, over, self.config.rule.threshold]
        return None if alarm is None or moved is None else moved - alarm

    def of(self, measure: str, half: str = "all") -> tuple[list[Subject], list[Subject]]:
        """Return who generalises and who does not, of all or of a half on which it is known."""
        known = [
            subject
            for subject in self.subjects
            if (subject.name, measure, self.config.rule.threshold) in self.epochs
            and (half == "all" or (subject.name in self.fixing) == (half == "fixing"))
        ]
        return [s for s in known if s.grokked is not None], [s for s in known if s.grokked is None]


def with_plateau(subjects: Iterable[Subject], least_delay: int) -> list[Subject]:
    """Return the runs that memorise, and generalise late or not at all.

    One that comes to 99% and does not keep it, or ends too soon to tell, has done neither.
    """
    return [
        subject
        for subject in subjects
        if subject.memorised is not None and _late_or_never(subject, subject.memorised, least_delay)
    ]


def _late_or_never(subject: Subject, memorised: int, least_delay: int) -> bool:
    if subject.grokked is None:
        return not subject.touched
    return subject.grokked - memorised >= least_delay


def find_alarms(config: Config, subjects: Sequence[Subject]) -> Alarms:
    """Return when every measure raises an alarm on every subject, at every threshold."""
    epochs = {}
    for subject in subjects:
        for measure in DIRECTIONS:
            series = subject.series(measure)
            if series is None:
                continue
            for threshold in sorted({*config.thresholds, config.rule.threshold}):
                rule = replace(config.rule, threshold=threshold)
                found = alarm_epoch(*series, measure, subject.memorised, rule)
                epochs[subject.name, measure, threshold] = found
    return Alarms(config, subjects, _fixing(config, subjects), epochs)


def _fixing(config: Config, subjects: Sequence[Subject]) -> frozenset[str]:
    """Return the names of the subjects that are drawn for choosing thresholds.

    Tasks of one network go together; half of the networks of each outcome, rounded down.
    """
    chance, drawn = np.random.default_rng(config.split_seed), set[str]()
    for generalises in (True, False):
        networks = list(
            dict.fromkeys(s.network for s in subjects if (s.grokked is not None) == generalises)
        )
        drawn |= {networks[i] for i in chance.permutation(len(networks))[: len(networks) // 2]}
    return frozenset(s.name for s in subjects if s.network in drawn)


def told(alarms: Alarms, measure: str) -> dict[str, Any]:
    """Return what a measure's alarms were worth: by the rule on all runs, and judged on half."""
    threshold = alarms.config.rule.threshold
    chosen = _chosen(alarms, measure)
    main = [subject for subject in alarms.of(measure)[0] if subject.name == MAIN]
    return {
        "hindsight": measure in HINDSIGHT,
        "alarm_epoch": alarms.epochs.get((MAIN, measure, threshold)),
        "lead": alarms.lead(main[0], measure, threshold) if main else None,
        **_record(alarms, measure, threshold, "all"),
        "over_unseen": _over_unseen(alarms, measure),
        "judged": None
        if chosen is None
        else {"threshold": chosen, **_record(alarms, measure, chosen, "judging")},
    }


def _record(alarms: Alarms, measure: str, threshold: float, half: str) -> dict[str, Any]:
    grokking, never = alarms.of(measure, half)
    leads = {s.name: alarms.lead(s, measure, threshold) for s in grokking}
    rung = [lead for lead in leads.values() if lead is not None]
    false = [s.name for s in never if alarms.epochs[s.name, measure, threshold] is not None]
    return {
        "leads": leads,
        "least_lead": min(rung, default=None),
        "greatest_lead": max(rung, default=None),
        "median_lead": median_summary(list(leads.values())),
        "missed": [name for name, lead in leads.items() if lead is None] or None,
        "ahead": Rate(sum(lead > 0 for lead in rung), len(grokking)).as_summary(),
        "false": Rate(len(false), len(never)).as_summary(),
        "false_alarm_runs": false or None,
    }


def _over_unseen(alarms: Alarms, measure: str) -> dict[str, Any] | None:
    """Return how often, and by how much, a measure leads accuracy on unseen pairs."""
    threshold = alarms.config.rule.threshold
    known = {subject.name for subject in alarms.of(UNSEEN)[0]}
    both = [subject for subject in alarms.of(measure)[0] if subject.name in known]
    leads = [alarms.lead(subject, measure, threshold, UNSEEN) for subject in both]
    if not leads:
        return None
    ahead = Rate(sum(lead is not None and lead > 0 for lead in leads), len(leads))
    return {"ahead": ahead.as_summary(), "median_lead": median_summary(leads)}


def _chosen(alarms: Alarms, measure: str) -> float | None:
    """Return the threshold that does best on the half for choosing; None with no runs on a side."""
    grokking, never = alarms.of(measure, "fixing")
    if not grokking or not never:
        return None

    def score(threshold: float) -> float:
        leads = [alarms.lead(subject, measure, threshold) for subject in grokking]
        false = [alarms.epochs[subject.name, measure, threshold] is not None for subject in never]
        ahead = sum(lead is not None and lead > 0 for lead in leads) / len(leads)
        return ahead - sum(false) / len(false)

    return max(sorted(alarms.config.thresholds), key=score)  # the first, and smallest, of equals


def alarms_table(alarms: Alarms) -> Table:
    """Return one row for each subject, measure and threshold; -1: no alarm."""
    subjects = {subject.name: subject for subject in alarms.subjects}
    names, measures, thresholds = zip(*alarms.epochs, strict=True) if alarms.epochs else ((),) * 3
    found = [-1 if epoch is None else epoch for epoch in alarms.epochs.values()]
    generalises = np.array([subjects[name].grokked is not None for name in names], dtype=int)
    return Table(
        "When each measure raises an alarm, where it was measured.",
        {
            "run": column(names, "name", "run, or task of one"),
            "generalises": column(generalises, "1", "1 if it does in its budget"),
            "measure": column(measures, "name", "what is watched"),
            "threshold": column(thresholds, "1", "least move away from the baseline"),
            "alarm_epoch": column(found, "epochs", "-1: no alarm"),
        },
    )


def audited_table(alarms: Alarms) -> Table:
    """Return one row for each subject: when it memorised and grokked, and its half."""
    subjects = alarms.subjects
    grokked = [-1 if s.grokked is None else s.grokked for s in subjects]
    half = ["fixing" if s.name in alarms.fixing else "judging" for s in subjects]
    return Table(
        "The runs with a plateau.",
        {
            "run": column([s.name for s in subjects], "name", "run, or task of one"),
            "network": column([s.network for s in subjects], "name", "tasks of one share it"),
            "memorised": column(
                [-1 if s.memorised is None else s.memorised for s in subjects],
                "epochs",
                "99% of the training pairs first right",
            ),
            "grok_epoch": column(grokked, "epochs", "-1: not within its budget"),
            "half": column(half, "name", "on which thresholds are chosen, or judged"),
        },
    )
