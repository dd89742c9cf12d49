"""Does a network that learns a·b mod 131 find discrete logarithms?

The non-zero numbers mod 131 are the powers of 2, and multiplying them adds exponents mod 130. If
the network uses that, its embedding is a few waves over the exponent and looks like noise over
the number itself. Everything is measured in both orders. The pairs with a zero, which has no
logarithm, are looked at apart.
"""

from dataclasses import dataclass, field

from timeless.config import ModelConfig, TrainConfig

NAME = "multiplication"
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """Training configuration, stop rule, and what the analysis makes of the run.

    Training ends early at the first checkpoint by which the run has generalised for ``hold``
    epochs. Measures are taken every ``analyse_every`` epochs.
    """

    train: TrainConfig = field(default_factory=lambda: TrainConfig(operations=("multiplication",)))
    hold: int = 2_000
    analyse_every: int = 100
    n_published: int = 12
    n_random_sets: int = 100


CONFIG = Config()
QUICK = Config(
    TrainConfig(
        model=ModelConfig(p=13, d_model=32, d_mlp=64),
        operations=("multiplication",),
        frac_train=0.7,
        epochs=500,
    ),
    hold=200,
    n_published=4,
    n_random_sets=5,
)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name."""
    return {f"seed{config.train.seed}": config.train}
