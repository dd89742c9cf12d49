"""What does it take to generalise without weight decay? A proposal of others, asked of our network.

Prieto et al. (arXiv 2501.04697) say that without decay a network goes on scaling its logits until
the softmax rounds its losses to 0 and learning stops, and that it generalises if the softmax is
made not to do so (StableMax), or if the gradient is kept from scaling the weights (⊥Grad). The
network of `interventions` learns from 40% of the pairs without decay, in each of these ways and
with a softmax in float64 and float32; with decay it is the control. Their code has next to
nothing for Adam's epsilon, where this study has 1e-8, so two arms have next to nothing, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from timeless.config import ModelConfig, TrainConfig
from timeless.experiments.borders import SMALL

NAME = "without_decay"
NEEDS: tuple[str, ...] = ()

EPSILON = 1e-15  # float32 moments of a gradient hold no square below 1e-38
FREE = replace(SMALL, frac_train=0.4, weight_decay=0.0, log_every=50)
ARMS: Mapping[str, Mapping[str, Any]] = {
    "decay": {"weight_decay": SMALL.weight_decay},
    "softmax_float64": {},
    "softmax_float32": {"loss_dtype": "float32"},
    "softmax_epsilon": {"epsilon": EPSILON},
    "stablemax_float64": {"loss": "stablemax"},
    "stablemax_float32": {"loss": "stablemax", "loss_dtype": "float32"},
    "stablemax_epsilon": {"loss": "stablemax", "epsilon": EPSILON},
    "perpendicular_float64": {"perpendicular": True},
    "perpendicular_float32": {"perpendicular": True, "loss_dtype": "float32"},
}


@dataclass(frozen=True)
class Config:
    """The common configuration, without decay, of which each of `ARMS` changes something.

    A run ends once it has generalised for ``hold`` epochs, or at its budget, which for the runs
    named in ``longer`` is that many epochs.
    """

    train: TrainConfig = field(default_factory=lambda: FREE)
    longer: Mapping[str, int] = field(
        default_factory=lambda: {f"stablemax_float64_seed{seed}": 20_000 for seed in (1, 2, 5)}
    )
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)
    hold: int = 1_000


CONFIG = Config()
QUICK = Config(
    replace(
        FREE, model=ModelConfig(p=13, d_model=32, n_heads=1, d_mlp=64), epochs=60, log_every=20
    ),
    longer={"stablemax_float64_seed1": 80},
    seeds=(1,),
    hold=20,
)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name: arm, then seed; seed by seed."""
    budget = config.train.epochs
    found = {
        f"{arm}_seed{seed}": replace(config.train, seed=seed, **changed)
        for seed in config.seeds
        for arm, changed in ARMS.items()
    }
    return {
        name: replace(one, epochs=config.longer.get(name, budget)) for name, one in found.items()
    }
