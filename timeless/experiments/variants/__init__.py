"""Does the story depend on the architecture, or on the precision of the loss?

A run of `seeds` again, with one head in place of four, with GELU in place of ReLU, and with the
loss computed in float32. The default itself is not trained again: its row comes from the artifact
of `seeds` and its published weights, which are as old as those of the variants.
"""

from dataclasses import dataclass, field, replace

from timeless.config import ModelConfig, TrainConfig

NAME = "variants"
NEEDS = ("seeds",)


@dataclass(frozen=True)
class Config:
    """Training configuration, the variants (heads, activation, precision of the loss), stop rule.

    ``n_triples`` random triples (a, b, c) measure gradient symmetricity.
    """

    train: TrainConfig = field(default_factory=TrainConfig)
    variants: tuple[tuple[int, str, str], ...] = (
        (1, "relu", "float64"),
        (4, "gelu", "float64"),
        (1, "gelu", "float64"),
        (4, "relu", "float32"),
    )
    hold: int = 2_000
    n_triples: int = 1_000


CONFIG = Config()
QUICK = Config(
    TrainConfig(model=ModelConfig(p=13, d_model=32, d_mlp=64), frac_train=0.7, epochs=200),
    variants=((1, "relu", "float64"), (4, "gelu", "float64"), (4, "relu", "float32")),
    hold=100,
    n_triples=100,
)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name."""
    return {
        f"heads{heads}-{act}-{dtype}-seed{config.train.seed}": replace(
            config.train,
            model=replace(config.train.model, n_heads=heads, act=act),
            loss_dtype=dtype,
        )
        for heads, act, dtype in config.variants
    }
