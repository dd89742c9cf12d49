"""How much of what the variants show belongs to their one seed?

The network with one head, on the share of the main run, with ReLU, with GELU, and with ReLU and a
float32 loss, each with other seeds of both the initial weights and the split. One head, since it
generalises in a third of the epochs; with GELU, four as well, beside which `seeds` has ReLU. A run
ends when it has generalised for 2,000 epochs.
"""

from dataclasses import dataclass, field, replace

from timeless.config import ModelConfig, TrainConfig
from timeless.experiments import shares

NAME = "variant_seeds"
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """Training configuration, variants (heads, activation, the loss's precision), seeds, stop rule.

    Measures are taken every ``measure_every`` epochs. The loss leaps where it grows by ``leap``
    from one log to the next.
    """

    train: TrainConfig = field(default_factory=lambda: replace(shares.CONFIG.train, frac_train=0.3))
    variants: tuple[tuple[int, str, str], ...] = (
        (1, "relu", "float64"),
        (1, "gelu", "float64"),
        (1, "relu", "float32"),
        (4, "gelu", "float64"),
    )
    seeds: tuple[int, ...] = (1, 2, 3)
    hold: int = 2_000
    measure_every: int = 500
    leap: float = 10.0


CONFIG = Config()
QUICK = Config(
    TrainConfig(
        model=ModelConfig(p=13, d_model=32, n_heads=1, d_mlp=64), frac_train=0.7, epochs=100
    ),
    seeds=(1,),
    hold=100,
    measure_every=100,
)


def arms(config: Config) -> dict[str, TrainConfig]:
    """Return the configuration of each variant, of any seed, by name: "heads4_gelu_float64".

    That of one head does not say so: "gelu_float64".
    """
    train = config.train
    return {
        ("" if heads == 1 else f"heads{heads}_") + f"{act}_{dtype}": replace(
            train, model=replace(train.model, n_heads=heads, act=act), loss_dtype=dtype
        )
        for heads, act, dtype in config.variants
    }


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name: variant, then seed; seed by seed."""
    return {
        f"{arm}_seed{seed}": replace(train, seed=seed)
        for seed in config.seeds
        for arm, train in arms(config).items()
    }
