"""The bench: a run's published checkpoints, and what the laboratory has to know of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from timeless.artifacts import Artifact, Results
from timeless.checkpoints import Arrays
from timeless.config import TrainConfig
from timeless.directions import length
from timeless.fourier import frequencies
from timeless.interventions import tensors
from timeless.rows import Row
from timeless.stages import configuration, published_weights, stage_epochs
from timeless.trajectory import Split


@dataclass(frozen=True)
class Bench:
    """A run's published checkpoints, its split, its stages, and what is known of it."""

    results: Results
    run: Artifact
    config: TrainConfig
    split: Split
    stages: Mapping[str, int]

    @classmethod
    def of(cls, results: Results, experiment: str) -> "Bench":
        """Return the bench of an experiment's first run."""
        run = results[experiment]
        config = configuration(run.config)
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
        return tensors(self.weights(epoch), dtype)

    @cached_property
    def initial_norm(self) -> float:
        """Return the norm of the initial weights."""
        return length(self.params(self.epochs[0]))

    def heads(self) -> Iterator[tuple[Row, int]]:
        """Yield each stage as the first columns of a row, and its epoch."""
        for stage, epoch in self.stages.items():
            yield {"stage": stage, "epoch": epoch}, epoch
