"""Do neurons serve one frequency only? What each does outside its own, over training."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.analysis.progress import CLUSTER_THRESHOLD
from timeless.figures import Figure
from timeless.figures.colours import INK, TEAL, faint
from timeless.figures.panels import curve, over_phases
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

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
        plot=_plot(results["addition"], artifact),
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
    )


def _plot(run: Artifact, artifact: Artifact) -> go.Figure:
    found, n = artifact["routing"], artifact.summary["routing"]["n_neurons"]
    share = "share of energy outside the own frequency"
    axes: list[dict[str, Any]] = [
        {"title_text": share, "range": [0, 1.03], "tickformat": ".0%"},
        {"title_text": "neurons that belong to a frequency", "range": [0, 1.05 * n]},
    ]
    plot = over_phases(run, found["epoch"], HEIGHT, axes, levels={1: 1 - CLUSTER_THRESHOLD})
    plot.add_traces([_band(found, *band) for band in BANDS])
    median = curve(found, "outside_mean", "median", TEAL, spec=".1%", y=found["outside"][:, 2])
    plot.add_trace(median)
    plot.add_trace(curve(found, "clustered", "neurons that belong", INK, panel=2, spec=",d"))
    return plot.update_layout(showlegend=False)


def _band(found: Table, low: int, high: int, density: float) -> go.Scatter:
    shown = found["epoch"] > 0  # the axis is logarithmic
    x, y = found["epoch"][shown], found["outside"][shown]
    return go.Scatter(
        mode="lines",
        name=f"{NAMES[low]} to {NAMES[high]}",
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([y[:, high], y[::-1, low]]),
        fill="toself",
        fillcolor=faint(TEAL, density),
        line={"width": 0},
        hoverinfo="skip",
    )


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
