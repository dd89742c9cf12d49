"""What is trained on throws, and by which rules it is judged. No torch, so pages can read it.

The rules were written down before the first run: a network has memorised, or generalised, from
the first epoch on at which its accuracy (tokens) or the share of variance it explains (real
numbers: one minus the loss) is at least 99% on the train or the test split and stays so for
1,000 epochs, as `rules.held_epoch` says for all runs of the study. The delay is the
difference. The sizes of the splits, the factor on the initial weights (8), the weight decays and
the number of epochs were fixed at the same time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from timeless.config import ModelConfig, Schedule
from timeless.experiments.kinematics.throws import Box, Floats, Throws, height


@dataclass(frozen=True)
class TokenTraining:
    """One run on tokens: the grid, the network's widths, the schedule and the weight decay."""

    throws: Throws = field(default_factory=Throws)
    model: ModelConfig = field(default_factory=ModelConfig)
    schedule: Schedule = field(default_factory=lambda: Schedule(epochs=6000))
    weight_decay: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class RegressionTraining:
    """All real-valued networks: what they see, their width, and how they are trained.

    ``n_train`` throws are drawn from ``box`` by each seed, ``n_test`` more to test on.
    ``variants`` gives (factor on the initial weights, weight decay) by name; every variant is
    trained from every seed. An answer is within tolerance, and counts as accurate, if it is off
    by at most ``tolerance`` standard deviations of the training heights.
    """

    box: Box = field(default_factory=Box)
    n_train: int = 200
    n_test: int = 1000
    width: int = 48
    variants: Mapping[str, tuple[float, float]] = field(
        default_factory=lambda: {
            "standard": (1.0, 0.1),
            "enlarged": (8.0, 0.1),
            "standard_no_decay": (1.0, 0.0),
            "enlarged_no_decay": (8.0, 0.0),
        }
    )
    seeds: tuple[int, ...] = (0, 1, 2)
    tolerance: float = 0.05
    schedule: Schedule = field(
        default_factory=lambda: Schedule(epochs=30_000, log_every=20, checkpoint_every=1_000)
    )

    def runs(self) -> list[tuple[str, int]]:
        """Return (variant, seed) of every network, in the order in which they are stored."""
        return [(variant, seed) for variant in self.variants for seed in self.seeds]


@dataclass(frozen=True)
class Sample:
    """The throws of one seed: inputs in their units [n, 3] and heights in metres [n]."""

    train: Floats
    train_heights: Floats
    test: Floats
    test_heights: Floats

    @property
    def mean(self) -> float:
        """Return the mean training height in metres."""
        return float(self.train_heights.mean())

    @property
    def std(self) -> float:
        """Return the standard deviation of the training heights in metres."""
        return float(self.train_heights.std())


def make_sample(config: RegressionTraining, seed: int) -> Sample:
    """Return the throws that the networks of a seed are trained and tested on."""
    rng = np.random.default_rng([seed, 3])
    train, test = config.box.draw(config.n_train, rng), config.box.draw(config.n_test, rng)
    return Sample(train, height(*train.T), test, height(*test.T))
