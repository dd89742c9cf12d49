"""Does what small networks show of borders and interventions hold at the study's own size?

The training of `borders` and `interventions`, with the modulus and the widths of the main run and
everything else as there; fewer arms and fewer seeds, since a step costs ten times as much. The
rows with tokens of their own are read as those of `borders`.

Two tasks in one network, and each alone, come at shares below the 60% of `joint`, too, and with one
head. How they are read was written down before any was trained: a share is enough for two tasks if
every network comes to 99% of the test pairs of both, whether that lasts or not, and too small if
none does; the border lies between the largest that is too small and the smallest that is enough. A
share at which it is too small for two tasks and enough for each alone says that sharing a network
costs examples. When the first network with two tasks from 40% had neither at 99% at its end, and
was on its way, the epochs of that arm were doubled, before the second was trained.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from timeless.config import ModelConfig, TrainConfig
from timeless.experiments import borders, interventions

NAME = "full_size"
NEEDS: tuple[str, ...] = ()

FULL = replace(borders.SMALL, model=ModelConfig(n_heads=1), epochs=3_000)
SHARES = {
    "addition": (0.4, 0.5),
    "addition_own": (0.4,),
    "closed": (0.4, 0.5),
    "velocity": (0.6,),
    "velocity_own": (0.6,),
    "multiplication": (0.4, 0.5),
    "joint": (0.4, 0.5, 0.8),
    "joint_one_head": (0.5, 0.6),
}
DECAYS = (0.0, 2.0)


@dataclass(frozen=True)
class Config:
    """Tasks by shares, as in `borders`, and changes in how one is trained, as in `interventions`.

    A run ends once it has generalised for ``hold`` epochs, or at its budget, which ``longer`` has
    of arms that are trained for more epochs than others.
    """

    tasks: borders.Config = field(
        default_factory=lambda: borders.Config(FULL, shares=SHARES, seeds=(1, 2))
    )
    changes: interventions.Config = field(
        default_factory=lambda: interventions.Config(
            replace(FULL, frac_train=0.35), DECAYS, off=(150,), on=(400,), seeds=(1, 2)
        )
    )
    longer: Mapping[str, int] = field(default_factory=lambda: {"joint_40": 6_000})
    hold: int = 1_000


CONFIG = Config()
QUICK = Config(
    replace(borders.QUICK, shares=SHARES),
    replace(interventions.QUICK, weight_decays=DECAYS, off=(20,), on=(40,)),
    longer={"joint_40": 60},
    hold=20,
)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name: those of the borders, then those of the interventions."""
    both = borders.runs(config.tasks) | interventions.runs(config.changes)
    return {
        name: replace(train, epochs=config.longer.get(name.rsplit("_seed", 1)[0], train.epochs))
        for name, train in both.items()
    }
