"""From which share of the pairs on does a small network generalise, task by task?

A network of p = 59 with one head learns each task at many shares. Subtraction and the law of
motion v = v0 + a t give no pair for nothing, since exchanging their numbers changes the answer;
nor does addition on a split that is closed under exchange. Two tasks in one network come last.
"""

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
TASKS = {
    "addition": ("addition",),
    "closed": ("addition",),
    "subtraction": ("subtraction",),
    "multiplication": ("multiplication",),
    "velocity": ("velocity",),
    "joint": ("addition", "multiplication"),
}


@dataclass(frozen=True)
class Config:
    """The common training configuration, and which tasks at which shares with which seeds.

    ``closed`` is addition on a split closed under exchange, ``joint`` addition and multiplication
    in one network. Seeds decide initial weights and split. A run ends once it has generalised for
    ``hold`` epochs.
    """

    train: TrainConfig = field(default_factory=lambda: SMALL)
    tasks: tuple[str, ...] = tuple(TASKS)
    shares: tuple[float, ...] = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    seeds: tuple[int, ...] = (1, 2, 3)
    hold: int = 1_000


CONFIG = Config()
QUICK = Config(
    replace(SMALL, model=ModelConfig(p=13, d_model=32, n_heads=1, d_mlp=64), epochs=400),
    shares=(0.5, 0.8),
    seeds=(1,),
    hold=200,
)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name: task, share in per cent, seed."""
    return {
        f"{task}_{share:.0%}_seed{seed}".replace("%", ""): replace(
            _of_task(config.train, task), frac_train=share, seed=seed
        )
        for task in config.tasks
        for share in config.shares
        for seed in config.seeds
    }


def _of_task(train: TrainConfig, task: str) -> TrainConfig:
    operations = TASKS[task]
    return replace(
        train,
        model=replace(train.model, n_ops=len(operations)),
        operations=operations,
        split="mirror_closed" if task == "closed" else "random",
    )
