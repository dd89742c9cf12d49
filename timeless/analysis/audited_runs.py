"""Runs as an auditor sees them: what is measured over training, read from the study's artifacts.

Every network modulo 131 that chooses its answer among classes enters, whatever became of it. The
regressions on numbers do not, as they have no right answers and no loss in nats; nor do networks
of another size, whose epochs are not comparable.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from timeless.results.artifacts import Artifact, Results, Table
from timeless.rules import ACCURACY_THRESHOLD, first_epoch, held_epoch

TASKS = ("addition", "multiplication")
SURVEYS = ("seeds", "mirrors", "multiplication_seeds", "variant_seeds")  # with measures
LOGGED = ("shares", "full_size", "joint")  # curves alone
SOURCES = (
    *("addition", "co_grokking", "fraction_sweep", "kinematics", "multiplication", "variants"),
    *SURVEYS,
    *LOGGED,
)
# What a measure is called in curves and in the tables of measures, where not by its own name.
IN_CURVES = {"loss_test": "test_loss", "loss_unseen": "unseen_loss"}
IN_SURVEYS = {
    "restricted_loss_all": "hindsight_restricted_loss",
    "restricted_loss_online": "restricted_loss",
}

Series = tuple[NDArray[np.integer], NDArray[np.floating]]


@dataclass(frozen=True)
class Subject:
    """A run, or one task of a joint one, as an auditor sees it.

    ``curves`` are logged, and their columns end in ``suffix``; ``measures`` is the table of what
    was taken at checkpoints, where that was done; ``more`` are measures that were taken later.
    ``network`` is shared by tasks of one network.
    """

    name: str
    network: str
    curves: Table
    suffix: str = ""
    measures: Table | None = None
    more: Mapping[str, Series] = field(default_factory=dict)

    def accuracy(self, split: str) -> NDArray[np.floating]:
        """Return the logged share of right answers on a split."""
        return self.curves[f"{split}_accuracy{self.suffix}"]

    @property
    def memorised(self) -> int | None:
        """Return the epoch at which 99% of the training pairs are first right, held or not."""
        return first_epoch(self.curves["epoch"], self.accuracy("train") >= ACCURACY_THRESHOLD)

    @property
    def grokked(self) -> int | None:
        """Return the grokking epoch, or None."""
        return held_epoch(self.curves["epoch"], self.accuracy("test"))

    @property
    def touched(self) -> bool:
        """Return whether 99% of the test pairs were ever right, held or not."""
        return bool((self.accuracy("test") >= ACCURACY_THRESHOLD).any())

    def series(self, measure: str) -> Series | None:
        """Return epochs and values of one of `rules.DIRECTIONS`; None if it was not taken.

        What is logged is read from the curves, the rest from the checkpoints.
        """
        if measure in self.more:
            return self.more[measure]
        logged, surveyed = IN_CURVES.get(measure, measure), IN_SURVEYS.get(measure, measure)
        places = [(self.curves, logged + self.suffix), (self.curves, logged)]
        if self.measures is not None:
            places += [(self.measures, surveyed), (self.measures, measure)]
        for table, name in places:
            if name in table.columns:
                return table["epoch"], table[name]
        return None


def all_subjects(results: Results) -> Iterator[Subject]:
    """Yield every run of `SOURCES` that classifies, each once, by a name of its own."""
    for task in TASKS:
        yield Subject(task, task, results[task]["curves"], "", results[task]["progress"])
    yield from _of_sweep(results["fraction_sweep"])
    yield from _of_both_tasks(results["co_grokking"])
    yield from _of_variants(results["variants"])
    yield from _of_throws(results["kinematics"])
    for survey in SURVEYS:
        yield from _of_survey(results[survey])
    gone_on_with = _gone_on_with(results)
    for experiment in LOGGED:
        for subject in _of_logged(results[experiment]):
            if subject.name not in gone_on_with:
                yield subject


def _of_sweep(sweep: Artifact) -> Iterator[Subject]:
    for key in sweep.summary["runs"]:
        yield Subject(key, key, sweep[f"curves_{key}"], "", sweep[f"audit_{key}"])


def _of_both_tasks(joint: Artifact) -> Iterator[Subject]:
    for task in TASKS:
        measures = joint[f"progress_{task}"]
        yield Subject(f"joint {task}", "joint", joint["curves"], f"_{task}", measures)


def _of_variants(variants: Artifact) -> Iterator[Subject]:
    for key in variants.summary["runs"]:
        if key != variants.summary["default"]:  # that run is the one of addition
            yield Subject(f"variant {key}", key, variants[f"curves_{key}"])


def _of_throws(kinematics: Artifact) -> Iterator[Subject]:
    for law in kinematics.summary["modular"]:
        yield Subject(f"{law} law", law, kinematics[f"curves_{law}"])
    for key in kinematics.summary["tokens"]:
        yield Subject(f"tokens {key}", f"tokens {key}", kinematics[f"curves_tokens_{key}"])


def _of_survey(survey: Artifact) -> Iterator[Subject]:
    for key in survey.summary["runs"]:
        name, measures = f"{survey.experiment} {key}", survey[f"measures_{key}"]
        yield Subject(name, name, survey[f"curves_{key}"], "", measures)


def _of_logged(experiment: Artifact) -> Iterator[Subject]:
    for key in experiment.summary["runs"]:
        name, curves = f"{experiment.experiment} {key}", experiment[f"curves_{key}"]
        for column in curves.columns:
            if column.startswith("train_accuracy"):
                suffix = column.removeprefix("train_accuracy")
                yield Subject(name + suffix.replace("_", " "), name, curves, suffix)


def _gone_on_with(results: Results) -> set[str]:
    """Return the runs of `shares` that `variant_seeds` has, too, and for longer."""
    longer = results["variant_seeds"].config
    return {
        f"shares {key}"
        for key, record in results["shares"].summary["runs"].items()
        if record["frac_train"] == longer["train"]["frac_train"]
        and record["seed"] in longer["seeds"]
    }
