"""Counts down from three."""

from tests.sites.shared.experiments.toy import ToyConfig
from timeless.results.artifacts import Artifact, Table, column
from timeless.running.workspace import Workspace


def run(config: ToyConfig, workspace: Workspace) -> Artifact:
    epochs = list(range(config.steps + 1))
    losses = [float(config.steps - n) for n in epochs]
    curve = Table(
        "one row an epoch",
        {
            "epoch": column(epochs, "epochs", "epoch"),
            "loss": column(losses, "nats", "mean loss", split="train"),
        },
    )
    return Artifact(
        experiment="toy",
        config={"steps": config.steps, "lr": config.lr},
        provenance={"date": "2026-01-02", "device": workspace.device},
        summary={
            "grok_epoch": 9050,
            "never": None,
            "fve": 0.95432,
            "final_loss": 1.234e-7,
            "drop": -3.0,
            "key_freqs": [14, 28, 42],
            "place": "a < b",
            "holds": True,
        },
        series={"curve": curve},
    )
