"""How much of what one run of a·b mod 131 shows belongs to its seed?

The network and the share of `multiplication`, with other seeds of both the initial weights and the
split. A run ends when it has generalised for 2,000 epochs, or at its budget.
"""

from dataclasses import replace

from timeless.config import TrainConfig
from timeless.experiments import seeds

NAME = "multiplication_seeds"
NEEDS: tuple[str, ...] = ()
Config = seeds.Config


def multiplied(train: TrainConfig) -> TrainConfig:
    """Return a configuration that learns products."""
    return replace(train, operations=("multiplication",))


CONFIG = Config(multiplied(seeds.CONFIG.train), seeds=(1, 2, 3, 4))
QUICK = replace(seeds.QUICK, train=multiplied(seeds.QUICK.train))
runs = seeds.runs
