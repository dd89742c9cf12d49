"""Do two tasks in one network generalise together, at a share at which they do generalise?

Addition and multiplication in one network, and each in a network of its own, seed by seed, with
the training of `full_size`. Its loss leaps now and then, so what is compared is the first epoch at
which 99% of a task's test pairs are right, whether that lasts or not.

How the claims are read was written down before the epochs of any two tasks were compared: together
means that the two epochs of a network differ by at most a fifteenth of the later one, as 500 of
7,500 would; that they are closer than those of two networks with a task each; and closer than one
network's addition to another's multiplication, by a permutation test. If all seeds took equally
long, two tasks would be close without having to do with each other, and that last would not hold.

Is it because they share their embedding? In the networks of the arm `own` either operation has
number tokens of its own, and all else is shared as before. How they are read was written down
before an epoch of any was looked at. If the embedding is the cause, then without it (1) the tasks
of one network are no closer than those of different ones, p >= 0.05 by the same test, and (2) the
epochs of most networks differ by more than a fifteenth of the later one. If it is why both tasks
wait, the later epoch is less than half of what it is with shared tokens, medians compared. What
does not come so speaks against the embedding; fewer than two networks with both tasks say nothing.
"""

from dataclasses import dataclass, field, replace

from timeless.config import ModelConfig, TrainConfig
from timeless.experiments.co_grokking import OPERATIONS
from timeless.experiments.full_size import FULL

NAME = "joint"
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """The joint training configuration, its seeds, and the stop rule.

    Seeds decide initial weights and split. A run ends once it has generalised for ``hold`` epochs,
    or at its budget. The overlap of the two tasks' subspaces is compared with that of ``n_random``
    pairs of random ones.
    """

    train: TrainConfig = field(
        default_factory=lambda: replace(
            FULL, model=ModelConfig(n_ops=2), operations=OPERATIONS, frac_train=0.6, log_every=10
        )
    )
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    hold: int = 300
    n_random: int = 1_000


CONFIG = Config()
QUICK = Config(
    replace(
        CONFIG.train,
        model=ModelConfig(p=13, n_ops=2, d_model=32, d_mlp=64),
        frac_train=0.8,
        epochs=40,
    ),
    seeds=(1, 2),
    hold=20,
    n_random=20,
)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name: both tasks in one network, then each alone.

    Of the networks for both, one shares its number tokens, and one does not.
    """
    alone = replace(config.train.model, n_ops=1)
    own = replace(config.train.model, tokens="by_operation")
    arms = {
        "joint": config.train,
        "own": replace(config.train, model=own),
        **{op: replace(config.train, model=alone, operations=(op,)) for op in OPERATIONS},
    }
    return {
        f"{arm}_seed{seed}": replace(train, seed=seed)
        for seed in config.seeds
        for arm, train in arms.items()
    }
