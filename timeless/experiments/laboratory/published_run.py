"""A published run: its checkpoints, the stages they stand for, and what is known of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from timeless.analysis.fourier import frequencies
from timeless.analysis.network import Split, as_tensors
from timeless.config import TrainConfig, first_config, train_config
from timeless.experiments.laboratory.interventions import length
from timeless.experiments.laboratory.tables import Row
from timeless.results.artifacts import Artifact, Results
from timeless.results.weights import Arrays, load_published, load_weights, published_file
from timeless.rules import HOLD_EPOCHS

CONTROL = "control"
SWEEP = "fraction_sweep"

STAGES = ("memorised", "forming", "rising", "generalised", "last")


@dataclass(frozen=True)
class Subject:
    """One network to try things on: its name and epoch as columns, its weights, its split."""

    head: Row
    weights: Arrays
    split: Split

    def params(self, dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
        """Return the weights as tensors."""
        return as_tensors(self.weights, dtype)


@dataclass(frozen=True)
class PublishedRun:
    """A run's published checkpoints, its split, its stages, and what is known of it."""

    results: Results
    run: Artifact
    config: TrainConfig
    split: Split
    stages: Mapping[str, int]

    @classmethod
    def of(cls, results: Results, experiment: str) -> "PublishedRun":
        """Return the first run of an experiment."""
        run = results[experiment]
        config = first_config(run.config)
        return cls(results, run, config, Split.of(config), stage_epochs(run))

    @cached_property
    def epochs(self) -> list[int]:
        """Return the published epochs."""
        return list(self.run.summary["published_epochs"])

    @cached_property
    def key_freqs(self) -> list[int]:
        """Return the key frequencies, from the last checkpoint."""
        return list(self.run.summary["key_freqs"])

    @cached_property
    def other_freq(self) -> int:
        """Return the frequency of median norm at the last checkpoint, of those never key."""
        spectrum, known = self.run["final_spectrum"]["norm"], self.run.summary["watched_freqs"]
        rest = np.setdiff1d(frequencies(self.config.model.p), known)
        pool = rest if len(rest) else frequencies(self.config.model.p)
        return int(pool[np.argsort(spectrum[pool - 1])[len(pool) // 2]])

    def weights(self, epoch: int | None) -> Arrays:
        """Return the published weights of an epoch (16 bits), or the last in 32 for None."""
        return published_weights(self.results, self.run, epoch)

    def params(self, epoch: int, dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
        """Return the same as tensors."""
        return as_tensors(self.weights(epoch), dtype)

    @cached_property
    def initial_norm(self) -> float:
        """Return the norm of the initial weights."""
        return length(self.params(self.epochs[0]))

    def heads(self) -> Iterator[tuple[Row, int]]:
        """Yield each stage as the first columns of a row, and its epoch."""
        for stage, epoch in self.stages.items():
            yield {"stage": stage, "epoch": epoch}, epoch

    def subjects(self, chosen: Sequence[str]) -> Iterator[Subject]:
        """Yield the networks of the chosen stages, and the control if it is chosen."""
        for head, epoch in self.heads():
            if head["stage"] in chosen:
                yield Subject(head, self.weights(epoch), self.split)
        if CONTROL in chosen:
            yield self.control

    @cached_property
    def control(self) -> Subject:
        """Return the last network of the sweep's run on the smallest fraction of the pairs.

        It has memorised less, and for as long as the run itself, so that age alone does not
        tell the two apart; see `control_record` for whether it generalises.
        """
        run = self._control_run.replace("_", "-")
        _, metadata = load_weights(published_file(self.results.directory, SWEEP, run))
        kept = load_published(self.results.directory, SWEEP, run)
        head = {"stage": CONTROL, "epoch": metadata["epoch"]}
        return Subject(head, kept, Split.of(train_config(metadata["config"])))

    @cached_property
    def _control_run(self) -> str:
        runs = self.results[SWEEP].summary["runs"]
        own = [name for name in runs if runs[name]["seed"] == self.config.seed] or list(runs)
        return str(min(own, key=lambda name: float(runs[name]["frac_train"])))

    @cached_property
    def control_record(self) -> Row:
        """Return what prose says of the control."""
        record = self.results[SWEEP].summary["runs"][self._control_run]
        names = ("frac_train", "n_train", "grok_epoch", "final_train_loss", "final_test_accuracy")
        start = {"run": self._control_run, "epoch": self.control.head["epoch"]}
        return {
            **start,
            "norm": length(self.control.params()),
            **{name: record[name] for name in names},
        }


def stage_epochs(artifact: Artifact) -> dict[str, int]:
    """Return the epoch of each of `STAGES`, one of the run's published ones.

    memorised: the last one before circuit formation starts, but not before the memorisation
    epoch; forming: nearest the middle between the start of circuit formation and the grokking
    epoch; rising: test accuracy nearest one half; generalised: the first after grokking is
    confirmed; last. A run that lacks such an epoch gets the nearest there is. Source: ours.
    """
    summary, curves = artifact.summary, artifact["curves"]
    epochs = np.array(summary["published_epochs"])
    last = int(epochs[-1])
    known = summary["memorisation_epoch"] or 0
    starts = max(summary["circuit_starts"] or 0, known)
    grokked = last if summary["grok_epoch"] is None else int(summary["grok_epoch"])
    accuracy = curves["test_accuracy"][np.searchsorted(curves["epoch"], epochs)]
    memorised = epochs[(epochs >= known) & (epochs <= starts)]
    confirmed = epochs[epochs >= grokked + HOLD_EPOCHS]

    def nearest(epoch: float) -> int:
        return int(epochs[np.abs(epochs - epoch).argmin()])

    return {
        "memorised": int(memorised[-1]) if len(memorised) else nearest(starts),
        "forming": nearest((starts + grokked) / 2),
        "rising": int(epochs[np.abs(accuracy - 0.5).argmin()]),
        "generalised": int(confirmed[0]) if len(confirmed) else last,
        "last": last,
    }


def published_weights(results: Results, artifact: Artifact, epoch: int | None) -> Arrays:
    """Return the weights published for an epoch (float16), or the last in float32 for None."""
    run = f"seed{first_config(artifact.config).seed}"
    return load_published(results.directory, artifact.experiment, run, epoch)
