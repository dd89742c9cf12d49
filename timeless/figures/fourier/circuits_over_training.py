"""Clock or pizza? Gradient symmetricity and distance irrelevance over training."""

from itertools import product
from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import MAGENTA, TEAL
from timeless.figures.panels import over_epochs
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

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
        plot=_plot(artifact),
        title="Clock or pizza, over training",
        caption=(
            "Both measures at the published checkpoints, multiplication in discrete-log order. "
            f"Gradient symmetricity is a mean over {quote('config.n_triples')} random triples. "
            f"{_story(quote)}"
        ),
        alt=plain(f"Three panels over training. {_story(quote)}"),
        table={name: circuits[name] for name in circuits.columns},
    )


def _plot(artifact: Artifact) -> go.Figure:
    circuits = artifact["circuits"]
    lowest = min(0.0, float(np.min(circuits["gradient_symmetricity"])) - 0.05)
    axes: list[dict[str, Any]] = [
        {"title_text": words, "range": [-0.02, 1.03]} for words in MEASURES.values()
    ]
    axes[0]["range"], axes[-1]["tickformat"] = [lowest, 1.03], ".0%"
    plot = over_epochs(HEIGHT, axes, circuits["epoch"], switch="x")
    for (panel, measure), (task, colour) in product(enumerate(MEASURES, 1), COLOURS.items()):
        rows = (circuits["run"] == task) & (circuits["epoch"] > 0)
        plot.add_scatter(
            mode="lines+markers",
            name=task,
            legendgroup=task,
            showlegend=panel == 1,
            x=circuits["epoch"][rows],
            y=circuits[measure][rows],
            yaxis=f"y{panel}",
            line={"color": colour, "width": 1.75},
            marker={"size": 5, "color": colour},
            hovertemplate=f"{task} %{{y:.3f}}<extra></extra>",
        )
    return plot


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
