"""Of what waves is a neuron made? The two-dimensional spectra of the typical neurons."""

from math import ceil
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.colours import SEQUENTIAL
from timeless.figures.fourier.typical_neurons import NONE, nothing
from timeless.figures.labels import colour_bar, named
from timeless.figures.panels import AROUND
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
COLUMNS = 2  # so that a cell is wider than a pixel on a phone too
TOP = 12  # pixels above the first maps, more than the margin has, for a title of two lines
MAP = 210  # pixels of a map's side
TITLE = 62  # pixels between two rows: tick labels, and a title of up to two lines
SIDE = 0.06  # share of the width between two maps
FLOOR = 1e-3  # of a neuron's largest norm: what is smaller has the lowest colour
TICKS = (1e-3, 1e-2, 0.1, 1.0)


def figure(results: Results) -> Figure:
    """Return a heat map of norms by pair of frequencies for each typical neuron."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    neurons = artifact["typical_neurons"]
    n = len(neurons["neuron"])
    return Figure(
        plot=_plot(artifact) if n else nothing(),
        title="Two-dimensional spectra of typical neurons",
        caption=(
            "Norm of the Fourier coefficients of typical neurons’ activations, cosine and sine "
            "combined: across the frequency over \\(a\\), upwards that over \\(b\\), with the "
            "neuron’s own frequency named on both axes. In percent of the neuron’s largest apart "
            "from the constant (frequency 0 of both); the colour scale is logarithmic, and ends at "
            f"{FLOOR:.1%}. The fainter points, at multiples of the frequency, are what the kink of "
            "the ReLU adds. "
            f"{_words(artifact, quote)}"
        ),
        alt=plain(f"Heat maps over two frequencies. {_words(artifact, quote)}"),
        table=_table(artifact),
    )


def relative(norms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return norms [freq a, freq b] over the largest that is not the constant's."""
    others = norms.copy()
    others[0, 0] = 0
    return np.asarray(norms / others.max())


def _plot(artifact: Artifact) -> go.Figure:
    neurons = artifact["typical_neurons"]
    height = _height(len(neurons["freq"]))
    plot = go.Figure(layout={"height": height, "hovermode": "closest"})
    for i, (freq, neuron) in enumerate(zip(neurons["freq"], neurons["neuron"], strict=True)):
        plot.add_trace(_map(relative(neurons["norm_2d"][i]), i))
        plot.update_layout(_axes(artifact, i))
        name = f"{named(freq)}, neuron\N{NO-BREAK SPACE}{neuron}"
        plot.layout[f"yaxis{i + 1}"].title.text = name
    return plot


def _map(shares: NDArray[np.float64], i: int) -> go.Heatmap:
    return go.Heatmap(
        z=np.log10(np.clip(shares, FLOOR, None)).T,
        xaxis=f"x{i + 1}",
        yaxis=f"y{i + 1}",
        customdata=100 * shares.T,
        colorscale=SEQUENTIAL,
        zmin=np.log10(FLOOR),
        zmax=0,
        showscale=i == 0,
        colorbar=colour_bar(
            "norm", tickvals=np.log10(TICKS), ticktext=[f"{100 * tick:g}%" for tick in TICKS]
        ),
        hovertemplate="frequency %{x} over a, %{y} over b<br>%{customdata:.3~g}%<extra></extra>",
    )


def _height(n: int) -> int:
    rows = ceil(n / COLUMNS)
    return TOP + rows * MAP + (rows - 1) * TITLE + AROUND


def _axes(artifact: Artifact, index: int) -> dict[str, Any]:
    """Return the two axes of one map, both with the neuron's frequency among their ticks."""
    freqs = artifact["typical_neurons"]["freq"]
    row, column = divmod(index, COLUMNS)
    left, width = column * (1 + SIDE) / COLUMNS, (1 + SIDE) / COLUMNS - SIDE
    above, whole = TOP + row * (MAP + TITLE), _height(len(freqs)) - AROUND
    n = artifact.summary["n_frequencies"]
    shared = {**ticks(int(freqs[index]), n), "showgrid": False, "range": [-0.5, n + 0.5]}
    axis = index + 1
    return {
        f"xaxis{axis}": {
            **shared,
            "anchor": f"y{axis}",
            "domain": [left, min(1.0, left + width)],
        },
        f"yaxis{axis}": {
            **shared,
            "anchor": f"x{axis}",
            "scaleanchor": f"x{axis}",
            "domain": [max(0.0, 1 - (above + MAP) / whole), 1 - above / whole],
        },
    }


def ticks(freq: int, n: int) -> dict[str, Any]:
    """Return the ends 0 and n of an axis and the neuron's frequency as ticks, if far enough."""
    room = n / 6
    ends = [end for end in (0, n) if abs(end - freq) >= room]
    return {"tickvals": sorted([freq, *ends])}


def _table(artifact: Artifact) -> dict[str, NDArray[Any]]:
    neurons, n = artifact["typical_neurons"], artifact.summary["n_frequencies"] + 1
    pair = np.arange(n * n)
    spectra = {
        f"neuron {neuron}": norms.ravel()
        for neuron, norms in zip(neurons["neuron"], neurons["norm_2d"], strict=True)
    }
    return {"freq_a": pair // n, "freq_b": pair % n, **spectra}


def _words(artifact: Artifact, quote: Quoting) -> str:
    """Return in words how much of each neuron's energy is where its frequency is on both axes."""
    neurons, table = artifact["typical_neurons"], "typical_neurons"
    if not len(neurons["freq"]):
        return NONE
    shares = [
        f"{quote.found(own_energy(norms, int(freq)), table, '.1%')} ({named(freq)})"
        for freq, norms in zip(neurons["freq"], neurons["norm_2d"], strict=True)
    ]
    listed = " and ".join(filter(None, [", ".join(shares[:-1]), shares[-1]]))
    return (
        "The neuron’s frequency over one of the two numbers or over both, three points of its "
        f"map, holds of its non-constant energy {listed}."
    )


def own_energy(norms: NDArray[np.float64], freq: int) -> float:
    """Return the share of non-constant energy at (freq, 0), (0, freq) and (freq, freq)."""
    power = np.square(norms)
    power[0, 0] = 0
    return float(power[[freq, 0, freq], [0, freq, freq]].sum() / power.sum())
