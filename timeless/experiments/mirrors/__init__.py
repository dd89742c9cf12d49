"""What if no test pair can be answered by exchanging its numbers?

Runs of `seeds` again, on a split that is closed under exchange: both orders of a pair are
trained on, or neither. When the epochs of all were over, four runs had hardly moved and one was on
its way, which got half as many again: what becomes of it is not known of the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from timeless.config import TrainConfig
from timeless.experiments import seeds

NAME = "mirrors"
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config(seeds.Config):
    """As that of `seeds`; ``longer`` has the epochs of seeds that are trained for more of them."""

    longer: Mapping[int, int] = field(default_factory=dict)


def closed(train: TrainConfig) -> TrainConfig:
    """Return a configuration with a split that is closed under exchange."""
    return replace(train, split="mirror_closed")


CONFIG = Config(
    closed(seeds.CONFIG.train), seeds=(1, 2, 3, 4, 5), measure_every=2_000, longer={5: 60_000}
)
QUICK = Config(
    closed(seeds.QUICK.train),
    seeds.QUICK.seeds,
    seeds.QUICK.hold,
    seeds.QUICK.measure_every,
    longer={1: 300},
)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name."""
    return {
        name: replace(train, epochs=config.longer.get(train.seed, train.epochs))
        for name, train in seeds.runs(config).items()
    }
