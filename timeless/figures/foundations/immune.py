"""Does the generalised network resist perturbation better than the memorised one?"""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure, switched
from timeless.figures.colours import faint
from timeless.figures.labels import STAGE_COLOURS, stage_name
from timeless.figures.panels import stacked_axes
from timeless.results.artifacts import Artifact, Results
from timeless.words.quoting import Quoting, plain

ARTIFACTS = ("laboratory",)
HEIGHT = 640
SCALINGS = {"isotropic": "every weight alike", "by tensor": "tensor by tensor"}
MEASURES = {"absolute": "length of the step", "own norm": "length over the network’s own norm"}
SHOWN = ".3g"


def figure(results: Results) -> Figure:
    """Return the rise of the train loss against the length of a random step, with its spread."""
    artifact, quote = results["laboratory"], Quoting(results, "laboratory")
    found = artifact["immune"]
    views = {
        words: go.Figure(_traces(artifact, scaling), _layout(artifact))
        for scaling, words in SCALINGS.items()
    }
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
        height=HEIGHT,
    )


def _stages(artifact: Artifact) -> list[str]:
    return list(dict.fromkeys(artifact["immune"]["stage"].tolist()))


def _floor(artifact: Artifact) -> float:
    """Return the smallest rise on average that is above zero, the lower end of the axis."""
    means = artifact["immune"]["rise_train_mean"]
    return float(means[means > 0].min() / 3) if (means > 0).any() else 1e-9


def _traces(artifact: Artifact, scaling: str) -> list[dict[str, Any]]:
    return [
        trace
        for panel, measure in enumerate(MEASURES, 1)
        for stage in _stages(artifact)
        for trace in _band_and_line(artifact, scaling, measure, stage, panel)
    ]


def _band_and_line(
    artifact: Artifact, scaling: str, measure: str, stage: str, panel: int
) -> list[dict[str, Any]]:
    found, floor = artifact["immune"], _floor(artifact)
    rows = (found["stage"] == stage) & (found["scaling"] == scaling)
    rows &= found["measure"] == measure
    x = found["length" if measure == "absolute" else "fraction"][rows]
    low, mean, high = (
        np.maximum(found[f"rise_train_{kind}"][rows], floor) for kind in ("min", "mean", "max")
    )
    suffix, colour = ("" if panel == 1 else str(panel)), STAGE_COLOURS[stage]
    axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}", "legendgroup": stage}
    band = {
        "type": "scatter",
        "mode": "lines",
        "name": f"{stage}, smallest to largest",
        "x": np.concatenate([x, x[::-1]]),
        "y": np.concatenate([high, low[::-1]]),
        "fill": "toself",
        "fillcolor": faint(colour, 0.15),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    name = stage_name(artifact, stage)
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": x,
        "y": mean,
        "showlegend": panel == 1,
        "line": {"color": colour, "width": 1.75},
        "marker": {"color": colour, "size": 6},
        "hovertemplate": f"{name}: %{{y:{SHOWN}}} nats<extra></extra>",
    }
    return [band | axes, line | axes]


def _layout(artifact: Artifact) -> dict[str, Any]:
    axes = [
        {
            "title": {"text": f"rise of the train loss, nats, over the {words}"},
            "type": "log",
            "tickformat": ".0e",
            "dtick": 2,
        }
        for words in MEASURES.values()
    ]
    layout: dict[str, Any] = dict(stacked_axes(HEIGHT, axes))
    layout["yaxis"]["domain"], layout["yaxis2"]["domain"] = [0.58, 1.0], [0.0, 0.42]
    for panel, (measure, words) in enumerate(MEASURES.items(), 1):
        suffix = "" if panel == 1 else str(panel)
        layout[f"xaxis{suffix}"] = {
            "anchor": f"y{suffix}",
            "type": "log",
            "title": {"text": words},
            "tickvals": _ticks(artifact, measure),
            "tickformat": ".2~f" if measure == "absolute" else ".0%",
        }
    return layout


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
