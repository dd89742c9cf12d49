"""Does projectile motion grok?

Three protocols, each with its controls. (a) Tokens: the study's network on θ, v0 and x from
grids, the height in bins, tested on unseen combinations and on values that never occurred.
(b) Real numbers: small networks from standard and from enlarged initial weights, tested inside
and outside the range trained on. (c) Modular: v = v0 + a·t and s = v0·t + a·t²/2 mod p by the
main network. The rules are those of `protocols`, written before the first run.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from timeless.config import ModelConfig, Schedule, TrainConfig, as_dict
from timeless.projectile import Axis, Throws
from timeless.protocols import RegressionTraining, TokenTraining
from timeless.results.artifacts import Artifact, Table
from timeless.results.provenance import provenance
from timeless.running.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from timeless.training.campaign import Run
    from timeless.training.descent import Descent

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


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train what is not there yet (or resume it), publish weights, and return the artifact."""
    made, tokens_summary, tokens_tables = _tokens(config, workspace)
    regression, real_summary, real_tables = _regression(config, workspace)
    modular, modular_summary, modular_tables = _modular(config, workspace)
    return Artifact(
        NAME,
        as_dict(config),
        _made_by([*made, regression, *modular.values()], config),
        {**tokens_summary, **real_summary, "modular": modular_summary},
        {**tokens_tables, **real_tables, **modular_tables},
    )


def _made_by(trained: "list[Descent | Run]", config: Config) -> dict[str, Any]:
    """Return the record of all trainings: what they share, and "mixed" where they differ."""
    places = [one.workplace for one in trained]
    shared = {
        key: value if all(place.get(key) == value for place in places) else "mixed"
        for key, value in places[0].items()
    }
    shared["date"] = max(place["date"] for place in places)
    seconds = sum(one.seconds for one in trained)
    seeds = {config.tokens.seed, *config.regression.seeds}
    seeds |= {config.velocity.seed, config.position.seed}
    return provenance(shared, seconds=seconds, seeds=sorted(seeds))


# --- (a) throws as tokens ----------------------------------------------------------------


def _tokens(
    config: Config, workspace: Workspace
) -> "tuple[list[Descent], dict[str, Any], dict[str, Table]]":
    from timeless import token_results as results  # noqa: PLC0415 (needs torch)
    from timeless.projectile_tokens import train_tokens  # noqa: PLC0415 (needs torch)
    from timeless.results.weights import save_weights  # noqa: PLC0415 (as above)

    decays = config.weight_decays
    wanted = {f"wd{decay:g}": replace(config.tokens, weight_decay=decay) for decay in decays}
    folder = workspace.runs / NAME
    jobs = {key: (one, folder / f"tokens-{key}") for key, one in wanted.items()}
    done = dict(workspace.engine(train_tokens, jobs))
    summary: dict[str, Any] = {"throws": results.throws_summary(config.tokens.throws)}
    summary |= {"tokens": {}, "probe": {}, "n_random": config.n_random}
    tables: dict[str, Table] = {}
    for key, one in wanted.items():
        run, last = done[key], done[key].weights(int(done[key].epochs[-1]))
        summary["tokens"][key] = results.tokens_summary(one, run)
        summary["probe"][key] = results.probe_summary(one, run, config.n_random)
        tables[f"curves_tokens_{key}"] = results.tokens_curves(run)
        tables[f"probe_{key}"] = results.probe_table(one, run)
        tables[f"angles_{key}"] = results.angles_table(one, last)
        meta = {"experiment": NAME, "config": as_dict(one), "epoch": int(run.epochs[-1])}
        path = workspace.weights / f"{NAME}-tokens-{key}-final.safetensors"
        save_weights(path, last, meta)
    return [done[key] for key in wanted], summary, tables


# --- (b) throws as real numbers ----------------------------------------------------------


def _regression(
    config: Config, workspace: Workspace
) -> "tuple[Descent, dict[str, Any], dict[str, Table]]":
    from timeless import regression_results as results  # noqa: PLC0415 (needs torch)
    from timeless.projectile_regression import train_regression  # noqa: PLC0415 (needs torch)
    from timeless.results.weights import save_weights  # noqa: PLC0415 (as above)
    from timeless.token_results import descent_record  # noqa: PLC0415 (needs torch)

    one = config.regression
    jobs = {"regression": (one, workspace.runs / NAME / "regression")}
    done = dict(workspace.engine(train_regression, jobs))["regression"]
    last = done.weights(int(done.epochs[-1]))
    outside, short = results.extrapolation(one, last)
    setup = results.setup_summary(one, last) | descent_record(done, one.seeds[0])
    summary = {
        "continuous": results.variants_summary(one, done),
        "continuous_setup": setup,
        "extrapolation": short,
        "seen_epochs": list(config.seen_epochs),
    }
    first = {variant: one.runs().index((variant, one.seeds[0])) for variant in one.variants}
    tables = {
        f"curves_{variant}": results.variant_curves(one, done, index)
        for variant, index in first.items()
    }
    tables |= {"continuous_runs": results.runs_table(one, done), "extrapolation": outside}
    for epoch in config.seen_epochs:
        meta = {"experiment": NAME, "config": as_dict(one), "runs": one.runs(), "epoch": epoch}
        path = workspace.weights / f"{NAME}-regression-e{epoch:06d}.safetensors"
        save_weights(path, done.weights(epoch), meta)
    return done, summary, tables


# --- (c) motion modulo p -----------------------------------------------------------------


def _modular(
    config: Config, workspace: Workspace
) -> "tuple[Mapping[str, Run], dict[str, Any], dict[str, Table]]":
    from timeless import modular_results as results  # noqa: PLC0415 (needs torch)
    from timeless.analysis.export import publish_weights  # noqa: PLC0415 (needs torch)
    from timeless.analysis.summary import run_record  # noqa: PLC0415 (needs torch)
    from timeless.training.campaign import curves_table  # noqa: PLC0415 (needs torch)

    done = workspace.train(NAME, runs(config), hold=config.hold)
    summary: dict[str, Any] = {}
    tables: dict[str, Table] = {}
    for key, one in done.items():
        name = one.config.operations[0]
        found, table = results.numbers(one)
        summary[name] = run_record(one, config.hold) | found
        tables |= {f"curves_{name}": curves_table(one), f"spectrum_{name}": table}
        publish_weights(NAME, key, one, workspace.weights)
    return done, summary, tables
