"""Do the weights show the circuit before the accuracy does? Norm, sparsity, entropy and order."""

from math import log
from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import INK, MAGENTA, TEAL
from timeless.figures.labels import name_ends, tensor
from timeless.figures.panels import curve, over_phases, phase_words
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 760
LABELS = 0.09  # share of the width that the names of lines take, right of them
CURVES = (
    ("sum_sq_weights", "sum of squared weights", INK, 1),
    ("gini_W_E", "Gini of W_E", TEAL, 2),
    ("gini_W_logit", "Gini of W_logit", MAGENTA, 2),
    ("spectral_entropy", "spectral entropy", INK, 3),
    ("order_parameter", "order parameter", INK, 4),
)


def figure(results: Results) -> Figure:
    """Return four panels over the checkpoints, with the computed phases behind them."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    progress = artifact["progress"]
    return Figure(
        plot=_plot(artifact),
        title="Weight norm and sparsity over training",
        caption=(
            f"At the checkpoints of the run with seed {quote('config.seeds.0')}; computed from "
            f"the weights alone. {_changes(quote)} The order parameter is the power share of the "
            f"{quote('n_key_freqs')} key frequencies in \\(W_E\\); which they are is read off the "
            "last checkpoint. Shading: the computed phases."
        ),
        alt=plain(f"Four panels over training. {_changes(quote)} {phase_words(artifact, quote)}"),
        table={"epoch": progress["epoch"], **{name: progress[name] for name, *_ in CURVES}},
    )


def _plot(artifact: Artifact) -> go.Figure:
    progress, n_freqs = artifact["progress"], artifact.summary["n_frequencies"]
    plot = over_phases(
        artifact, progress["epoch"], HEIGHT, _axes(n_freqs), levels={3: log(n_freqs)}, switch="x"
    )
    for column, name, colour, panel in CURVES:
        plot.add_trace(curve(progress, column, name, colour, panel=panel))
    plot.add_annotation(
        x=1,
        xref="x domain",
        xanchor="right",
        y=log(n_freqs),
        yref="y3",
        yanchor="bottom",
        text=f"{n_freqs} equal shares, ln {n_freqs}",
        showarrow=False,
    )
    ginis = {"W_E": TEAL, "W_logit": MAGENTA}
    ends = [progress[f"gini_{name}"][-1] for name in ginis]
    name_ends(plot, ends, [*map(tensor, ginis)], [*ginis.values()], panel=2)
    plot.update_xaxes(domain=[0, 1 - LABELS])
    plot.layout.showlegend = False
    return plot


def _axes(n_freqs: int) -> list[dict[str, Any]]:
    unit = {"range": [0, 1.03], "tickvals": [0, 0.5, 1]}
    return [
        {"title_text": "sum of squared weights", "rangemode": "tozero", "tickformat": ",d"},
        {"title_text": "Gini coefficient", **unit},
        {"title_text": "spectral entropy, nats", "range": [0, 1.2 * log(n_freqs)]},
        {"title_text": "order parameter", **unit},
    ]


def _changes(quote: Quoting) -> str:
    """Return first, largest and last values in words."""
    return (
        f"The sum of squared weights is {quote('at_start.sum_sq_weights', ',.0f')} at first, "
        f"{quote('peak_sum_sq_weights', ',.0f')} at its largest (epoch "
        f"{quote('peak_sum_sq_weights_epoch')}) and {quote('final_sum_sq_weights', ',.0f')} at "
        f"the end. The Gini coefficient of the embedding goes from "
        f"{quote('at_start.gini_W_E', '.2f')} to {quote('gini_W_E', '.2f')}, its spectral entropy "
        f"from {quote('at_start.spectral_entropy', '.2f')} to {quote('spectral_entropy', '.2f')} "
        f"nats, the order parameter from {quote('at_start.order_parameter', '.1%')} to "
        f"{quote('order_parameter', '.1%')}."
    )
