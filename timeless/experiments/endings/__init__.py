"""Does Adam's ε set where the main run ends?

The main run is taken up again from a state that it kept long after it had generalised, with
Adam's ε at other powers of ten, and at half the learning rate, and trained to the epoch at which it
ended. What `epsilon` asks of small networks, asked of one of the study's own size.

How it is read was written down before any was trained, and as there: ε sets the end if, from each ε
to the next larger one, the final train loss grows as ε does, within a factor of two; if half the
learning rate changes it by less than a factor of two; and if in every run at least half of the
weights have a last gradient within a tenth of what is predicted. Besides, it is told how often the
train loss leaps tenfold from one log to the next, and how often the test accuracy falls below 99%:
in the main run neither happens.
"""

from dataclasses import dataclass, field, replace

from timeless.config import TrainConfig
from timeless.experiments import addition, epsilon

NAME = "endings"
NEEDS = ("addition",)


@dataclass(frozen=True)
class Config:
    """The run, the epoch from which it is taken up again, and Adam's ε that are tried there.

    A gradient has the predicted size, and a loss its last value, if it is off by at most
    ``tolerance`` of it.
    """

    run: addition.Config = field(default_factory=lambda: addition.CONFIG)
    epoch: int = 28_000
    epsilons: tuple[float, ...] = (1e-10, 1e-7, 1e-6)
    tolerance: float = 0.1


CONFIG = Config()
QUICK = Config(addition.QUICK, epoch=1_000)


def arms(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train by name, each for the epochs that the main run still had."""
    train = replace(
        config.run.train,
        seed=config.run.seeds[0],
        epochs=config.run.train.epochs - config.epoch,
        states_from=None,
    )
    return epsilon.arms(epsilon.Config(train, config.epsilons))
