"""Does what a network has learned last, in another run as long as the main one?

The network and the share of `addition`, with other seeds, for as many epochs. From the time at
which it has long generalised on, the optimiser's moments are kept, and its curvature is measured
as that of the main run.
"""

from dataclasses import dataclass, field, replace

from timeless.config import TrainConfig
from timeless.experiments import addition

NAME = "late"
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """Training configuration and seeds."""

    train: TrainConfig = field(default_factory=lambda: TrainConfig(states_from=15_000))
    seeds: tuple[int, ...] = (0,)


CONFIG = Config()
QUICK = Config(replace(addition.QUICK.train, epochs=200, states_from=100))


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name."""
    return {f"seed{seed}": replace(config.train, seed=seed) for seed in config.seeds}
