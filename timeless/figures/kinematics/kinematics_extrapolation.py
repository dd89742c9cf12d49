"""How far does a network that has generalised reach? Errors inside and outside its range."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.colours import ACCENT, MAGENTA, MUTED, OCHRE, TEAL, faint
from timeless.figures.panels import stacked_axes
from timeless.results.artifacts import Artifact, Results
from timeless.words.quoting import Quoting, plain

ARTIFACTS = ("kinematics",)
HEIGHT = 640
LINES = {
    "rmse_standard": ("network, standard", TEAL, "solid"),
    "rmse_enlarged": ("network, enlarged", MAGENTA, "solid"),
    "rmse_enlarged_no_decay": ("network, enlarged, no decay", OCHRE, "solid"),
    "rmse_nearest": ("nearest training throw", MUTED, "dash"),
    "rmse_mean": ("mean height", MUTED, "dot"),
}
PANELS = {"theta": "angle in degrees", "v0": "speed in m/s"}
SIDES = {
    "theta_low": "at {} degrees",
    "theta_high": "at {} degrees",
    "v0_low": "at {} m/s",
    "v0_high": "at {} m/s",
}


def figure(results: Results) -> Figure:
    """Return the error against the angle, and against the speed, with the range trained on."""
    artifact, quote = results["kinematics"], Quoting(results, "kinematics")
    table = artifact["extrapolation"]
    return Figure(
        plot=go.Figure(
            [
                _line(artifact, variable, column, panel)
                for panel, variable in enumerate(PANELS, 1)
                for column in LINES
            ],
            _layout(artifact),
        ),
        title="Errors inside and outside the range trained on",
        caption=(
            "Root mean squared error in metres over throws that share one angle (above) or one "
            "speed (below); everything else is drawn from the range trained on, which is shaded. "
            f"Networks: the mean over {quote('continuous_setup.n_seeds')} seeds, at the end of "
            f"training. {_story(quote)}"
        ),
        alt=plain(f"Errors against angle and speed. {_story(quote)}"),
        table={name: table[name] for name in table.columns},
        height=HEIGHT,
    )


def _at(artifact: Artifact, variable: str) -> NDArray[np.bool_]:
    return np.asarray(artifact["extrapolation"]["variable"] == variable)


def _line(artifact: Artifact, variable: str, column: str, panel: int) -> dict[str, Any]:
    table, rows = artifact["extrapolation"], _at(artifact, variable)
    name, colour, dash = LINES[column]
    suffix = "" if panel == 1 else str(panel)
    return {
        "type": "scatter",
        "mode": "lines+markers" if dash == "solid" else "lines",
        "name": name,
        "legendgroup": column,
        "x": table["value"][rows],
        "y": table[column][rows],
        "xaxis": f"x{suffix}",
        "yaxis": f"y{suffix}",
        "line": {"color": colour, "width": 1.75, "dash": dash},
        "marker": {"size": 5},
        "hovertemplate": f"{name} %{{y:.3~g}} m<extra></extra>",
    }


def _layout(artifact: Artifact) -> dict[str, Any]:
    axes = [
        {"title": {"text": f"error in metres, over the {name}"}, "type": "log"}
        for name in PANELS.values()
    ]
    layout: dict[str, Any] = dict(stacked_axes(HEIGHT, axes))
    layout["yaxis"]["domain"], layout["yaxis2"]["domain"] = [0.57, 1.0], [0.0, 0.43]
    layout["shapes"] = []
    for i, variable in enumerate(PANELS, 1):
        suffix = "" if i == 1 else str(i)
        low, high = artifact.config["regression"]["box"][variable]
        layout[f"xaxis{suffix}"] = {"anchor": f"y{suffix}", "range": [0, 95]}
        layout["shapes"].append(
            {
                "type": "rect",
                "layer": "below",
                "xref": f"x{suffix}",
                "yref": f"y{suffix} domain",
                "x0": low,
                "x1": high,
                "y0": 0,
                "y1": 1,
                "fillcolor": faint(ACCENT, 0.12),
                "line": {"width": 0},
            }
        )
    return layout


def _story(quote: Quoting) -> str:
    """Return in words the errors inside the range, and at its far outside."""
    standard, enlarged = (
        quote(f"extrapolation.inside.rmse_{name}", ".2f") for name in ("standard", "enlarged")
    )
    inside = f"Inside, the standard one is off by {standard} m, the enlarged one by {enlarged} m"
    parts = [
        place.format(quote(f"extrapolation.{side}.far.value", "g"))
        + f" by {quote(f'extrapolation.{side}.far.rmse_standard', '.3g')} and "
        f"{quote(f'extrapolation.{side}.far.rmse_enlarged', '.3g')} m"
        for side, place in SIDES.items()
    ]
    return f"{inside}; {', '.join(parts)}."
