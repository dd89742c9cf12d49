"""A run that generalises, ends, and has a known number of relapses."""

from tests.sites.claims.experiments.addition import Config
from timeless.results.artifacts import Artifact, Table, column
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    epochs = [0, 10_000, config.epochs]
    columns = {
        "epoch": column(epochs, "epochs", "epoch"),
        "test_accuracy": column([0.01, 1.0, 1.0], "1", "right", split="test"),
    }
    return Artifact(
        experiment="addition",
        config={"epochs": config.epochs},
        provenance={"date": "2026-01-03", "device": workspace.device, "seeds": [0]},
        summary={
            "grok_epoch": 10_000,
            "n_relapses": 0,
            "worst_after_grok": {"epoch": 10_000, "test_accuracy": 0.99},
        },
        series={"curves": Table("Accuracy.", columns)},
    )
