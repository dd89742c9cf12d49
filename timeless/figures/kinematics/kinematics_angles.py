"""How do the angle tokens lie in the trained embedding? Their first two principal axes."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, MUTED, faint
from timeless.results.artifacts import Artifact, Results
from timeless.words.quoting import Quoting, plain

ARTIFACTS = ("kinematics",)
HEIGHT = 400
GAP = 0.06


def figure(results: Results) -> Figure:
    """Return the trained angles in the plane of two principal axes, a panel for each run."""
    artifact, quote = results["kinematics"], Quoting(results, "kinematics")
    runs = list(artifact.summary["tokens"])
    return Figure(
        plot=go.Figure(
            [_points(artifact, key, panel) for panel, key in enumerate(runs, 1)],
            _layout(artifact, runs),
        ),
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
        height=HEIGHT,
    )


def _points(artifact: Artifact, key: str, panel: int) -> dict[str, Any]:
    table, suffix = artifact[f"angles_{key}"], "" if panel == 1 else str(panel)
    decay = artifact.summary["tokens"][key]["weight_decay"]
    theta = table["theta"]
    marked = (0, len(theta) // 2, len(theta) - 1)
    named = [f"{value:g}°" if i in marked else "" for i, value in enumerate(theta)]
    return {
        "type": "scatter",
        "mode": "lines+markers+text",
        "name": f"weight decay {decay:g}",
        "x": table["axis_1"],
        "y": table["axis_2"],
        "xaxis": f"x{suffix}",
        "yaxis": f"y{suffix}",
        "customdata": theta.tolist(),
        "text": named,
        "textposition": "middle right",
        "textfont": {"color": MUTED},
        "line": {"color": faint(MUTED, 0.5), "width": 1},
        "marker": {"size": 8, "color": BLUE},
        "hovertemplate": "%{customdata}°<extra></extra>",
        "cliponaxis": False,
    }


def _layout(artifact: Artifact, runs: list[str]) -> dict[str, Any]:
    layout: dict[str, Any] = {"hovermode": "closest", "showlegend": False}
    width = (1 - GAP * (len(runs) - 1)) / len(runs)
    for i, key in enumerate(runs):
        suffix = "" if i == 0 else str(i + 1)
        start = i * (width + GAP)
        decay = artifact.summary["tokens"][key]["weight_decay"]
        layout[f"xaxis{suffix}"] = {
            "domain": [start, start + width],
            "anchor": f"y{suffix}",
            "title": {"text": "axis 1"},
        }
        layout[f"yaxis{suffix}"] = {
            "anchor": f"x{suffix}",
            "title": {"text": f"axis 2, weight decay {decay:g}"},
        }
    return layout


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
