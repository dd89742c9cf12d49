"""Test accuracy."""

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.results.artifacts import Results

ARTIFACTS = ("addition",)


def figure(results: Results) -> Figure:
    """Return the accuracy over the epochs."""
    curves = results["addition"]["curves"]
    return Figure(
        plot=go.Figure(go.Scatter(x=curves["epoch"], y=curves["test_accuracy"])),
        title="Accuracy",
        caption="It rises.",
        alt="It rises.",
        table={"epoch": curves["epoch"]},
    )
