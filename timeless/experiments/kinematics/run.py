"""Train the three protocols, each by its own rules, and put their results together."""

from typing import Any

from timeless.config import as_dict
from timeless.experiments.kinematics import NAME, Config
from timeless.experiments.kinematics.modular import run_modular
from timeless.experiments.kinematics.regression_results import run_regression
from timeless.experiments.kinematics.token_results import run_tokens
from timeless.results.artifacts import Artifact
from timeless.results.provenance import provenance
from timeless.running.workspace import Workspace
from timeless.training.campaign import Run
from timeless.training.descent import Descent


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train what is not there yet (or resume it), publish weights, and return the artifact."""
    made, tokens_summary, tokens_tables = run_tokens(config, workspace)
    regression, real_summary, real_tables = run_regression(config, workspace)
    modular, modular_summary, modular_tables = run_modular(config, workspace)
    return Artifact(
        NAME,
        as_dict(config),
        _made_by([*made, regression, *modular.values()], config),
        {**tokens_summary, **real_summary, "modular": modular_summary},
        {**tokens_tables, **real_tables, **modular_tables},
    )


def _made_by(trained: list[Descent | Run], config: Config) -> dict[str, Any]:
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
