"""No runs."""

from tests.sites.claims.experiments.late import Config
from timeless.config import as_dict
from timeless.results.artifacts import Artifact
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    return Artifact(
        experiment="late",
        config=as_dict(config),
        provenance={"date": "2026-01-03", "device": workspace.device, "seeds": []},
        summary={"runs": {}},
        series={},
    )
