"""Does the generalised network resist perturbation better than the memorised one?"""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from timeless.figures import Figure, switched
from timeless.figures.colours import faint
from timeless.figures.labels import STAGE_COLOURS, stage_name
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("laboratory",)
HEIGHT = 640
SCALINGS = {"isotropic": "every weight alike", "by tensor": "tensor by tensor"}
MEASURES = {"absolute": "length of the step", "own norm": "length over the network’s own norm"}
SHOWN = ".3g"


def figure(results: Results) -> Figure:
    """Return the rise of the train loss against the length of a random step, with its spread."""
    artifact, quote = results["laboratory"], Quoting(results, "laboratory")
    found = artifact["immune"]
    views = {words: _view(artifact, scaling) for scaling, words in SCALINGS.items()}
    scalars = [name for name, column in found.columns.items() if column.values.ndim == 1]
    return Figure(
        plot=switched("random directions", views),
        title="What a random step costs",
        caption=(
            "Rise of the train loss, mean over "
            f"{quote('immune.n_directions')} random directions in weight space; bands from the "
            "smallest to the largest. Above: steps of one absolute length for all networks. Below: "
            "steps in proportion to the norm of each network’s weights. Directions either treat "
            "every weight alike or are scaled tensor by tensor. Both axes are logarithmic; a rise "
            f"that is not above zero is drawn at the lower end. {_story(quote)}"
        ),
        alt=plain(f"Two panels of lines with bands. {_story(quote)}"),
        table={name: found[name] for name in scalars},
    )


def _stages(artifact: Artifact) -> list[str]:
    return list(dict.fromkeys(artifact["immune"]["stage"].tolist()))


def _floor(artifact: Artifact) -> float:
    """Return the smallest rise on average that is above zero, the lower end of the axis."""
    means = artifact["immune"]["rise_train_mean"]
    return float(means[means > 0].min() / 3) if (means > 0).any() else 1e-9


def _view(artifact: Artifact, scaling: str) -> go.Figure:
    plot = make_subplots(rows=len(MEASURES), vertical_spacing=0.16)
    for panel, (measure, words) in enumerate(MEASURES.items(), 1):
        axes = {"xaxis": f"x{panel}", "yaxis": f"y{panel}"}
        for stage in _stages(artifact):
            plot.add_traces(_band_and_line(artifact, scaling, measure, stage, axes))
        plot.layout[f"xaxis{panel}"].update(
            type="log",
            title_text=words,
            tickvals=_ticks(artifact, measure),
            tickformat=".2~f" if measure == "absolute" else ".0%",
        )
        plot.layout[f"yaxis{panel}"].title.text = "rise of the train loss, nats"
    plot.update_yaxes(type="log", tickformat=".0e", dtick=2)
    return plot.update_layout(height=HEIGHT)


def _band_and_line(
    artifact: Artifact, scaling: str, measure: str, stage: str, axes: Mapping[str, str]
) -> list[go.Scatter]:
    found, floor = artifact["immune"], _floor(artifact)
    rows = (found["stage"] == stage) & (found["scaling"] == scaling)
    rows &= found["measure"] == measure
    x = found["length" if measure == "absolute" else "fraction"][rows]
    low, mean, high = (
        np.maximum(found[f"rise_train_{kind}"][rows], floor) for kind in ("min", "mean", "max")
    )
    name, colour = stage_name(artifact, stage), STAGE_COLOURS[stage]
    band = go.Scatter(
        axes,
        mode="lines",
        name=f"{stage}, smallest to largest",
        legendgroup=stage,
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself",
        fillcolor=faint(colour, 0.15),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    line = go.Scatter(
        axes,
        showlegend=measure == "absolute",
        mode="lines+markers",
        name=name,
        legendgroup=stage,
        x=x,
        y=mean,
        line={"color": colour, "width": 1.75},
        marker={"color": colour, "size": 6},
        hovertemplate=f"{name}: %{{y:{SHOWN}}} nats<extra></extra>",
    )
    return [band, line]


def _ticks(artifact: Artifact, measure: str) -> list[float]:
    found = artifact["immune"]
    column = "length" if measure == "absolute" else "fraction"
    return sorted({*found[column][found["measure"] == measure].tolist()})


def _story(quote: Quoting) -> str:
    """Return the measured rises in words, for both meanings of an equal step."""

    def rises(name: str) -> str:
        measured = [
            f"{quote(f'immune.{name}_{side}', SHOWN)} ± "
            f"{quote(f'immune.{name}_{side}_spread', SHOWN)}"
            for side in ("memorised", "generalised", "control")
        ]
        return (
            f"{measured[0]} nats in the memorising network, {measured[1]} in the last and "
            f"{measured[2]} in the control"
        )

    fraction = quote("immune.fraction", ".0%")
    return (
        "The control is a network that was trained on "
        f"{quote('control.frac_train', '.0%')} of the pairs up to epoch "
        f"{quote('control.epoch')} and answers {quote('control.final_test_accuracy', '.1%')} of "
        "the others; its train loss is "
        f"{quote('control.final_train_loss', '.1e')} nats before any step, that of the memorising "
        f"network {quote('decay.stages.memorised.loss_start', '.1e')}, of the last "
        f"{quote('decay.stages.last.loss_start', '.1e')}. A step of length "
        f"{quote('immune.length', '.2f')}, {fraction} of the norm of the initial weights, raises "
        f"it by {rises('loss_rise')}; a step of {fraction} of the own norm by "
        f"{rises('relative_rise')}."
    )
