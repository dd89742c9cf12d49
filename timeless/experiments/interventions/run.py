"""Train every arm with every seed, compare the arms, and publish weights without decay."""

import numpy as np

from timeless.analysis.export import publish_weights
from timeless.analysis.summary import provenance_of_many
from timeless.config import as_dict
from timeless.experiments.borders.run import compared
from timeless.experiments.interventions import NAME, Config, arms, runs
from timeless.results.artifacts import Artifact
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, write weights of those without decay, return the artifact."""
    finished = workspace.train(NAME, runs(config), hold=config.hold)
    of_run = {name: name.rsplit("_seed", 1)[0] for name in finished}
    summary, tables = compared(finished, of_run, config.hold)
    summary["order"] = list(arms(config))
    for name, one in finished.items():
        if one.config.weight_decay == 0 and not one.config.fixed_norm:
            earlier = [config.published_epoch]
            summary["runs"][name] |= publish_weights(
                NAME, name, one, workspace.artifacts, earlier, end_type=np.float16
            )
    made = provenance_of_many(finished.values(), config.seeds)
    return Artifact(NAME, as_dict(config), made, summary, tables)
