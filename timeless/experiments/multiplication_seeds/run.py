"""Train a run for each seed, and measure them as those of `seeds`, over discrete logarithms."""

from timeless.experiments.multiplication_seeds import NAME, Config
from timeless.experiments.seeds.run import surveyed
from timeless.results.artifacts import Artifact
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, write their last weights, and return the artifact."""
    return surveyed(NAME, config, workspace)
