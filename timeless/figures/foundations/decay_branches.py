"""What does weight decay do alone, and what beside the gradient?"""

from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure, switched
from timeless.figures.colours import INK, MUTED, ORANGE, TEAL
from timeless.figures.labels import stage_name
from timeless.figures.panels import stacked
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("laboratory",)
HEIGHT = 560
AXES: tuple[dict[str, Any], ...] = (
    {"title_text": "norm of all weights"},
    {"title_text": "train loss, nats", "type": "log", "tickformat": ".0e", "dtick": 2},
)
BRANCHES = {
    "both": ("gradient and decay", INK, "solid"),
    "no decay": ("gradient, no decay", ORANGE, "solid"),
    "no gradient": ("decay, no gradient", TEAL, "solid"),
}


def figure(results: Results) -> Figure:
    """Return norm and train loss along the branches of each checkpoint, one view for each."""
    artifact, quote = results["laboratory"], Quoting(results, "laboratory")
    found = artifact["decay"]
    stages = list(dict.fromkeys(found["stage"].tolist()))
    views = {stage_name(artifact, stage): _view(artifact, stage) for stage in stages}
    return Figure(
        plot=switched("branches from", views),
        title="The norm with and without gradient",
        caption=(
            f"{quote('decay.n_steps')} updates of AdamW from a checkpoint, with Adam’s moments "
            "starting at zero, so that the first updates are larger than those of the run itself. "
            "Above: the norm of all weights; dotted: "
            "\\((1-\\eta\\lambda)^t\\) times the norm at the start, with "
            f"\\(\\eta\\) = {quote('decay.lr', 'g')} and \\(\\lambda\\) = "
            f"{quote('decay.weight_decay', 'g')}. Below: the train loss. {_story(quote, stages)}"
        ),
        alt=plain(f"Two panels of lines over updates. {_story(quote, stages)}"),
        table={name: found[name] for name in found.columns},
    )


def _view(artifact: Artifact, stage: str) -> go.Figure:
    found, factor = artifact["decay"], artifact.summary["decay"]["factor"]
    hover, title = "%{x:d} updates", "updates since the checkpoint"
    plot = stacked(HEIGHT, AXES, title_text=title, unifiedhovertitle_text=hover)
    own = found["stage"] == stage
    for panel, column in enumerate(("norm", "train_loss"), 1):
        for branch, look in BRANCHES.items():
            rows = own & (found["branch"] == branch)
            plot.add_trace(_line(found["step"][rows], found[column][rows], look, panel))
    rows = own & (found["branch"] == "no gradient")
    steps = found["step"][rows]
    exact = found["norm"][rows][0] * factor**steps
    return plot.add_trace(_line(steps, exact, ("(1 − ηλ)ᵗ", MUTED, "dot"), 1))


def _line(x: NDArray[Any], y: NDArray[Any], look: tuple[str, str, str], panel: int) -> go.Scatter:
    name, colour, dash = look
    return go.Scatter(
        mode="lines",
        name=name,
        legendgroup=name,
        showlegend=panel == 1,
        x=x,
        y=y,
        yaxis=f"y{panel}",
        line={"color": colour, "width": 1.75, "dash": dash},
        hovertemplate=f"{name}: %{{y:.4g}}<extra></extra>",
    )


def _story(quote: Quoting, stages: list[str]) -> str:
    """Return in words where the branches end."""
    parts = []
    for stage in stages:
        path = f"decay.stages.{stage}"
        parts.append(
            f"from epoch {quote(f'stages.{stage}')} the norm goes from "
            f"{quote(f'{path}.norm_start', '.1f')} to {quote(f'{path}.norm_both', '.1f')} with "
            f"both, {quote(f'{path}.norm_no_decay', '.1f')} without decay and "
            f"{quote(f'{path}.norm_no_gradient', '.1f')} without gradient"
        )
    words = "; ".join(parts)
    return (
        f"{words[0].upper()}{words[1:]}. Without gradient it is "
        f"{quote('decay.factor_after', '.3f')} of the start, to "
        f"{quote('decay.largest_deviation', '.1e')} of that."
    )
