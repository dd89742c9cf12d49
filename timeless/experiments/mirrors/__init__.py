"""What if no test pair can be answered by exchanging its numbers?

The runs of `seeds` again, on a split that is closed under exchange: both orders of a pair are
trained on, or neither.
"""

from dataclasses import replace

from timeless.config import TrainConfig
from timeless.experiments import seeds

NAME = "mirrors"
NEEDS: tuple[str, ...] = ()
Config = seeds.Config


def closed(train: TrainConfig) -> TrainConfig:
    """Return a configuration with a split that is closed under exchange."""
    return replace(train, split="mirror_closed")


CONFIG = Config(closed(seeds.CONFIG.train), seeds=(1, 2, 3, 4, 5), measure_every=2_000)
QUICK = replace(seeds.QUICK, train=closed(seeds.QUICK.train))
runs = seeds.runs
