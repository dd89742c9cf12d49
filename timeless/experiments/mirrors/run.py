"""Train the runs on closed splits, and measure them as those of `seeds`; no weights are kept."""

from timeless.analysis.summary import provenance_of_many
from timeless.analysis.survey import survey
from timeless.config import as_dict
from timeless.experiments.mirrors import NAME, Config, runs
from timeless.results.artifacts import Artifact
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, and return the artifact."""
    finished = workspace.train(NAME, runs(config), hold=config.hold)
    summary, tables = survey(finished, config.hold, config.measure_every)
    made = provenance_of_many(finished.values(), config.seeds)
    return Artifact(NAME, as_dict(config), made, summary, tables)
