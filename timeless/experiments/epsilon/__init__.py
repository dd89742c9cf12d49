"""Does Adam's ε set where training ends?

The small network of `borders` learns addition and is trained on, with Adam's ε at several powers of
ten, and at half the learning rate. If the gradient at a weight no longer changes, Adam moves it by
η g/(|g| + ε), and decay takes η λ w: it rests where |g| = ε λ |w| / (1 - λ |w|).

How it is read was written down before the runs with these seeds, after a look at one other seed:
ε sets the end if, from each ε to the next larger one, the median final train loss grows as ε does,
within a factor of two; if half the learning rate changes it by less than a factor of two; and if
in every run at least half of the weights have a last gradient within a tenth of what is predicted.
"""

from dataclasses import dataclass, field, replace
from math import log10

from timeless.config import TrainConfig
from timeless.experiments import borders

NAME = "epsilon"
NEEDS: tuple[str, ...] = ()
HALF = 0.5  # of the learning rate


@dataclass(frozen=True)
class Config:
    """The common configuration, and Adam's ε that are tried, powers of ten in growing order.

    A gradient has the predicted size if it is off by at most ``tolerance`` of it.
    """

    train: TrainConfig = field(default_factory=lambda: replace(borders.SMALL, epochs=3_000))
    epsilons: tuple[float, ...] = (1e-10, 1e-8, 1e-7, 1e-6)
    seeds: tuple[int, ...] = (1, 2, 3)
    tolerance: float = 0.1


CONFIG = Config()
QUICK = Config(
    replace(borders.QUICK.train, epochs=60),
    seeds=(1,),
)


def arms(config: Config) -> dict[str, TrainConfig]:
    """Return the configuration of each arm, of any seed, by name; ``e_8`` is for ε = 1e-8."""
    train = config.train
    tried = {f"e_{-round(log10(e))}": replace(train, epsilon=e) for e in config.epsilons}
    return {**tried, "half_lr": replace(train, lr=HALF * train.lr)}


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name: arm, then seed; seed by seed."""
    return {
        f"{arm}_seed{seed}": replace(train, seed=seed)
        for seed in config.seeds
        for arm, train in arms(config).items()
    }
