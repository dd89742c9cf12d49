"""Weight decay switched off, and on: unseen pairs over training, a panel for each arm."""

from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.arms import curves_of, label, switched_at
from timeless.figures.colours import BLUE, MUTED, ORANGE
from timeless.figures.panels import below_one_another, stacked
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("interventions",)
ROW, AROUND = 112, 70  # pixels of a panel with its gap, and of what stands around all panels
PARTS = {"mirrored": ORANGE, "unseen": BLUE}
LINE = {"width": 1.25}


def figure(results: Results) -> Figure:
    """Return a panel for each arm: as `borders` trains, without decay, and where it is switched."""
    artifact, quote = results["interventions"], Quoting(results, "interventions")
    arms = shown(artifact)
    words = "; ".join(label(artifact.config, arm) for arm in arms)
    return Figure(
        plot=_plot(artifact, arms),
        title="Weight decay switched off, and on",
        caption=(
            "Share of right answers on mirrored test pairs, whose exchange was trained on, and on "
            "pairs that were trained on in neither order; a line for each run. Upright line: the "
            "epoch at which decay was switched. A run ends "
            f"{quote('hold')} epochs after it has generalised, or at "
            f"{quote('config.train.epochs')}."
        ),
        alt=plain(f"Accuracy over epochs in panels, a line for each run: {words}."),
        table=_table(artifact, arms),
    )


def shown(artifact: Artifact) -> list[str]:
    """Return the arms with a panel, those with the common decay, without, and switched."""
    usual = f"decay_{artifact.config['train']['weight_decay']:g}".replace(".", "p")
    order = artifact.summary["order"]
    switched = [arm for arm in order if arm.startswith(("off_", "on_"))]
    return [arm for arm in (usual, "decay_0") if arm in order] + switched


def _plot(artifact: Artifact, arms: list[str]) -> go.Figure:
    axis = {"range": [-0.03, 1.04], "dtick": 0.5, "tickformat": ".0%"}
    axes = [{"title_text": label(artifact.config, arm), **axis} for arm in arms]
    lines = [
        _switch(switched_at(artifact.config, arm), panel)
        for panel, arm in enumerate(arms, 1)
        if arm.startswith(("off_", "on_"))
    ]
    end = artifact.config["train"]["epochs"]
    x_axis: dict[str, Any] = {"title": {"text": "epoch"}, "range": [0, end], "tickformat": ",d"}
    plot = stacked(AROUND + ROW * len(arms), axes, shapes=lines, **x_axis)
    for panel, arm in enumerate(arms, 1):
        for i, (seed, table) in enumerate(curves_of(artifact, arm).items()):
            for part, colour in PARTS.items():
                plot.add_trace(
                    go.Scatter(
                        mode="lines",
                        name=part,
                        legendgroup=part,
                        showlegend=panel == 1 and i == 0,
                        x=table["epoch"],
                        y=table[f"{part}_accuracy"],
                        yaxis=f"y{panel}",
                        opacity=0.75,
                        line={"color": colour, **LINE},
                        hovertemplate=f"seed {seed}, {part} %{{y:.1%}}<extra></extra>",
                    )
                )
    return plot


def _switch(at: int, panel: int) -> dict[str, Any]:
    place = {"x0": at, "x1": at, "yref": f"y{panel}", "y0": 0, "y1": 1}
    return {"type": "line", "layer": "below", **place, "line": {"color": MUTED, "width": 1.5}}


def _table(artifact: Artifact, arms: list[str]) -> dict[str, Any]:
    """Return the curves of all runs below one another."""
    rows = [(arm, *item) for arm in arms for item in curves_of(artifact, arm).items()]
    return below_one_another(
        [table for *_, table in rows],
        ("epoch", *(f"{part}_accuracy" for part in PARTS)),
        arm=[label(artifact.config, arm) for arm, *_ in rows],
        seed=[seed for _, seed, _ in rows],
    )
