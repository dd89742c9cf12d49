"""How does the share of the pairs that is trained on set the delay?

The same network and seed on several fractions of the pairs of a + b mod 131. A run ends early
only by the stated rule; one that does not generalise within its budget is censored: the study
knows that it did not happen until then, and nothing of later.
"""

from dataclasses import dataclass, field, replace

from timeless.config import ModelConfig, TrainConfig

NAME = "fraction_sweep"
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """Training configuration, fractions in percent, seeds, and the stop rule.

    A run has the budget of ``train.epochs``, unless it has generalised for ``hold`` epochs. The
    measures of an auditor are taken every ``audit_every`` epochs. Last weights are published of
    the fractions that other experiments measure, ``published`` in percent.
    """

    train: TrainConfig = field(default_factory=TrainConfig)
    percents: tuple[int, ...] = (10, 30, 45, 60, 90)
    seeds: tuple[int, ...] = (0,)
    hold: int = 2_000
    audit_every: int = 200
    published: tuple[int, ...] = (10, 30)


CONFIG = Config()
QUICK = Config(TrainConfig(model=ModelConfig(p=13, d_model=32, d_mlp=64), epochs=200), hold=100)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name."""
    return {
        f"frac{percent}-seed{seed}": replace(config.train, frac_train=percent / 100, seed=seed)
        for percent in config.percents
        for seed in config.seeds
    }
