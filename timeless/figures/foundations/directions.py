"""How steep is the loss along chosen directions in weight space, from stage to stage?"""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure, switched
from timeless.figures.colours import INK, MAGENTA, ORANGE, TEAL, faint
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("laboratory",)
HEIGHT = 500
KINDS = {
    "gradient": ("down the gradient of the train loss", INK, "diamond", 12),
    "key": ("component of a key frequency", TEAL, "circle", 10),
    "other": ("component of another frequency", MAGENTA, "square", 9),
    "random": ("random directions", ORANGE, "circle", 6),
}
SPLITS = ("train", "test")
COLUMNS = (
    *("stage", "epoch", "direction", "kind", "component"),
    *(f"{name}_{part}" for part in SPLITS for name in ("slope", "difference", "curvature")),
)


def figure(results: Results) -> Figure:
    """Return the size of each directional derivative at each stage, on a logarithmic axis."""
    artifact, quote = results["laboratory"], Quoting(results, "laboratory")
    found = artifact["directions"]
    views = {f"{part} pairs": _view(artifact, part) for part in SPLITS}
    return Figure(
        plot=switched("loss on", views),
        title="Directional derivatives of the loss",
        caption=(
            "Size of the derivative of the loss along directions of length one in the space of "
            "all weights; the control is as old as the last checkpoint and has memorised fewer "
            "pairs. Filled: the loss falls along the direction; open: it rises. Components "
            "of \\(W_E\\) point to more of their frequency. Computed by forward-mode "
            "differentiation in float64. The table has the central finite differences "
            f"(step {quote('directions.step', '.0e')}): they differ from the derivatives by "
            f"{quote('directions.median_difference', '.1e')} of the slope in the middle and by "
            f"{quote('directions.largest_difference', '.1e')} at most, where the slope nearly "
            "vanishes or a neuron switches within the step. "
            f"{_story(quote)}"
        ),
        alt=plain(f"Markers at each stage of the run. {_story(quote)}"),
        table={name: found[name] for name in COLUMNS},
    )


def _view(artifact: Artifact, part: str) -> go.Figure:
    stages = _stages(artifact)
    plot = go.Figure(layout={"height": HEIGHT, "hovermode": "closest"})
    plot.add_traces([_markers(artifact, kind, part) for kind in KINDS])
    plot.update_xaxes(
        tickvals=list(range(len(stages))),
        ticktext=[f"{stage}<br>{epoch:,}" for stage, epoch in stages.items()],
        range=[-0.5, len(stages) - 0.5],
        showgrid=False,
    )
    words = f"|slope| of the {part} loss, nats per unit of length"
    return plot.update_yaxes(type="log", title_text=words, tickformat=".0e", dtick=2)


def _stage_of(table: Table, artifact: Artifact) -> NDArray[Any]:
    """Return the number of each row's stage, from 0."""
    order = {stage: i for i, stage in enumerate(_stages(artifact))}
    return np.array([order[stage] for stage in table["stage"].tolist()], dtype=float)


def _stages(artifact: Artifact) -> dict[str, int]:
    """Return the epoch of each stage, and of the control."""
    found = artifact["directions"]
    return dict(zip(found["stage"].tolist(), found["epoch"].tolist(), strict=True))


def _markers(artifact: Artifact, kind: str, part: str) -> go.Scatter:
    found = artifact["directions"]
    rows = found["kind"] == kind
    name, colour, symbol, size = KINDS[kind]
    slopes = found[f"slope_{part}"][rows]
    shown = slopes != 0
    colour = faint(colour, 0.6) if kind == "random" else colour
    return go.Scatter(
        mode="markers",
        name=name,
        cliponaxis=False,
        x=(_stage_of(found, artifact)[rows] + _aside(found["direction"][rows], kind))[shown],
        y=np.abs(slopes[shown]),
        customdata=found["direction"][rows][shown],
        marker={
            "color": colour,
            "symbol": [symbol if slope < 0 else f"{symbol}-open" for slope in slopes[shown]],
            "size": size,
            "line": {"color": colour, "width": 1.5},
        },
        hovertemplate="%{customdata}: %{y:.3g} nats per unit<extra></extra>",
    )


def _aside(directions: NDArray[Any], kind: str) -> NDArray[Any]:
    """Return how far markers stand beside their stage, so that they do not hide each other."""
    names = list(dict.fromkeys(directions.tolist()))
    if kind == "random":
        return np.array([0.12 + 0.2 * names.index(d) / max(len(names), 1) for d in directions])
    centre = {"gradient": -0.28, "key": -0.14, "other": 0.02}[kind]
    return np.array([centre + 0.03 * (names.index(d) - len(names) / 2) for d in directions])


def _story(quote: Quoting) -> str:
    """Return in words the steepest and the usual slope, first and last."""
    parts = []
    for stage, when in (
        ("memorised", f"at epoch {quote('stages.memorised')}"),
        ("last", f"at epoch {quote('stages.last')}"),
        ("control", "in the control"),
    ):
        path = f"directions.stages.{stage}"
        parts.append(
            f"{when} the train loss falls by "
            f"{quote(f'{path}.gradient_norm_train', '.2e')} nats per unit down its gradient and "
            f"changes by {quote(f'{path}.random_slope_train.mean_abs', '.1e')} along one of "
            f"{quote('directions.n_random')} random directions, the test loss by "
            f"{quote(f'{path}.random_slope_test.mean_abs', '.1e')}"
        )
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."
