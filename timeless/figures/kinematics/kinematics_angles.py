"""How do the angle tokens lie in the trained embedding? Their first two principal axes."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from timeless.figures import Figure
from timeless.figures.colours import BLUE, MUTED, faint
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("kinematics",)
HEIGHT = 400
GAP = 0.06


def figure(results: Results) -> Figure:
    """Return the trained angles in the plane of two principal axes, a panel for each run."""
    artifact, quote = results["kinematics"], Quoting(results, "kinematics")
    runs = list(artifact.summary["tokens"])
    return Figure(
        plot=_plot(artifact, runs),
        title="The angle tokens in the trained embedding",
        caption=(
            f"The {quote('throws.n_theta_trained')} angles that occur in training, joined in "
            "order, in the plane of the first two principal axes of their embeddings. Nothing in "
            "the input says that one token is a larger angle than another. Gaps: the angles that "
            f"were kept out, {quote('throws.held_out_theta', 'g')} degrees. "
            f"{_order(artifact, quote)}"
        ),
        alt=plain(f"The angles as points along a bent line. {_order(artifact, quote)}"),
        table={
            "theta": artifact[f"angles_{runs[0]}"]["theta"],
            **{
                f"axis_{axis}_{key}": artifact[f"angles_{key}"][f"axis_{axis}"]
                for key in runs
                for axis in (1, 2)
            },
        },
    )


def _plot(artifact: Artifact, runs: list[str]) -> go.Figure:
    plot = make_subplots(cols=len(runs), horizontal_spacing=GAP)
    for panel, key in enumerate(runs, 1):
        decay = f"weight decay {artifact.summary['tokens'][key]['weight_decay']:g}"
        plot.add_trace(_points(artifact[f"angles_{key}"], decay), row=1, col=panel)
        plot.update_yaxes(title_text=f"axis 2, {decay}", col=panel)
    plot.update_xaxes(title_text="axis 1")
    return plot.update_layout(height=HEIGHT, hovermode="closest", showlegend=False)


def _points(table: Table, name: str) -> go.Scatter:
    theta = table["theta"]
    marked = (0, len(theta) // 2, len(theta) - 1)
    return go.Scatter(
        mode="lines+markers+text",
        name=name,
        x=table["axis_1"],
        y=table["axis_2"],
        customdata=theta.tolist(),
        text=[f"{value:g}°" if i in marked else "" for i, value in enumerate(theta)],
        textposition="middle right",
        textfont={"color": MUTED},
        line={"color": faint(MUTED, 0.5), "width": 1},
        marker={"size": 8, "color": BLUE},
        hovertemplate="%{customdata}°<extra></extra>",
        cliponaxis=False,
    )


def _order(artifact: Artifact, quote: Quoting) -> str:
    """Return how well the order along axis 1 is that of the angles, by Spearman's coefficient."""
    parts = []
    for key, run in artifact.summary["tokens"].items():
        table = artifact[f"angles_{key}"]
        ranks = [np.argsort(np.argsort(table[name])) for name in ("theta", "axis_1")]
        rank = float(np.corrcoef(ranks[0], ranks[1])[0, 1])
        found = quote.found(round(rank, 3), f"angles_{key}", ".2f")
        parts.append(f"{found} at weight decay {run['weight_decay']:g}")
    return f"Rank correlation of axis 1 with the angle: {' and '.join(parts)}."
