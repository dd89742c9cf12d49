"""A straight line, measured."""

import numpy as np

from timeless.artifacts import Results
from timeless.figures import Figure

ARTIFACTS = ("toy",)


def figure(results: Results) -> Figure:
    curve = results["toy"]["curve"]
    return Figure(
        data=[{"type": "scatter", "x": curve["epoch"], "y": curve["loss"].astype(np.float64)}],
        layout={"xaxis": {"title": {"text": "epoch"}}},
        title="A line & its end",
        caption=r"The loss \(L\) falls *straight* to zero.",
        alt="The loss falls from 3 to 0 in 3 epochs.",
        table={"epoch": curve["epoch"], "loss": curve["loss"]},
    )
