"""Does a + b mod 131 grok, and when?

One network per seed, trained on 30% of all pairs for 40,000 epochs. From its checkpoints come
the curves, the progress measures, the phases, the key frequencies and the neurons' clusters.
The weights of the last checkpoint are published in float32, those of some earlier ones, more
of them around the transition, in float16.
"""

from dataclasses import dataclass, field, replace

from timeless.config import ModelConfig, TrainConfig

NAME = "addition"
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """Training configuration and seeds, and what the analysis makes of the runs.

    ``n_published`` checkpoints have their weights published; an ablation is compared with
    ``n_random_sets`` random ones.
    """

    train: TrainConfig = field(default_factory=TrainConfig)
    seeds: tuple[int, ...] = (9,)
    n_published: int = 36
    n_random_sets: int = 100


CONFIG = Config()
QUICK = Config(
    TrainConfig(
        model=ModelConfig(p=13, d_model=32, d_mlp=128),
        frac_train=0.9,
        lr=1e-2,
        epochs=1_200,  # it generalises at once, and is to hold that for 1,000
    ),
    n_published=6,
    n_random_sets=5,
)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name."""
    return {f"seed{seed}": replace(config.train, seed=seed) for seed in config.seeds}
