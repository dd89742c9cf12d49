"""Clock or pizza? Gradient symmetricity and distance irrelevance over training."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import MAGENTA, TEAL
from timeless.figures.panels import epoch_axis, stacked_axes
from timeless.results.artifacts import Artifact, Results
from timeless.words.quoting import Quoting, plain

ARTIFACTS = ("phases",)
HEIGHT = 560
MEASURES = {
    "gradient_symmetricity": "gradient symmetricity",
    "distance_irrelevance": "distance irrelevance",
    "test_accuracy": "test accuracy",
}
COLOURS = {"addition": TEAL, "multiplication": MAGENTA}


def figure(results: Results) -> Figure:
    """Return a panel for each circuit measure, and one for test accuracy, a line for each task."""
    artifact, quote = results["phases"], Quoting(results, "phases")
    circuits = artifact["circuits"]
    return Figure(
        plot=go.Figure(
            [
                _line(artifact, task, measure, panel)
                for panel, measure in enumerate(MEASURES, 1)
                for task in COLOURS
            ],
            _layout(artifact),
        ),
        title="Clock or pizza, over training",
        caption=(
            "Both measures at the published checkpoints, multiplication in discrete-log order. "
            f"Gradient symmetricity is a mean over {quote('config.n_triples')} random triples. "
            f"{_story(quote)}"
        ),
        alt=plain(f"Three panels over training. {_story(quote)}"),
        table={name: circuits[name] for name in circuits.columns},
        height=HEIGHT,
    )


def _line(artifact: Artifact, task: str, measure: str, panel: int) -> dict[str, Any]:
    circuits = artifact["circuits"]
    rows = (circuits["run"] == task) & (circuits["epoch"] > 0)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": task,
        "legendgroup": task,
        "showlegend": panel == 1,
        "x": circuits["epoch"][rows],
        "y": circuits[measure][rows],
        "xaxis": "x",
        "yaxis": f"y{panel}" if panel > 1 else "y",
        "line": {"color": COLOURS[task], "width": 1.75},
        "marker": {"size": 5, "color": COLOURS[task]},
        "hovertemplate": f"{task} %{{y:.3f}}<extra></extra>",
    }


def _layout(artifact: Artifact) -> dict[str, Any]:
    circuits = artifact["circuits"]
    lowest = min(0.0, float(np.min(circuits["gradient_symmetricity"])) - 0.05)
    ranges = {"gradient_symmetricity": [lowest, 1.03]}
    axes = [
        {"title": {"text": words}, "range": ranges.get(measure, [-0.02, 1.03])}
        for measure, words in MEASURES.items()
    ]
    axes[-1]["tickformat"] = ".0%"
    return {
        "xaxis": epoch_axis(circuits["epoch"]) | {"anchor": f"y{len(axes)}"},
        **stacked_axes(HEIGHT, axes),
        "hoversubplots": "axis",
        "meta": {"axisSwitch": "x"},
    }


def _story(quote: Quoting) -> str:
    """Return in words where each task begins and ends."""
    parts = [
        f"for {task} gradient symmetricity goes from "
        f"{quote(f'circuits.{task}.gradient_symmetricity_start', '.2f')} to "
        f"{quote(f'circuits.{task}.gradient_symmetricity_end', '.2f')}, distance irrelevance from "
        f"{quote(f'circuits.{task}.distance_irrelevance_start', '.2f')} to "
        f"{quote(f'circuits.{task}.distance_irrelevance_end', '.2f')}"
        for task in COLOURS
    ]
    story = "; ".join(parts)
    return f"{story[0].upper()}{story[1:]}."
