"""From which share of the pairs on does a small network generalise, task by task?

A small network, p = 59, learns each task at many shares. Subtraction and the law of motion
v = v0 + a t give no pair for nothing, since exchanging their numbers changes the answer; nor does
addition on a split that is closed under exchange. A network with one head, where there are four
elsewhere, tells whether heads matter. Two tasks in one network come after them, and last the law
s = v0 t + a t^2/2, whose table is no group's.
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
    """What a network learns, how many heads it has, and how its pairs are split."""

    operations: tuple[str, ...]
    n_heads: int = 4
    split: str = "random"


TASKS = {
    "addition": Task(("addition",)),
    "closed": Task(("addition",), split="mirror_closed"),
    "subtraction": Task(("subtraction",)),
    "velocity": Task(("velocity",)),
    "velocity_one_head": Task(("velocity",), n_heads=1),
    "joint": Task(("addition", "multiplication")),
    "position": Task(("position",)),
}


SHARES = {
    "addition": (0.4, 0.5, 0.6, 0.7, 0.8),
    "closed": (0.4, 0.5, 0.6, 0.7, 0.8),
    "subtraction": (0.6, 0.8),
    "velocity": (0.6, 0.7, 0.8),
    "velocity_one_head": (0.8,),
    "joint": (0.6, 0.8),
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
    model = replace(train.model, n_ops=len(it.operations), n_heads=it.n_heads)
    return replace(train, model=model, operations=it.operations, split=it.split)
