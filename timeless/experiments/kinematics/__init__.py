"""Does projectile motion grok?

Three protocols, each with its controls. (a) Tokens: the study's network on θ, v0 and x from
grids, the height in bins, tested on unseen combinations and on values that never occurred.
(b) Real numbers: small networks from standard and from enlarged initial weights, tested inside
and outside the range trained on. (c) Modular: v = v0 + a·t and s = v0·t + a·t²/2 mod p by the
main network. The rules are those of `protocols`, written before the first run.
"""

from dataclasses import dataclass, field, replace

from timeless.config import ModelConfig, Schedule, TrainConfig
from timeless.experiments.kinematics.protocols import RegressionTraining, TokenTraining
from timeless.experiments.kinematics.throws import Axis, Throws

NAME = "kinematics"
NEEDS: tuple[str, ...] = ()
SEEN_EPOCHS = (0, 1_000, 2_000, 3_000, 4_000, 6_000, 8_000, 10_000, 15_000, 30_000)


@dataclass(frozen=True)
class Config:
    """The three protocols: token runs by weight decay, real-valued networks, modular runs.

    A modular run ends early once it has generalised for ``hold`` epochs. The probe is compared
    with ``n_random`` random embeddings. Weights of the real-valued networks are published at
    ``seen_epochs``.
    """

    tokens: TokenTraining = field(default_factory=TokenTraining)
    weight_decays: tuple[float, ...] = (1.0, 5.0)
    regression: RegressionTraining = field(default_factory=RegressionTraining)
    velocity: TrainConfig = field(default_factory=lambda: TrainConfig(operations=("velocity",)))
    position: TrainConfig = field(
        default_factory=lambda: TrainConfig(operations=("position",), frac_train=0.5, epochs=6_000)
    )
    hold: int = 2_000
    n_random: int = 100
    seen_epochs: tuple[int, ...] = SEEN_EPOCHS


CONFIG = Config()


def _quick() -> Config:
    small = ModelConfig(p=13, d_model=16, d_mlp=32)
    throws = Throws(Axis(20.0, 70.0, 12), Axis(20.0, 44.0, 7), Axis(1.0, 26.0, 5), bin_width=5.0)
    modular = TrainConfig(model=small, operations=("velocity",), epochs=200)
    return Config(
        tokens=TokenTraining(throws, small, Schedule(epochs=60, checkpoint_every=30)),
        regression=RegressionTraining(
            n_train=40,
            n_test=60,
            width=12,
            seeds=(0, 1),
            schedule=Schedule(epochs=200, log_every=10, checkpoint_every=50),
        ),
        velocity=modular,
        position=replace(modular, operations=("position",), frac_train=0.5),
        hold=200,
        n_random=3,
        seen_epochs=(0, 50, 100, 200),
    )


QUICK = _quick()


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the modular runs to train, by name; the other protocols have loops of their own."""
    laws = {"velocity": config.velocity, "position": config.position}
    return {f"{name}-seed{train.seed}": train for name, train in laws.items()}


# --- (a) throws as tokens ----------------------------------------------------------------


# --- (b) throws as real numbers ----------------------------------------------------------


# --- (c) motion modulo p -----------------------------------------------------------------
