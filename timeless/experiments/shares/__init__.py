"""From which share of the pairs on does addition generalise, and after how long a wait?

The study's modulus, p = 131, and its training, with one head: such a network generalises sooner,
and its step costs less, so that every share can have several seeds of weights and split.
"""

from dataclasses import dataclass, field, replace

from timeless.config import ModelConfig, TrainConfig

NAME = "shares"
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """Training configuration, shares of the pairs in per cent, seeds, and the stop rule.

    Seeds decide initial weights and split. A run ends once it has generalised for ``hold`` epochs,
    or at its budget of ``train.epochs``.
    """

    train: TrainConfig = field(
        default_factory=lambda: TrainConfig(
            model=ModelConfig(n_heads=1), epochs=20_000, log_every=20, checkpoint_every=500
        )
    )
    percents: tuple[int, ...] = (15, 20, 25, 30, 35, 40, 50, 60)
    seeds: tuple[int, ...] = (1, 2, 3)
    hold: int = 1_000


CONFIG = Config()
QUICK = Config(
    TrainConfig(
        model=ModelConfig(p=13, d_model=32, n_heads=1, d_mlp=64),
        epochs=60,
        log_every=20,
        checkpoint_every=60,
    ),
    seeds=(1,),
    hold=100,
)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name: share in per cent, then seed; seed by seed."""
    return {
        f"share{percent}_seed{seed}": replace(config.train, frac_train=percent / 100, seed=seed)
        for seed in config.seeds
        for percent in config.percents
    }
