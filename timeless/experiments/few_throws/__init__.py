"""Can a lesson in physics be grokked, from few throws and with enlarged initial weights?

The network on tokens of `kinematics`, with the widths of `borders`, learns from few throws. Its
initial weights are multiplied by ``scales``, the recipe by which Liu et al. 2022 delay
generalisation, and decay by ``decays``. How the runs are read stands in `reading`; it was written
down after runs of another seed, 99, had been looked at to choose widths, learning rate, decays and
budget, and before any run of ``seeds``. When the others had been seen, decay 0.1 and a third seed
at 10% were added, and the budget with decay 0.3 was raised from 6,000 epochs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from timeless.config import ModelConfig, Schedule
from timeless.experiments.kinematics.throws import Axis, Throws

NAME = "few_throws"
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Networks on the same throws, one for each of ``scales``.

    The initial weights drawn by ``seed`` are multiplied by the scale.
    """

    throws: Throws
    model: ModelConfig
    scales: tuple[float, ...]
    weight_decay: float
    seed: int
    schedule: Schedule


@dataclass(frozen=True)
class Config:
    """The grid of throws, widths and schedule of every run, and what is varied.

    ``epochs`` is the budget by weight decay, which says how soon enlarged weights have shrunk.
    ``seeds`` are those of initial weights and split, by weight decay and share of the throws in
    per cent. Each is trained from every scale.
    """

    throws: Throws = field(default_factory=Throws)
    model: ModelConfig = field(
        default_factory=lambda: ModelConfig(d_model=64, n_heads=1, d_mlp=256)
    )
    schedule: Schedule = field(
        default_factory=lambda: Schedule(epochs=4_000, log_every=100, checkpoint_every=500)
    )
    scales: tuple[float, ...] = (1.0, 4.0, 8.0)
    epochs: Mapping[str, int] = field(
        default_factory=lambda: {"1": 4_000, "0.3": 10_000, "0.1": 15_000}
    )
    seeds: Mapping[str, Mapping[str, tuple[int, ...]]] = field(
        default_factory=lambda: {
            "1": {"3": (1, 2, 3), "5": (1, 2, 3), "10": (1, 2, 3)},
            "0.3": {"3": (1,), "5": (1,), "10": (1,)},
            "0.1": {"3": (1,), "5": (1,)},
        }
    )


CONFIG = Config()
QUICK = Config(
    throws=Throws(Axis(20.0, 70.0, 12), Axis(20.0, 44.0, 7), Axis(1.0, 26.0, 5), bin_width=5.0),
    model=ModelConfig(d_model=16, n_heads=1, d_mlp=32),
    schedule=Schedule(epochs=40, log_every=10, checkpoint_every=20),
    epochs=dict.fromkeys(("1", "0.3", "0.1"), 40),
    seeds={
        "1": {"3": (1,), "5": (1,), "10": (1,)},
        "0.3": {"3": (1,), "5": (1,), "10": (1,)},
        "0.1": {"3": (1,), "5": (1,)},
    },
)


def groups(config: Config) -> dict[str, Group]:
    """Return what is trained side by side, by name: share and decay, seed."""
    return {
        f"{series(share, decay)}_seed{seed}": Group(
            replace(config.throws, frac_train=float(share) / 100, seed=seed),
            config.model,
            config.scales,
            float(decay),
            seed,
            replace(config.schedule, epochs=config.epochs[decay]),
        )
        for decay, of_decay in config.seeds.items()
        for share, seeds in of_decay.items()
        for seed in seeds
    }


def series(share: str, decay: str) -> str:
    """Return the name of what a share of the throws and a decay have in common."""
    return f"share_{share}_decay_{decay}".replace(".", "p")


def arm(group: Group, scale: float) -> str:
    """Return the name of the runs that differ in their seed alone: share_5_decay_0p3_x8."""
    share = f"{100 * group.throws.frac_train:g}"
    return f"{series(share, f'{group.weight_decay:g}')}_x{scale:g}"
