"""A straight line, measured."""

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.results.artifacts import Results

ARTIFACTS = ("toy",)


def figure(results: Results) -> Figure:
    curve = results["toy"]["curve"]
    return Figure(
        plot=go.Figure(
            go.Scatter(x=curve["epoch"], y=curve["loss"].astype(np.float64)),
            {"xaxis": {"title": {"text": "epoch"}}},
        ),
        title="A line & its end",
        caption=r"The loss \(L\) falls *straight* to zero.",
        alt="The loss falls from 3 to 0 in 3 epochs.",
        table={"epoch": curve["epoch"], "loss": curve["loss"]},
    )
