"""Train a run for each seed, measure all alike, and publish their last weights in 16 bits."""

import numpy as np

from timeless.analysis.export import publish_weights
from timeless.analysis.summary import provenance_of_many
from timeless.analysis.survey import survey
from timeless.config import as_dict
from timeless.experiments.seeds import NAME, Config, runs
from timeless.results.artifacts import Artifact
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, write their last weights, and return the artifact."""
    return surveyed(NAME, config, workspace)


def surveyed(experiment: str, config: Config, workspace: Workspace) -> Artifact:
    """Return the artifact of an experiment that asks the same of one network with many seeds."""
    finished = workspace.train(experiment, runs(config), hold=config.hold)
    summary, tables = survey(finished, config.hold, config.measure_every)
    for name, one in finished.items():
        summary["runs"][name] |= publish_weights(
            experiment, name, one, workspace.artifacts, end_type=np.float16
        )
    made = provenance_of_many(finished.values(), config.seeds)
    return Artifact(experiment, as_dict(config), made, summary, tables)
