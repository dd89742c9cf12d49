"""In which order of the numbers does the embedding become sparse? Gini and entropy in both."""

from math import log
from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import ORANGE, TEAL
from timeless.figures.panels import curve, over_phases, phase_words
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("multiplication",)
HEIGHT = 560
ORDERS = (("log", "discrete-log order", TEAL), ("additive", "additive order", ORANGE))
MEASURES = (("gini", "Gini coefficient", 1), ("entropy", "spectral entropy, nats", 2))


def figure(results: Results) -> Figure:
    """Return Gini coefficient above entropy over the checkpoints, both orders in each."""
    artifact, quote = results["multiplication"], Quoting(results, "multiplication")
    orders = artifact["orders"]
    return Figure(
        plot=_plot(artifact),
        title="Sparsity of the embedding in both orders",
        caption=(
            f"One network, the run with seed {quote('seed')}, its numbers put round the circle in "
            f"two orders, at every {quote('config.analyse_every')}th epoch. Gini coefficient of "
            "the norms of the Fourier components of \\(W_E\\), and entropy of the power shares; "
            f"the dotted line is that of equal shares. {_ends(quote)} "
            "Shading: the phases, computed from the losses."
        ),
        alt=plain(
            "Gini coefficient and spectral entropy over training, in two orders of the numbers. "
            f"{_ends(quote)} {phase_words(artifact, quote)}"
        ),
        table={name: orders[name] for name in orders.columns},
    )


def _plot(artifact: Artifact) -> go.Figure:
    orders, n_freqs = artifact["orders"], artifact.summary["n_frequencies"]
    axes: list[dict[str, Any]] = [
        {"title_text": MEASURES[0][1], "range": [0, 1.03], "tickvals": [0, 0.5, 1]},
        {"title_text": MEASURES[1][1], "range": [0, 1.2 * log(n_freqs)], "nticks": 4},
    ]
    plot = over_phases(
        artifact, orders["epoch"], HEIGHT, axes, levels={2: log(n_freqs)}, switch="x"
    )
    for measure, _, panel in MEASURES:
        for order, name, colour in ORDERS:
            column = f"{measure}_{order}"
            plot.add_trace(curve(orders, column, name, colour, panel=panel, legendgroup=order))
    plot.add_annotation(
        x=0,
        xref="x domain",
        xanchor="left",
        y=log(n_freqs),
        yref="y2",
        yanchor="bottom",
        text=f"{n_freqs} equal shares, ln {n_freqs}",
        showarrow=False,
    )
    return plot


def _ends(quote: Quoting) -> str:
    """Return the first and last values in words."""
    return (
        f"In discrete-log order the Gini coefficient ends at {quote('gini_W_E_log', '.2f')} and "
        f"the entropy at {quote('spectral_entropy_log', '.2f')} nats; in additive order at "
        f"{quote('gini_W_E_additive', '.2f')} and "
        f"{quote('spectral_entropy_additive', '.2f')} nats."
    )
