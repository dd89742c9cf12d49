"""How a training without decay stalls: losses of 0, what Adam still sees, where gradients point."""

from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, MAGENTA, ORANGE, TEAL, VIOLET
from timeless.figures.interventions.without_decay import words_of
from timeless.figures.panels import below_one_another, stacked
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("without_decay",)
ROW, AROUND = 128, 70  # pixels of a panel with its gap, and of what stands around all panels
ARMS = {
    "softmax_float64": ("softmax", BLUE),
    "softmax_float32": ("softmax, float32", ORANGE),
    "softmax_epsilon": ("softmax, next to no ε", TEAL),
    "stablemax_float64": ("StableMax", MAGENTA),
    "perpendicular_float64": ("⊥Grad", VIOLET),
}
SHARE = {"range": [-0.03, 1.04], "dtick": 0.5, "tickformat": ".0%"}
PANELS: dict[str, tuple[dict[str, Any], str]] = {
    "zero_loss_share": ({"title_text": "training losses of exactly 0", **SHARE}, ".0%"),
    "below_epsilon": ({"title_text": "gradient’s entries below Adam’s ε", **SHARE}, ".0%"),
    "along_weights": (
        {"title_text": "cosine of −gradient and weights", "range": [-0.15, 1.05], "dtick": 0.5},
        ".2f",
    ),
    "sum_sq_weights": ({"title_text": "sum of squared weights", "type": "log", "dtick": 1}, ",.0f"),
}


def figure(results: Results) -> Figure:
    """Return a panel for each of `PANELS`, with a line for each run of `ARMS`."""
    artifact, quote = results["without_decay"], Quoting(results, "without_decay")
    story = _story(quote)
    return Figure(
        plot=_plot(artifact),
        title="How a training without weight decay stalls",
        caption=(
            "The runs without decay, a line for each, at their checkpoints up to epoch "
            f"{quote('config.train.epochs')}. From the top: share of "
            "the training losses that are exactly 0 in the precision of the run; share of the "
            "gradient’s entries that are smaller than Adam’s ε; cosine of the negative gradient, "
            "before any projection, and all weights; sum of squared weights, at every log. "
            f"{story}"
        ),
        alt=plain(f"Four panels over epochs, a line for each run. {story}"),
        table=_table(artifact),
    )


def _plot(artifact: Artifact) -> go.Figure:
    end = artifact.config["train"]["epochs"]
    x_axis: dict[str, Any] = {"title": {"text": "epoch"}, "range": [0, end], "tickformat": ",d"}
    axes = [axis for axis, _ in PANELS.values()]
    plot = stacked(AROUND + ROW * len(axes), axes, **x_axis)
    plot.add_traces([*_lines(artifact)])
    return plot


def _lines(artifact: Artifact) -> Iterator[go.Scatter]:
    for arm, (words, colour) in ARMS.items():
        for i, seed in enumerate(artifact.config["seeds"]):
            for panel, (column, (_, spec)) in enumerate(PANELS.items(), 1):
                table = _of(artifact, arm, seed, column)
                yield go.Scatter(
                    mode="lines",
                    name=words,
                    legendgroup=arm,
                    showlegend=i == 0 and panel == 1,
                    x=table["epoch"],
                    y=table[column],
                    yaxis=f"y{panel}",
                    opacity=0.75,
                    line={"color": colour, "width": 1.25},
                    hovertemplate=f"{words}, seed {seed} %{{y:{spec}}}<extra></extra>",
                )


def _of(artifact: Artifact, arm: str, seed: int, column: str) -> Table:
    kind = "curves" if column == "sum_sq_weights" else "stall"
    return artifact[f"{kind}_{arm}_seed{seed}"]


def _story(quote: Quoting) -> str:
    """Return how the arms stood at their ends, as a sentence."""
    told = [
        f"{words}, {quote(f'arms.{arm}.zero_loss_share_median', '.0%')} and "
        f"{quote(f'arms.{arm}.below_epsilon_median', '.0%')}"
        for arm, (words, _) in ARMS.items()
    ]
    return f"Losses of 0, and entries below ε, at the end, in the median: {'; '.join(told)}."


def _table(artifact: Artifact) -> dict[str, Any]:
    rows = [
        (arm, seed, artifact[f"stall_{arm}_seed{seed}"])
        for arm in artifact.summary["order"]
        for seed in artifact.config["seeds"]
    ]
    return below_one_another(
        [table for *_, table in rows],
        ("epoch", "zero_loss_share", "gradient_norm", "below_epsilon", "along_weights"),
        arm=[words_of(arm) for arm, *_ in rows],
        seed=[seed for _, seed, _ in rows],
    )
