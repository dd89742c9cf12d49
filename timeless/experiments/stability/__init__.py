"""Do relapses come from training at the edge of what is stable?

Adam bears a curvature up to a limit that its learning rate sets. The small network of `borders` is
trained where it stays calm and where its loss leaps, at its learning rate and at half of it,
and the curvature is measured on the way.
"""

from dataclasses import dataclass, field, replace

from timeless.config import TrainConfig
from timeless.experiments import borders

NAME = "stability"
NEEDS: tuple[str, ...] = ()
HALF = 0.5  # of the learning rate


@dataclass(frozen=True)
class Config:
    """The common configuration, and what is changed of it so that training becomes restless.

    Curvature is measured every ``measure_every`` epochs, over ``train.epochs`` of them. A leap is
    a growth of the train loss by ``leap`` from one of these to the next.
    """

    train: TrainConfig = field(default_factory=lambda: replace(borders.SMALL, epochs=2_000))
    strong_decay: float = 4.0
    much_data: float = 0.8
    heads_of_much_data: int = 4
    seeds: tuple[int, ...] = (1, 2, 3)
    measure_every: int = 20
    leap: float = 10.0


CONFIG = Config()
QUICK = Config(
    replace(borders.QUICK.train, epochs=60),
    seeds=(1,),
)


def arms(config: Config) -> dict[str, TrainConfig]:
    """Return the configuration of each arm, of any seed, by name."""
    train = config.train
    heads = replace(train.model, n_heads=config.heads_of_much_data)
    restless = {
        "usual": train,
        "strong_decay": replace(train, weight_decay=config.strong_decay),
        "much_data": replace(train, model=heads, frac_train=config.much_data),
    }
    slower = {f"{name}_half_lr": replace(arm, lr=HALF * arm.lr) for name, arm in restless.items()}
    return restless | slower
