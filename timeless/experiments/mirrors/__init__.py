"""Which does the network learn first: that a + b = b + a, or the sum?

The runs of `seeds` again, but with a split that is closed under exchange: both orders of a pair are
trained on, or neither. No test pair can then be answered by exchanging its numbers.
"""

from dataclasses import dataclass, field, replace

from timeless.config import ModelConfig, TrainConfig

NAME = "mirrors"
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """Training configuration, seeds, and the stop rule of `training.train`."""

    train: TrainConfig = field(
        default_factory=lambda: TrainConfig(split="mirror_closed")
    )
    seeds: tuple[int, ...] = tuple(range(1, 6))
    hold: int = 2_000


CONFIG = Config()
QUICK = Config(
    TrainConfig(model=ModelConfig(p=13, d_model=32, d_mlp=64), frac_train=0.7, epochs=600, split="mirror_closed"),
    seeds=(1, 2),
    hold=200,
)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name."""
    return {f"seed{seed}": replace(config.train, seed=seed) for seed in config.seeds}
