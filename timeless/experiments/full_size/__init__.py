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

Shares on either side came after those, and with them more of one head; from 30%, and with one head
from 40%, networks have more epochs from the start, and those from 30% are logged less often. How
they are read was written down before any was trained. Sharing a network costs the more the fewer
the pairs, if both tasks take the longer in proportion to the slower of the two alone with the same
seed: from 30% over 15 times as long, as from 40% it is 11 and 15 times, and from 80% less than 3.5
times, the least of the five at 60%; a run that is not there by its end counts as there at its end.
One head is no harder, if from 40 and from 80% its networks have both tasks no later than those with
four heads, seed by seed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from timeless.config import ModelConfig, TrainConfig
from timeless.experiments import borders, interventions

NAME = "full_size"
NEEDS: tuple[str, ...] = ()

FULL = replace(borders.SMALL, model=ModelConfig(n_heads=1), epochs=3_000)
SHARES = {
    "addition": (0.3, 0.4, 0.5, 0.8),
    "addition_own": (0.4,),
    "closed": (0.4, 0.5),
    "velocity": (0.6,),
    "velocity_own": (0.6,),
    "multiplication": (0.3, 0.4, 0.5, 0.8),
    "joint": (0.3, 0.4, 0.5, 0.7, 0.8),
    "joint_one_head": (0.4, 0.5, 0.6, 0.8),
}
DECAYS = (0.0, 2.0)
LONGER = {"joint_30": 16_000, "joint_40": 6_000, "joint_one_head_40": 6_000}


@dataclass(frozen=True)
class Config:
    """Tasks by shares, as in `borders`, and changes in how one is trained, as in `interventions`.

    A run ends once it has generalised for ``hold`` epochs, or at its budget, which ``longer`` has
    of arms that are trained for more epochs than others; ``log_every`` has the epochs from log to
    log of those that are logged less often.
    """

    tasks: borders.Config = field(
        default_factory=lambda: borders.Config(FULL, shares=SHARES, seeds=(1, 2))
    )
    changes: interventions.Config = field(
        default_factory=lambda: interventions.Config(
            replace(FULL, frac_train=0.35), DECAYS, off=(150,), on=(400,), seeds=(1, 2)
        )
    )
    longer: Mapping[str, int] = field(default_factory=lambda: LONGER)
    log_every: Mapping[str, int] = field(default_factory=lambda: {"joint_30": 100})
    hold: int = 1_000


CONFIG = Config()
QUICK = Config(
    replace(borders.QUICK, shares=SHARES),
    replace(interventions.QUICK, weight_decays=DECAYS, off=(20,), on=(40,)),
    longer={"joint_30": 60, "joint_40": 60},
    log_every={"joint_30": 20},
    hold=20,
)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name: those of the borders, then those of the interventions."""
    both = borders.runs(config.tasks) | interventions.runs(config.changes)
    return {name: _of_arm(config, name.rsplit("_seed", 1)[0], both[name]) for name in both}


def _of_arm(config: Config, arm: str, train: TrainConfig) -> TrainConfig:
    return replace(
        train,
        epochs=config.longer.get(arm, train.epochs),
        log_every=config.log_every.get(arm, train.log_every),
    )
