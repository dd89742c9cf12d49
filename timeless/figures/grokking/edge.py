"""Does the main run leap at the edge? Its curvature, its train loss and its test accuracy."""

from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, ORANGE, SPLIT_COLOURS
from timeless.figures.panels import ACCURACY, curve, level, stacked
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 560
PERCENT = "test accuracy %{y:.1%}<extra></extra>"
LEAST = 1.2  # of the limit, that the first panel reaches at least


def figure(results: Results) -> Figure:
    """Return three panels over the epochs of which the optimiser's moments were kept."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    story = _story(quote)
    sharpness = artifact["sharpness"]
    return Figure(
        plot=_plot(artifact),
        title="The main run’s curvature and its relapses",
        caption=(
            f"The main run from epoch {quote('edge.since')} on. Above: the largest curvature that "
            "Adam sees, preconditioned, over the largest that its step bears (dotted: equal), "
            f"every {quote('config.train.checkpoint_every')} epochs; points: at each log of the "
            f"{quote('edge.before')} epochs before a leap. Below: train loss, and test accuracy. "
            f"{story}"
        ),
        alt=plain(f"Curvature, train loss and test accuracy over late epochs. {story}"),
        table={name: sharpness[name] for name in sharpness.columns},
    )


def _plot(artifact: Artifact) -> go.Figure:
    sharpness, before, curves = (artifact[name] for name in ("sharpness", "before_leaps", "curves"))
    since, end = artifact.summary["edge"]["since"], artifact.config["train"]["epochs"]
    late = curves.where(curves["epoch"] >= (end if since is None else since))
    highest = max([LEAST, *(1.1 * sharpness["sharpness"]), *(1.1 * before["sharpness"])])
    axes: list[dict[str, Any]] = [
        {"title_text": "curvature / limit", "range": [0, highest]},
        {"title_text": "train loss, nats per example", "type": "log", "dtick": 2},
        {**ACCURACY, "title_text": "test accuracy"},
    ]
    plot = stacked(
        HEIGHT,
        axes,
        shapes=[level(1, 1)],
        title={"text": "epoch"},
        range=[late["epoch"].min(), end],
        tickformat=",d",
    )
    line = curve(sharpness, "sharpness", "every checkpoint", BLUE, panel=1, spec=".2f")
    points = curve(before, "sharpness", "before a leap", ORANGE, panel=1, spec=".2f")
    points.update(mode="markers", marker={"color": ORANGE, "size": 5})
    loss = curve(late, "train_loss", "train loss", SPLIT_COLOURS["train"], panel=2, spec=".2~g")
    right = curve(
        late, "test_accuracy", "test accuracy", SPLIT_COLOURS["test"], panel=3, spec=".1%"
    )
    plot.add_traces([line, points, loss, right])
    return plot


def _story(quote: Quoting) -> str:
    """Return how many leaps there are, and how many came where the limit was near."""
    return (
        f"The train loss leaps, {quote('edge.leap', '.0f')} times or more from one log to the "
        f"next, {quote('edge.n_leaps')} times; before {quote('edge.n_from_edge')} of them the "
        f"curvature had reached {quote('edge.near', '.0%')} of the limit."
    )
