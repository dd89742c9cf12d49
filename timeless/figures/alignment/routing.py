"""Do neurons serve one frequency only? What each does outside its own, over training."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.analysis.progress import CLUSTER_THRESHOLD
from timeless.figures import Figure
from timeless.figures.colours import INK, TEAL, faint
from timeless.figures.panels import curve, level, over_phases
from timeless.results.artifacts import Artifact, Results
from timeless.words.quoting import Quoting, plain

ARTIFACTS = ("addition", "laboratory")
HEIGHT = 620
BANDS = ((0, 4, 0.14), (1, 3, 0.28))  # of routing.QUANTILES, and how dense
NAMES = ("5% of the neurons", "25%", "median", "75%", "95%")


def figure(results: Results) -> Figure:
    """Return quantiles of the neurons' energy outside their frequency, and how many belong."""
    artifact, quote = results["laboratory"], Quoting(results, "laboratory")
    found = artifact["routing"]
    quantiles = found["outside"].T
    return Figure(
        plot=go.Figure(
            [*(_band(artifact, *band) for band in BANDS), *_lines(artifact)],
            _layout(results["addition"], artifact),
        ),
        title="Energy of the neurons outside their own frequency",
        caption=(
            "For each published checkpoint. Above: the share of a neuron’s centred energy over all "
            "pairs that its best frequency does not explain. Line: median over the neurons; bands: "
            "the middle half, and all but a twentieth on each side. A neuron below the dotted line "
            "belongs to its frequency. Below: how many do. Shading: the computed phases. "
            f"{_story(quote)}"
        ),
        alt=plain(f"Two panels over training. {_story(quote)}"),
        table={
            "epoch": found["epoch"],
            **dict(zip(NAMES, quantiles, strict=True)),
            "mean": found["outside_mean"],
            "of all energy": found["outside_energy"],
            "clustered": found["clustered"],
        },
        height=HEIGHT,
    )


def _band(artifact: Artifact, low: int, high: int, density: float) -> dict[str, Any]:
    found = artifact["routing"]
    shown = found["epoch"] > 0  # the axis is logarithmic
    x, y = found["epoch"][shown], found["outside"][shown]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{NAMES[low]} to {NAMES[high]}",
        "x": np.concatenate([x, x[::-1]]),
        "y": np.concatenate([y[:, high], y[::-1, low]]),
        "xaxis": "x",
        "yaxis": "y",
        "fill": "toself",
        "fillcolor": faint(TEAL, density),
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _lines(artifact: Artifact) -> list[dict[str, Any]]:
    found = artifact["routing"]
    median = curve(found, "outside_mean", "median", TEAL, spec=".1%")
    clustered = curve(found, "clustered", "neurons that belong", INK, panel=2, spec=",d")
    return [median | {"y": found["outside"][:, 2]}, clustered]


def _layout(run: Artifact, artifact: Artifact) -> dict[str, Any]:
    n = artifact.summary["routing"]["n_neurons"]
    axes: list[dict[str, Any]] = [
        {
            "title": {"text": "share of energy outside the own frequency"},
            "range": [0, 1.03],
            "tickformat": ".0%",
        },
        {"title": {"text": "neurons that belong to a frequency"}, "range": [0, 1.05 * n]},
    ]
    layout = over_phases(run, artifact["routing"]["epoch"], HEIGHT, axes)
    layout["shapes"].append(level(1 - CLUSTER_THRESHOLD))
    return layout | {"showlegend": False}


def _story(quote: Quoting) -> str:
    """Return in words where the neurons end, and what taking them out does."""
    return (
        f"The median goes from {quote('routing.outside_start', '.1%')} to "
        f"{quote('routing.outside_last', '.1%')}; at the last checkpoint "
        f"{quote('routing.clustered_last')} of {quote('routing.n_neurons')} neurons belong to a "
        f"frequency. Held at their mean there, a key frequency’s own neurons take all but "
        f"{quote('routing.own_power', '.2%')} of its power in the logits with them, those of all "
        f"other frequencies leave {quote('routing.other_power', '.2%')} of it, and random sets of "
        f"as many as its own leave {quote('routing.random_power', '.1%')}."
    )
