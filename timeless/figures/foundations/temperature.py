"""What does the temperature of attention do to the pattern, and to the answers?"""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.labels import STAGE_COLOURS, stage_name
from timeless.figures.panels import DOTTED, stacked
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("laboratory",)
HEIGHT = 560
PANELS = (("accuracy_all", ".2%"), ("entropy", ".3f"))


def figure(results: Results) -> Figure:
    """Return accuracy and pattern entropy against the temperature, a line for each stage."""
    artifact, quote = results["laboratory"], Quoting(results, "laboratory")
    found = artifact["temperature"]
    scalars = [name for name, column in found.columns.items() if column.values.ndim == 1]
    return Figure(
        plot=_plot(artifact),
        title="Attention at other temperatures",
        caption=(
            "Scores are divided by T before the softmax; the networks were trained at T = 1 "
            "(dotted). Above: accuracy over all pairs. Below: the entropy of the pattern, mean "
            "over heads and pairs; the dotted level is that of equal attention to all three "
            f"positions. {_story(quote, artifact)}"
        ),
        alt=plain(f"Two panels of lines against the temperature. {_story(quote, artifact)}"),
        table={name: found[name] for name in scalars},
    )


def _plot(artifact: Artifact) -> go.Figure:
    measured = artifact.summary["temperature"]
    ends = [float(np.log10(pick(measured["temperatures"]))) for pick in (min, max)]
    chance = measured["chance_entropy"]
    accuracy = {"range": [-0.03, 1.03], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    axes: list[dict[str, Any]] = [
        {"title_text": "accuracy over all pairs", **accuracy},
        {"title_text": "entropy of the pattern, nats", "range": [0, 1.08 * chance]},
    ]
    plot = stacked(
        HEIGHT,
        axes,
        levels={2: chance},
        title_text="temperature T",
        type="log",
        range=[ends[0] - 0.03, ends[1] + 0.03],
        tickvals=[0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20],
        unifiedhovertitle_text="T = %{x:.3g}",
    )
    for panel, (column, spec) in enumerate(PANELS, 1):
        for stage in artifact.summary["stages"]:
            plot.add_trace(_line(artifact, stage, column, spec, panel))
        plot.add_vline(1, yref=f"y{panel}", **DOTTED)
    return plot


def _line(artifact: Artifact, stage: str, column: str, spec: str, panel: int) -> go.Scatter:
    found = artifact["temperature"]
    rows, name = found["stage"] == stage, stage_name(artifact, stage)
    return go.Scatter(
        mode="lines+markers",
        name=name,
        legendgroup=stage,
        showlegend=panel == 1,
        x=found["temperature"][rows],
        y=found[column][rows],
        yaxis=f"y{panel}",
        line={"color": STAGE_COLOURS[stage], "width": 1.75},
        marker={"color": STAGE_COLOURS[stage], "size": 5},
        hovertemplate=f"{name}: %{{y:{spec}}}<extra></extra>",
    )


def _story(quote: Quoting, artifact: Artifact) -> str:
    """Return in words what the last checkpoint does at other temperatures."""
    parts = "temperature"
    good = (
        "is below 99% already at T = 1"
        if artifact.summary["temperature"]["lowest_good"] is None
        else f"stays at 99% or more from T = {quote(f'{parts}.lowest_good', '.3g')} to "
        f"{quote(f'{parts}.highest_good', '.3g')}, of those tried"
    )
    return (
        f"At the last checkpoint the entropy is {quote(f'{parts}.entropy_at_1', '.3f')} nats at "
        f"T = 1, {quote(f'{parts}.entropy_lowest', '.3f')} at the lowest and "
        f"{quote(f'{parts}.entropy_highest', '.3f')} at the highest temperature, of at most "
        f"{quote(f'{parts}.chance_entropy', '.3f')}. Its accuracy {good}; its loss is lowest at "
        f"T = {quote(f'{parts}.best_temperature', '.3g')}."
    )
