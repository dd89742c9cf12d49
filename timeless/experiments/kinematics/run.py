"""Train the three protocols, each by its own rules, and put their results together."""

from timeless.analysis.summary import provenance_of_many
from timeless.config import as_dict
from timeless.experiments.kinematics import NAME, Config
from timeless.experiments.kinematics.modular import run_modular
from timeless.experiments.kinematics.regression_results import run_regression
from timeless.experiments.kinematics.token_results import run_tokens
from timeless.results.artifacts import Artifact
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train what is not there yet (or resume it), publish weights, and return the artifact."""
    made, tokens_summary, tokens_tables = run_tokens(config, workspace)
    regression, real_summary, real_tables = run_regression(config, workspace)
    modular, modular_summary, modular_tables = run_modular(config, workspace)
    seeds = {config.tokens.seed, *config.regression.seeds}
    seeds |= {config.velocity.seed, config.position.seed}
    return Artifact(
        NAME,
        as_dict(config),
        provenance_of_many([*made, regression, *modular.values()], seeds),
        {**tokens_summary, **real_summary, "modular": modular_summary},
        {**tokens_tables, **real_tables, **modular_tables},
    )
