"""What does a neuron compute? The activation of one neuron for each key frequency, over (a, b).

Each is drawn twice: as numbered, a corner of the table of pairs, and the whole table with the
tokens in the order in which they follow each other on the circle of the neuron's frequency.
"""

from math import ceil
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.colours import SEQUENTIAL
from timeless.figures.labels import colour_bar, named
from timeless.figures.panels import AROUND
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
COLUMNS = 3
TOP = 12  # pixels above the first maps, more than the margin has, for a title of two lines
MAP = 150  # pixels of a map's side
TITLE = 56  # pixels between two rows of pairs: tick labels, and a title of up to two lines
BETWEEN = 28  # pixels between the two maps of a neuron: tick labels
SIDE = 0.06  # share of the width between two maps
NONE = "No neuron of this run belongs to a key frequency."


def figure(results: Results) -> Figure:
    """Return two small heat maps for each key frequency that has neurons."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    neurons, p = artifact["typical_neurons"], artifact.config["train"]["model"]["p"]
    n = len(neurons["neuron"])
    return Figure(
        plot=_plot(artifact, p) if n else nothing(),
        title="Typical neurons",
        caption=(
            "Activation of MLP neurons at the last checkpoint of the run with seed "
            f"{quote('config.seeds.0')}, in percent of the neuron’s largest over all pairs. Above: "
            f"a and b from 0 to {corner(p) - 1}. Below: the same neuron on all pairs, with the "
            f"tokens in the order of \\(ka\\) and \\(kb\\) modulo {quote('config.train.model.p')}, "
            f"once around the circle of its frequency. {_choice(artifact, quote)}"
        ),
        alt=plain(f"Small heat maps over a and b. {_choice(artifact, quote)}"),
        table=_table(artifact, p),
    )


def corner(p: int) -> int:
    """Return how many of the tokens the upper maps show."""
    return p // 4 + 1


def in_order(activation: NDArray[Any], freq: int, p: int) -> NDArray[Any]:
    """Return activations [p, p] with row and column u moved from token u / freq modulo p."""
    order = np.arange(p) * pow(freq, -1, p) % p
    return activation[np.ix_(order, order)]


def _plot(artifact: Artifact, p: int) -> go.Figure:
    neurons = artifact["typical_neurons"]
    n = len(neurons["neuron"])
    plot = go.Figure(layout={"height": _height(n), "hovermode": "closest"})
    for i, (freq, neuron) in enumerate(zip(neurons["freq"], neurons["neuron"], strict=True)):
        plot.add_traces(_maps(neurons["activation"][i], i, int(freq), p))
        plot.update_layout(_axes(2 * i, n, "", corner(p)) | _axes(2 * i + 1, n, str(freq), p))
        name = f"{named(freq)}, neuron\N{NO-BREAK SPACE}{neuron}"
        plot.layout[f"yaxis{2 * i + 1}"].title.text = name
    return plot


def _maps(activation: NDArray[Any], i: int, freq: int, p: int) -> list[go.Heatmap]:
    percent = np.rint(100 * activation / np.abs(activation).max()).astype(np.int8)
    upper, lower = percent[: corner(p), : corner(p)], in_order(percent, freq, p)
    return [
        go.Heatmap(
            z=z.T,
            xaxis=f"x{axis}",
            yaxis=f"y{axis}",
            colorscale=SEQUENTIAL,
            zmin=0,
            zmax=100,
            showscale=axis == 1,
            colorbar=colour_bar("activation", ticksuffix="%"),
            hovertemplate=f"{x} = %{{x}}, {y} = %{{y}}: %{{z}}%<extra></extra>",
        )
        for z, axis, x, y in (
            (upper, 2 * i + 1, "a", "b"),
            (lower, 2 * i + 2, f"{freq}a", f"{freq}b"),
        )
    ]


def _height(n: int) -> int:
    rows = ceil(n / COLUMNS)
    return TOP + rows * (2 * MAP + BETWEEN) + (rows - 1) * TITLE + AROUND


def _axes(index: int, n: int, factor: str, size: int) -> dict[str, Any]:
    """Return the two axes of map ``index`` of 2n: even ones above, odd ones below."""
    row, column = divmod(index // 2, COLUMNS)
    left, width = column * (1 + SIDE) / COLUMNS, (1 + SIDE) / COLUMNS - SIDE
    above = TOP + row * (2 * MAP + BETWEEN + TITLE) + (index % 2) * (MAP + BETWEEN)
    whole = _height(n) - AROUND
    axis, x, y = index + 1, _ticks(f"{factor}a", size), _ticks(f"{factor}b", size)
    return {
        f"xaxis{axis}": {**x, "anchor": f"y{axis}", "domain": [left, min(1.0, left + width)]},
        f"yaxis{axis}": {
            **y,
            "anchor": f"x{axis}",
            "scaleanchor": f"x{axis}",
            "showticklabels": column == 0,
            "domain": [max(0.0, 1 - (above + MAP) / whole), 1 - above / whole],
        },
    }


def _ticks(letter: str, size: int) -> dict[str, Any]:
    """Return first and last value as tick labels, with the axis's name between them."""
    ends = [0, (size - 1) / 2, size - 1]
    return {"tickvals": ends, "ticktext": ["0", letter, str(size - 1)]}


def nothing() -> go.Figure:
    """Return a figure that only says that there is nothing to show."""
    plot = go.Figure(go.Scatter(x=[], y=[]), {"height": 160})
    plot.update_xaxes(visible=False)
    plot.update_yaxes(visible=False)
    return plot.add_annotation(x=0.5, xref="paper", y=0.5, yref="paper", text=NONE, showarrow=False)


def _table(artifact: Artifact, p: int) -> dict[str, NDArray[Any]]:
    neurons = artifact["typical_neurons"]
    pair = np.arange(p * p)
    activations = {
        f"neuron {neuron}": activation.ravel()
        for neuron, activation in zip(neurons["neuron"], neurons["activation"], strict=True)
    }
    return {"a": pair // p, "b": pair % p, **activations}


def _choice(artifact: Artifact, quote: Quoting) -> str:
    """Return in words which neurons are shown, and which frequencies have none."""
    shown = artifact["typical_neurons"]["freq"]
    if not len(shown):
        return NONE
    without = sorted(set(artifact.summary["key_freqs"]) - set(shown.tolist()))
    rest = quote.found(without, "typical_neurons") if without else ""
    return (
        "Shown, for each key frequency that has neurons, is the one of median energy among "
        f"them: k\N{NO-BREAK SPACE}= {quote.found(shown, 'typical_neurons')}."
        + (f" No neuron belongs to {rest}." if rest else "")
    )
