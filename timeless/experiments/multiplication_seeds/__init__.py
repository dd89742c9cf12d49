"""How much of what one run of a · b mod 131 shows belongs to its seed?

The runs of `seeds` again, on multiplication.
"""

from dataclasses import replace

from timeless.config import TrainConfig
from timeless.experiments import seeds

NAME = "multiplication_seeds"
NEEDS: tuple[str, ...] = ()
Config = seeds.Config


def multiplied(train: TrainConfig) -> TrainConfig:
    """Return a configuration that learns multiplication instead."""
    return replace(train, operations=("multiplication",))


CONFIG = Config(multiplied(seeds.CONFIG.train), seeds=(1, 2, 3, 4), measure_every=1_000)
QUICK = replace(seeds.QUICK, train=multiplied(seeds.QUICK.train))
runs = seeds.runs
