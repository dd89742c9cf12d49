"""How far does a network that has generalised reach? Errors inside and outside its range."""

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from timeless.figures import Figure
from timeless.figures.colours import MAGENTA, MUTED, OCHRE, TEAL
from timeless.figures.panels import shade
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

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
        plot=_plot(artifact),
        title="Errors inside and outside the range trained on",
        caption=(
            "Root mean squared error in metres over throws that share one angle (above) or one "
            "speed (below); everything else is drawn from the range trained on, which is shaded. "
            f"Networks: the mean over {quote('continuous_setup.n_seeds')} seeds, at the end of "
            f"training. {_story(quote)}"
        ),
        alt=plain(f"Errors against angle and speed. {_story(quote)}"),
        table={name: table[name] for name in table.columns},
    )


def _plot(artifact: Artifact) -> go.Figure:
    plot = make_subplots(rows=len(PANELS), vertical_spacing=0.14)
    table = artifact["extrapolation"]
    for panel, (variable, words) in enumerate(PANELS.items(), 1):
        rows = table["variable"] == variable
        for column, (name, colour, dash) in LINES.items():
            line = go.Scatter(
                mode="lines+markers" if dash == "solid" else "lines",
                name=name,
                legendgroup=column,
                x=table["value"][rows],
                y=table[column][rows],
                line={"color": colour, "width": 1.75, "dash": dash},
                marker={"size": 5},
                hovertemplate=f"{name} %{{y:.3~g}} m<extra></extra>",
            )
            plot.add_trace(line, row=panel, col=1)
        plot.update_yaxes(title_text=f"error in metres, over the {words}", row=panel)
        low, high = artifact.config["regression"]["box"][variable]
        plot.add_shape(shade(low, high, 0.12, panel), xref=f"x{panel}")
    plot.update_xaxes(range=[0, 95])
    return plot.update_yaxes(type="log").update_layout(height=HEIGHT)


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
