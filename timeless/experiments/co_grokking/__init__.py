"""Do two tasks in one network click together?

Addition and multiplication mod 131 share all weights and are told apart by the op token. The
controls are the single-task runs of `addition` and `multiplication`, at the same fraction. Each
task is measured in its own order: numbers as they are, and powers of a primitive root.
"""

from dataclasses import dataclass, field

from timeless.config import ModelConfig, TrainConfig

NAME = "co_grokking"
NEEDS = ("addition", "multiplication")
OPERATIONS = ("addition", "multiplication")


@dataclass(frozen=True)
class Config:
    """Training configuration, stop rule, and what the analysis makes of the run.

    Measures are taken every ``analyse_every`` epochs; the overlap of the two tasks' subspaces
    is compared with that of ``n_random`` pairs of random ones.
    """

    train: TrainConfig = field(
        default_factory=lambda: TrainConfig(model=ModelConfig(n_ops=2), operations=OPERATIONS)
    )
    hold: int = 2_000
    analyse_every: int = 500
    n_published: int = 8
    n_random: int = 1_000


CONFIG = Config()
QUICK = Config(
    TrainConfig(
        model=ModelConfig(p=13, n_ops=2, d_model=32, d_mlp=64),
        operations=OPERATIONS,
        frac_train=0.7,
        epochs=200,
    ),
    hold=100,
    n_published=3,
    n_random=100,
)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name."""
    return {f"seed{config.train.seed}": config.train}
