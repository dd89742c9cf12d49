"""Train every task and every arm, and say for each run when it was learned."""

from timeless.analysis.summary import provenance_of_many
from timeless.config import as_dict
from timeless.experiments.borders.run import compared
from timeless.experiments.full_size import NAME, Config, runs
from timeless.experiments.interventions import arms
from timeless.results.artifacts import Artifact
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, and return the artifact."""
    finished = workspace.train(NAME, runs(config), hold=config.hold)
    of_run = {name: name.rsplit("_seed", 1)[0] for name in finished}
    summary, tables = compared(finished, of_run, config.hold)
    summary["tasks"] = list(config.tasks.shares)
    summary["order"] = list(arms(config.changes))
    seeds = sorted({*config.tasks.seeds, *config.changes.seeds})
    made = provenance_of_many(finished.values(), seeds)
    return Artifact(NAME, as_dict(config), made, summary, tables)
