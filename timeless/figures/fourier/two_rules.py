"""Which frequencies does the network use? The spectrum's rule beside the neurons' rule."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.analysis.progress import CLUSTER_THRESHOLD, KEY_THRESHOLD
from timeless.figures import Figure
from timeless.figures.colours import MUTED, ORANGE, TEAL, VIOLET, faint
from timeless.figures.labels import over_bars
from timeless.figures.panels import stacked
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 520
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
        plot=_plot(found),
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
    )


def verdicts(found: Table) -> NDArray[np.str_]:
    """Return for each frequency which of the two rules names it."""
    of_spectrum, of_neurons = found["is_key"] > 0, found["neurons"] > 0
    either = np.where(of_spectrum, "spectrum only", np.where(of_neurons, "neurons only", "neither"))
    return np.where(of_spectrum & of_neurons, "both rules", either)


def _plot(found: Table) -> go.Figure:
    """Return two panels of bars; the colours say which of the rules name a frequency."""
    axes = [{"title_text": "norm in the embedding"}, {"title_text": "neurons"}]
    whole = [0.2, len(found["freq"]) + 0.8]
    rule = {1: KEY_THRESHOLD * found["norm"].max()}
    plot = stacked(HEIGHT, axes, levels=rule, title_text="frequency k", range=whole)
    for verdict, colour in VERDICTS.items():
        plot.add_traces(_bars(found, verdict, colour))
    plot.update_shapes(layer="above")
    named, own = found["freq"][verdicts(found) != "neither"], found["freq"][found["neurons"] > 0]
    plot.layout.annotations = [
        *over_bars(named, found["norm"][named - 1]),
        *over_bars(own, found["neurons"][own - 1], panel=2),
    ]
    return plot.update_layout(barmode="overlay", hovermode="closest")


def _bars(found: Table, verdict: str, colour: str) -> list[go.Bar]:
    """Return the bars of one verdict in both panels, none if no frequency has it."""
    chosen = verdicts(found) == verdict
    shared = {
        "name": verdict,
        "legendgroup": verdict,
        "width": 0.8,
        "x": found["freq"][chosen],
        "marker": {"color": colour},
    }
    norm = go.Bar(
        shared,
        y=found["norm"][chosen],
        customdata=found["power_share"][chosen],
        hovertemplate="k = %{x}: norm %{y:.3g}, power share %{customdata:.2%}<extra></extra>",
    )
    neurons = go.Bar(
        shared,
        y=found["neurons"][chosen],
        yaxis="y2",
        hovertemplate="k = %{x}: %{y} neurons<extra></extra>",
    )
    return [norm, neurons] if chosen.any() else []


def _comparison(artifact: Artifact, quote: Quoting) -> str:
    """Return in words where the rules agree and differ."""
    summary, found = artifact.summary, artifact["final_spectrum"]
    both = found["freq"][verdicts(found) == "both rules"]
    words = [f"Both rules name {quote.found(both, 'final_spectrum')}."]
    if summary["key_freqs_only_by_spectrum"]:
        words.append(
            f"Only the spectrum names {quote('key_freqs_only_by_spectrum')}: above "
            "the rule in the embedding, and without a neuron of its own."
        )
    if summary["key_freqs_only_by_neurons"]:
        words.append(f"Only the neurons name {quote('key_freqs_only_by_neurons')}.")
    if len(words) == 1:
        words.append("They do not differ.")
    return " ".join(words)
