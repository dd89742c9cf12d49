"""How much of what one run of a + b mod 131 shows belongs to its seed?

The network and the share of `addition`, with other seeds of both the initial weights and the split.
`addition` has the one that stands in the middle of all eleven by grokking epoch. A run ends when
it has generalised for 2,000 epochs, or at its budget.
"""

from dataclasses import dataclass, field, replace

from timeless.config import ModelConfig, TrainConfig

NAME = "seeds"
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """Training configuration, seeds, and the stop rule of `loop.train`.

    Measures are taken every ``measure_every`` epochs.
    """

    train: TrainConfig = field(default_factory=TrainConfig)
    seeds: tuple[int, ...] = tuple(range(10))
    hold: int = 2_000
    measure_every: int = 500


CONFIG = Config()
QUICK = Config(
    TrainConfig(model=ModelConfig(p=13, d_model=32, d_mlp=64), frac_train=0.7, epochs=200),
    seeds=(0, 1),
    hold=100,
    measure_every=100,
)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name."""
    return {f"seed{seed}": replace(config.train, seed=seed) for seed in config.seeds}
