"""Does what a network has learned last, in other runs as long as the main one?

The network and the share of `addition`, another seed, as many epochs. The seed is trained twice:
first it was the main run, and kept no states; then a later version of the step, which rounds
otherwise in the last digits, went on from where `seeds` had left it. Made again by one version on
one machine the two come out alike. From the time at which a run has long generalised on, the
optimiser's moments are kept, and its curvature is measured as that of the main run.
"""

from dataclasses import dataclass, field, replace

from timeless.config import TrainConfig
from timeless.experiments import addition

NAME = "late"
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """Training configuration, seeds, and how often each is trained."""

    train: TrainConfig = field(default_factory=lambda: TrainConfig(states_from=15_000))
    seeds: tuple[int, ...] = (0,)
    times: int = 2


CONFIG = Config()
QUICK = Config(replace(addition.QUICK.train, epochs=200, states_from=100))


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name: seed, and which time."""
    return {
        f"seed{seed}_{time}": replace(config.train, seed=seed)
        for seed in config.seeds
        for time in range(1, config.times + 1)
    }
