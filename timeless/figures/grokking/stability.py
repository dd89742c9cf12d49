"""Why it relapses: curvature over the limit of the step, and the train loss below it."""

from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, ORANGE
from timeless.figures.panels import below_one_another, level, stacked
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("stability",)
SUFFIX = "_half_lr"
TITLES = {
    "usual": "as usual",
    "strong_decay": "strong decay",
    "much_data": "much data",
}
ROW, AROUND = 118, 70  # pixels of a panel with its gap, and of what stands around all panels
HIGHEST = 1.6  # of the ratio; what is above leaves the panel


def figure(results: Results) -> Figure:
    """Return for each situation a panel with the ratio and one with the train loss."""
    artifact, quote = results["stability"], Quoting(results, "stability")
    situations = [arm for arm in artifact.summary["order"] if not arm.endswith(SUFFIX)]
    story = _story(quote, situations)
    return Figure(
        plot=_plot(artifact, situations),
        title="Curvature at the edge of what the step bears",
        caption=(
            "Small networks, a line for each run, at the usual learning rate and at half of it. "
            "Upper panels: the largest curvature that Adam sees, preconditioned, over the "
            f"largest that its step bears, measured every {quote('config.measure_every')} epochs; "
            f"dotted: equal. Lower panels: train loss. {story}"
        ),
        alt=plain(f"Pairs of panels over epochs, curvature above train loss. {story}"),
        table=_table(artifact),
    )


def _plot(artifact: Artifact, situations: list[str]) -> go.Figure:
    ratio = {"range": [0, HIGHEST], "dtick": 0.5}
    loss = {"type": "log", "dtick": 2}
    axes = [
        panel
        for arm in situations
        for panel in (
            {"title_text": f"{TITLES[arm]}: curvature / limit", **ratio},
            {"title_text": f"{TITLES[arm]}: train loss, nats", **loss},
        )
    ]
    limits = [level(1, 2 * row + 1) for row in range(len(situations))]
    end = artifact.config["train"]["epochs"]
    plot = stacked(
        AROUND + ROW * len(axes),
        axes,
        shapes=limits,
        title={"text": "epoch"},
        range=[0, end],
        tickformat=",d",
    )
    plot.add_traces([*_lines(artifact, situations)])
    return plot


def _lines(artifact: Artifact, situations: list[str]) -> Iterator[go.Scatter]:
    for row, arm in enumerate(situations):
        for suffix, colour, words in (
            ("", BLUE, "usual learning rate"),
            (SUFFIX, ORANGE, "half of it"),
        ):
            for i, (seed, table) in enumerate(_runs(artifact, arm + suffix)):
                for panel, column, spec in (
                    (2 * row + 1, "sharpness", ".2f"),
                    (2 * row + 2, "train_loss", ".2~g"),
                ):
                    yield go.Scatter(
                        mode="lines",
                        name=words,
                        legendgroup=words,
                        showlegend=row == 0 and i == 0 and column == "sharpness",
                        x=table["epoch"],
                        y=table[column],
                        yaxis=f"y{panel}",
                        opacity=0.8,
                        line={"color": colour, "width": 1.25},
                        hovertemplate=f"{words}, seed {seed} %{{y:{spec}}}<extra></extra>",
                    )


def _runs(artifact: Artifact, arm: str) -> list[tuple[int, Table]]:
    return [(seed, artifact[f"curves_{arm}_seed{seed}"]) for seed in artifact.config["seeds"]]


def _story(quote: Quoting, situations: list[str]) -> str:
    """Return in how many runs of each situation the loss leapt, as a sentence."""
    told = [
        f"{TITLES[arm]}, {quote(f'arms.{arm}.n_leaping')} of {quote(f'arms.{arm}.n_runs')} "
        f"and {quote(f'arms.{arm}{SUFFIX}.n_leaping')} of {quote(f'arms.{arm}{SUFFIX}.n_runs')}"
        for arm in situations
    ]
    return (
        f"Runs whose train loss leaps, growing {quote('config.leap', '.0f')} times from one "
        f"measurement to the next, at the usual learning rate and at half: {'; '.join(told)}."
    )


def _table(artifact: Artifact) -> dict[str, Any]:
    runs = [(arm, *run) for arm in artifact.summary["order"] for run in _runs(artifact, arm)]
    columns = ("epoch", "sharpness", "train_loss", "test_accuracy")
    return below_one_another(
        [table for *_, table in runs],
        columns,
        arm=[arm for arm, *_ in runs],
        seed=[seed for _, seed, _ in runs],
    )
