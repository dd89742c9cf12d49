"""Test accuracy."""

from timeless.artifacts import Results
from timeless.figures import Figure

ARTIFACTS = ("addition",)


def figure(results: Results) -> Figure:
    """Return the accuracy over the epochs."""
    curves = results["addition"]["curves"]
    return Figure(
        data=[{"type": "scatter", "x": curves["epoch"], "y": curves["test_accuracy"]}],
        layout={},
        title="Accuracy",
        caption="It rises.",
        alt="It rises.",
        table={"epoch": curves["epoch"]},
    )
