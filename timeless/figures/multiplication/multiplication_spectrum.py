"""Of what waves is the embedding made, over the logarithms of the numbers, and over themselves?"""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.analysis.groups import is_coarse, places
from timeless.analysis.progress import KEY_THRESHOLD
from timeless.figures import Figure, switched
from timeless.figures.colours import MUTED, TEAL, faint
from timeless.figures.labels import over_bars
from timeless.figures.panels import DOTTED
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("multiplication",)
HEIGHT = 440
ORDERS = {"discrete logarithm": "spectrum_log", "number itself": "spectrum_additive"}
NAMED = 12  # frequencies at most that are named over their bars


def figure(results: Results) -> Figure:
    """Return the norm of each frequency, with a switch between the two orders."""
    artifact, quote = results["multiplication"], Quoting(results, "multiplication")
    top = max(artifact[table]["norm"].max() for table in ORDERS.values())
    views = {order: _view(artifact[table], order, float(top)) for order, table in ORDERS.items()}
    return Figure(
        plot=switched("Order by", views),
        title="Spectrum of one embedding in two orders",
        caption=(
            f"The last checkpoint of the run with seed {quote('seed')}: the norm of each frequency "
            "in \\(W_E\\), on the same scale in both orders. The weights are the same, only the "
            "order of the numbers round the circle is not; in the order of logarithms zero is left "
            f"out. The dotted line is the rule, {KEY_THRESHOLD:g} of the largest. "
            f"{_comparison(artifact, quote)} {_places(artifact, quote)}"
        ),
        alt=plain(f"Bars over the frequencies. {_comparison(artifact, quote)}"),
        table=_table(artifact),
    )


def _view(found: Table, order: str, top: float) -> go.Figure:
    key = found["is_key"] > 0
    freqs = found["freq"][key]
    numbers = over_bars(freqs, found["norm"][key]) if len(freqs) <= NAMED else []
    plot = go.Figure(layout={"height": HEIGHT, "annotations": numbers})
    for name, chosen, colour in (
        ("above the rule", key, TEAL),
        ("below it", ~key, faint(MUTED, 0.55)),
    ):
        if chosen.any():
            plot.add_bar(
                name=name,
                width=0.8,
                x=found["freq"][chosen],
                y=found["norm"][chosen],
                customdata=[_details(found, row) for row in np.flatnonzero(chosen).tolist()],
                marker={"color": colour},
                hovertemplate="k = %{x}: norm %{y:.3g}, %{customdata}<extra></extra>",
            )
    whole = [0.2, len(found["freq"]) + 0.8]
    plot.update_xaxes(title_text=f"frequency k over the {order}", range=whole)
    plot.update_yaxes(title_text="norm in the embedding", range=[0, 1.12 * top])
    plot.add_hline(KEY_THRESHOLD * found["norm"].max(), **DOTTED | {"layer": "above"})
    return plot.update_layout(barmode="overlay", hovermode="closest")


def _details(found: Table, row: int) -> str:
    """Return power share and, where neurons are counted, their number."""
    share = f"power share {found['power_share'][row]:.2%}"
    return f"{share}, {found['neurons'][row]} neurons" if "neurons" in found.columns else share


def _table(artifact: Artifact) -> dict[str, Any]:
    names = ("norm", "power_share", "is_key")
    return {"freq": artifact["spectrum_log"]["freq"]} | {
        f"{name}_{order}": artifact[f"spectrum_{order}"][name]
        for order in ("log", "additive")
        for name in names
    }


def _comparison(artifact: Artifact, quote: Quoting) -> str:
    """Return in words what the rule names in either order, and how much the largest holds."""
    even = quote.found(1 / artifact.summary["n_frequencies"], "spectrum_log", ".1%")
    return (
        "Over the logarithms "
        f"{quote('n_key_freqs')} of {quote('n_frequencies')} frequencies are above the rule "
        f"({quote('key_freqs')}); together they hold {quote('order_parameter', '.1%')} of the "
        f"power, the largest alone {quote('top_share_log', '.1%')}. Over the numbers themselves "
        f"{quote('n_key_freqs_additive')} are above it, and the largest holds "
        f"{quote('top_share_additive', '.1%')}, where equal shares would give {even}."
    )


def _places(artifact: Artifact, quote: Quoting) -> str:
    """Return how coarse the circles of the key frequencies are, beside those of all."""
    summary, n = artifact.summary, artifact.summary["order"]
    found = [places(freq, n) for freq in summary["key_freqs"]]
    coarse = sum(is_coarse(freq, n) for freq in summary["key_freqs"])
    every = sum(is_coarse(freq, n) for freq in range(1, summary["n_frequencies"] + 1))
    return (
        f"On the circles of {quote('key_freqs')} the {quote('order')} numbers stand at "
        f"{quote.found(found, 'spectrum_log')} different places. Fewer than half as many places as "
        f"numbers: {quote.found(coarse, 'spectrum_log')} of these {quote('n_key_freqs')} "
        f"frequencies, {quote.found(every, 'spectrum_log')} of all {quote('n_frequencies')}."
    )
