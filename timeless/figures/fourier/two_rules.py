"""Which frequencies does the network use? The spectrum's rule beside the neurons' rule."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.analysis.progress import CLUSTER_THRESHOLD, KEY_THRESHOLD
from timeless.figures import Figure
from timeless.figures.colours import MUTED, ORANGE, TEAL, VIOLET, faint
from timeless.figures.labels import stairs
from timeless.figures.panels import level, stacked_axes
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.quoting import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 520
LABEL = 4  # frequencies that a number takes along the axis
VERDICTS = {
    "both rules": TEAL,
    "spectrum only": ORANGE,
    "neurons only": VIOLET,
    "neither": faint(MUTED, 0.55),
}


def figure(results: Results) -> Figure:
    """Return two panels of bars over the frequencies: norm in W_E, and number of neurons."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    found = artifact["final_spectrum"]
    return Figure(
        plot=go.Figure(
            [bars for verdict in VERDICTS for bars in _bars(found, verdict)], _layout(found)
        ),
        title="Key frequencies by two rules",
        caption=(
            f"The last checkpoint of the run with seed {quote('config.seeds.0')}. Above: the norm "
            "of each frequency in \\(W_E\\); the dotted line is the spectrum’s rule, "
            f"{KEY_THRESHOLD:g} of the largest. Below: the neurons’ rule, the number of neurons of "
            f"which this frequency explains at least {CLUSTER_THRESHOLD:.0%}. "
            f"{_comparison(artifact, quote)}"
        ),
        alt=plain(f"Bars over the frequencies. {_comparison(artifact, quote)}"),
        table={name: found[name] for name in ("freq", "norm", "power_share", "is_key", "neurons")},
        height=HEIGHT,
    )


def verdicts(found: Table) -> NDArray[np.str_]:
    """Return for each frequency which of the two rules names it."""
    of_spectrum, of_neurons = found["is_key"] > 0, found["neurons"] > 0
    either = np.where(of_spectrum, "spectrum only", np.where(of_neurons, "neurons only", "neither"))
    return np.where(of_spectrum & of_neurons, "both rules", either)


def _bars(found: Table, verdict: str) -> list[dict[str, Any]]:
    """Return the bars of one verdict in both panels, none if no frequency has it."""
    chosen = verdicts(found) == verdict
    shared = {
        "type": "bar",
        "name": verdict,
        "legendgroup": verdict,
        "width": 0.8,
        "x": found["freq"][chosen],
        "marker": {"color": VERDICTS[verdict]},
    }
    norm = {
        "y": found["norm"][chosen],
        "customdata": found["power_share"][chosen],
        "hovertemplate": "k = %{x}: norm %{y:.3g}, power share %{customdata:.2%}<extra></extra>",
    }
    neurons = {
        "y": found["neurons"][chosen],
        "yaxis": "y2",
        "hovertemplate": "k = %{x}: %{y} neurons<extra></extra>",
    }
    return [shared | norm, shared | neurons] if chosen.any() else []


def _layout(found: Table) -> dict[str, Any]:
    threshold = level(KEY_THRESHOLD * found["norm"].max()) | {"layer": "above"}
    axes = [{"title": {"text": "norm in the embedding"}}, {"title": {"text": "neurons"}}]
    return {
        "xaxis": {
            "title": {"text": "frequency k"},
            "anchor": "y2",
            "range": [0.2, len(found["freq"]) + 0.8],
        },
        **stacked_axes(HEIGHT, axes),
        "shapes": [threshold],
        "annotations": _numbers(found),
        "barmode": "overlay",
        "hovermode": "closest",
    }


def _numbers(found: Table) -> list[dict[str, Any]]:
    """Return the number of each frequency that a rule names, over its bars; neighbours in steps."""
    named = {"y": ("norm", verdicts(found) != "neither"), "y2": ("neurons", found["neurons"] > 0)}
    return [
        {
            "x": int(freq),
            "y": float(found[column][freq - 1]),
            "yref": axis,
            "text": str(freq),
            "showarrow": False,
            "yanchor": "bottom",
            "yshift": 13 * step,
        }
        for axis, (column, chosen) in named.items()
        for freq, step in zip(
            found["freq"][chosen], stairs(found["freq"][chosen], LABEL), strict=True
        )
    ]


def _comparison(artifact: Artifact, quote: Quoting) -> str:
    """Return in words where the rules agree and differ."""
    summary, found = artifact.summary, artifact["final_spectrum"]
    both = found["freq"][verdicts(found) == "both rules"]
    words = [f"Both rules name {quote.found(both, 'final_spectrum')}."]
    if summary["key_freqs_only_by_spectrum"]:
        words.append(
            f"Only the spectrum names {quote('key_freqs_only_by_spectrum')}: large in the "
            "embedding, and without a neuron of its own."
        )
    if summary["key_freqs_only_by_neurons"]:
        words.append(f"Only the neurons name {quote('key_freqs_only_by_neurons')}.")
    if len(words) == 1:
        words.append("They do not differ.")
    return " ".join(words)
