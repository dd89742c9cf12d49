"""What makes a small network generalise, and what keeps it from it?

The network of `borders` learns addition, and one thing is changed: the strength of weight decay,
when it acts, the norm of the weights, or the labels. Whether a change matters shows beside the
runs with the decay that `borders` uses.
"""

from dataclasses import dataclass, field, replace

from timeless.config import ModelConfig, TrainConfig
from timeless.experiments.borders import SMALL

NAME = "interventions"
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """The common configuration, the strengths of decay, and the epochs at which it is switched.

    Decay is switched off after each epoch of ``off``, and on after each of ``on``. A run ends
    once it has generalised for ``hold`` epochs, or at its budget. Weights of the runs without decay
    are published at ``published_epoch``.
    """

    train: TrainConfig = field(default_factory=lambda: SMALL)
    weight_decays: tuple[float, ...] = (0.0, 0.1, 0.3, 1.0, 2.0, 4.0)
    off: tuple[int, ...] = (150, 300)
    on: tuple[int, ...] = (400, 1_500)
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    hold: int = 1_000
    published_epoch: int = 400


CONFIG = Config()
QUICK = Config(
    replace(SMALL, model=ModelConfig(p=13, d_model=32, n_heads=1, d_mlp=64), epochs=400),
    weight_decays=(0.0, 2.0),
    off=(100,),
    on=(200,),
    seeds=(1, 2),
    hold=200,
    published_epoch=200,
)


def arms(config: Config) -> dict[str, TrainConfig]:
    """Return the configuration of each arm, of any seed, by name."""
    train = config.train
    return {
        **{
            f"decay_{decay:g}": replace(train, weight_decay=decay) for decay in config.weight_decays
        },
        **{f"off_{epoch}": replace(train, decay_until=epoch) for epoch in config.off},
        **{f"on_{epoch}": replace(train, decay_from=epoch) for epoch in config.on},
        "fixed_norm": replace(train, weight_decay=0.0, fixed_norm=True),
        "random_labels": replace(train, operations=("random_labels",)),
    }


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name: arm, then seed; seed by seed."""
    return {
        f"{arm}_seed{seed}".replace(".", "p"): replace(train, seed=seed)
        for seed in config.seeds
        for arm, train in arms(config).items()
    }
