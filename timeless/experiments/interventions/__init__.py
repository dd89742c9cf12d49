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
    seeds: tuple[int, ...] = (1, 2, 3)
    hold: int = 1_000
    published_epoch: int = 400


CONFIG = Config()
QUICK = Config(
    replace(SMALL, model=ModelConfig(p=13, d_model=32, n_heads=1, d_mlp=64), epochs=100),
    off=(20, 40),
    on=(40, 60),
    seeds=(1,),
    hold=60,
    published_epoch=40,
)


def arms(config: Config) -> dict[str, TrainConfig]:
    """Return the configuration of each arm, of any seed, by name.

    Arms in which decay is switched are numbered by the moment: ``off_1``, ``off_2``.
    """
    train = config.train
    return {
        **{_decay(each): replace(train, weight_decay=each) for each in config.weight_decays},
        **{f"off_{i}": replace(train, decay_until=at) for i, at in enumerate(config.off, 1)},
        **{f"on_{i}": replace(train, decay_from=at) for i, at in enumerate(config.on, 1)},
        "fixed_norm": replace(train, weight_decay=0.0, fixed_norm=True),
        "random_labels": replace(train, operations=("random_labels",)),
    }


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name: arm, then seed; seed by seed."""
    return {
        f"{arm}_seed{seed}": replace(train, seed=seed)
        for seed in config.seeds
        for arm, train in arms(config).items()
    }


def _decay(strength: float) -> str:
    return f"decay_{strength:g}".replace(".", "p")
