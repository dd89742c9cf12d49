"""From which share of the pairs on does a small network generalise, task by task?

A small network, p = 59, learns each task at many shares. Subtraction and the law of motion
v = v0 + a t give no pair for nothing, since exchanging their numbers changes the answer; nor does
addition on a split that is closed under exchange. A network with one head, where there are four
elsewhere, tells whether heads matter. Two tasks in one network come after them, and the law
s = v0 t + a t^2/2, whose table is no group's.

In the rows named `own` tokens are not shared. If both numbers of a pair have tokens of their own, t
can be renamed, so that the law of motion and addition are one task, and their runs are one sample.
How they are read was written down before any was trained: if addition needs fewer pairs because it
has its tokens in common, then with tokens of its own none of its runs gets to 99% from 40%, where
all did; and if the law of motion needs more because it has them in common, then all get there from
60%.

Own tokens are also more rows. The row `wide` asks whether room is what they give: its stream is
twice as wide, and shared by both tasks. Written down before it was trained: if room is enough, all
its runs get both tasks to 99% from 60% and from 80%, as they do with own tokens; if it is not, no
more than without, one of three from 60% and two from 80%.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from timeless.config import ModelConfig, TrainConfig

NAME = "borders"
NEEDS: tuple[str, ...] = ()

SMALL = TrainConfig(
    model=ModelConfig(p=59, d_model=64, n_heads=1, d_mlp=256),
    frac_train=0.5,
    epochs=4_000,
    lr=3e-3,
    weight_decay=2.0,
    log_every=20,
)


@dataclass(frozen=True)
class Task:
    """What a network learns, its heads, how its pairs are split, whose tokens, how much wider."""

    operations: tuple[str, ...]
    n_heads: int = 4
    split: str = "random"
    tokens: str = "shared"
    wider: int = 1  # times the common d_model


TASKS = {
    "addition": Task(("addition",)),
    "addition_own": Task(("addition",), tokens="by_position"),
    "closed": Task(("addition",), split="mirror_closed"),
    "subtraction": Task(("subtraction",)),
    "multiplication": Task(("multiplication",)),
    "velocity": Task(("velocity",)),
    "velocity_own": Task(("velocity",), tokens="by_position"),
    "velocity_one_head": Task(("velocity",), n_heads=1),
    "joint": Task(("addition", "multiplication")),
    "joint_one_head": Task(("addition", "multiplication"), n_heads=1),
    "joint_own": Task(("addition", "multiplication"), tokens="by_operation"),
    "joint_wide": Task(("addition", "multiplication"), wider=2),
    "position": Task(("position",)),
}


SHARES = {
    "addition": (0.4, 0.5, 0.6, 0.7, 0.8),
    "addition_own": (0.4, 0.5, 0.6),
    "closed": (0.4, 0.5, 0.6, 0.7, 0.8),
    "subtraction": (0.6, 0.8),
    "velocity": (0.6, 0.7, 0.8),
    "velocity_own": (0.6, 0.7, 0.8),
    "velocity_one_head": (0.8,),
    "joint": (0.6, 0.8),
    "joint_own": (0.6, 0.8),
    "joint_wide": (0.6, 0.8),
    "position": (0.7, 0.8, 0.9, 0.95),
}


@dataclass(frozen=True)
class Config:
    """The common training configuration, and which of `TASKS` at which shares with which seeds.

    Seeds decide initial weights and split. A run ends once it has generalised for
    ``hold`` epochs.
    """

    train: TrainConfig = field(default_factory=lambda: SMALL)
    shares: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: SHARES)
    seeds: tuple[int, ...] = (1, 2, 3)
    hold: int = 1_000


CONFIG = Config()
QUICK = Config(
    replace(SMALL, model=ModelConfig(p=13, d_model=32, n_heads=1, d_mlp=64), epochs=40),
    seeds=(1,),
    hold=20,
)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name: task, share in per cent, seed; seed by seed."""
    return {
        f"{task}_{share:.0%}_seed{seed}".replace("%", ""): replace(
            _of_task(config.train, task), frac_train=share, seed=seed
        )
        for seed in config.seeds
        for task, shares in config.shares.items()
        for share in shares
    }


def _of_task(train: TrainConfig, task: str) -> TrainConfig:
    it = TASKS[task]
    model = replace(
        train.model,
        n_ops=len(it.operations),
        d_model=it.wider * train.model.d_model,
        n_heads=it.n_heads,
        tokens=it.tokens,
    )
    return replace(train, model=model, operations=it.operations, split=it.split)
