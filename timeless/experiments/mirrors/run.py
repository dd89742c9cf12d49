"""Train the runs on closed splits, and measure them as those of `seeds`; no weights are kept."""

from timeless.experiments.mirrors import NAME, Config
from timeless.experiments.seeds.run import surveyed
from timeless.results.artifacts import Artifact
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, and return the artifact."""
    return surveyed(NAME, config, workspace, publishes=False)
