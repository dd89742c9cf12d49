"""When do the key frequencies stand out? The embedding's power share, frequency by epoch."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.analysis.fourier import power_shares
from timeless.figures import Figure
from timeless.figures.colours import INK, SEQUENTIAL
from timeless.figures.labels import colour_bar, end_labels
from timeless.figures.panels import Flag, epoch_axis, fly, header_of, inner_pixels, stacked_axes
from timeless.results.artifacts import Artifact, Results
from timeless.words.quoting import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 540
LABELS = 0.06  # share of the width that the key frequencies' numbers take, right of the map


def figure(results: Results) -> Figure:
    """Return a heat map of power shares, epochs across, frequencies up."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    spectra = artifact["embedding_spectrum"]
    epochs, shares = spectra["epoch"], power_shares(spectra["norm"])
    freqs = np.arange(1, shares.shape[1] + 1)
    return Figure(
        plot=go.Figure([heat(epochs, shares)], layout(artifact, epochs, freqs)),
        title="Power share of each frequency of the embedding over training",
        caption=(
            f"Each column is the spectrum of \\(W_E\\) at one of {quote('n_checkpoints')} "
            f"checkpoints of the run with seed {quote('config.seeds.0')}; the leftmost is epoch "
            f"{quote('at_start.epoch')}. The numbers on the right are the {quote('n_key_freqs')} "
            f"key frequencies. {_rise(artifact, quote)}"
        ),
        alt=plain(
            f"Heat map over epochs and frequencies. The key frequencies are {quote('key_freqs')}. "
            f"{_rise(artifact, quote)}"
        ),
        table={"epoch": epochs, **{f"k={k}": shares[:, k - 1] for k in freqs}},
        height=HEIGHT,
    )


def heat(epochs: NDArray[Any], shares: NDArray[np.float64]) -> dict[str, Any]:
    """Return the heat map of power shares [epochs, freqs]."""
    return {
        "type": "heatmap",
        "z": shares.T,
        "x": edges(epochs),
        "y": np.arange(1, shares.shape[1] + 1),
        "customdata": np.broadcast_to(epochs, shares.T.shape),
        "colorscale": SEQUENTIAL,
        "zmin": 0,
        "colorbar": colour_bar("power share", tickformat=".0%"),
        "hovertemplate": "k = %{y}, epoch %{customdata:,d}<br>%{z:.2%}<extra></extra>",
    }


def edges(epochs: NDArray[Any]) -> NDArray[np.float64]:
    """Return the n + 1 borders of columns around n epochs, all above 0 for a log axis."""
    between = (epochs[1:] + epochs[:-1]) / 2
    first = epochs[0] if epochs[0] > 0 else between[0] / 2
    return np.concatenate([[first], between, [epochs[-1]]])


def layout(artifact: Artifact, epochs: NDArray[Any], freqs: NDArray[Any]) -> dict[str, Any]:
    """Return epochs across, frequencies up, the key ones named on the right."""
    borders, keys = edges(epochs), artifact.summary["key_freqs"]
    grokked = artifact.summary["grok_epoch"]
    flags = [Flag(grokked, f"grokked, {grokked:,}")] if grokked else []
    y_axis = {"title": {"text": "frequency k"}, "range": [0.5, len(freqs) + 0.5], "showgrid": False}
    panels = stacked_axes(HEIGHT, [y_axis], header_of(flags))
    shapes, annotations = fly(flags, HEIGHT, panels, borders)
    labels = end_labels(
        *(keys, [str(k) for k in keys], [INK] * len(keys)),
        scale=inner_pixels(HEIGHT, panels) / len(freqs),
    )
    return {
        "xaxis": epoch_axis(epochs)
        | {"range": np.log10(borders[[0, -1]]).tolist(), "domain": [0, 1 - LABELS]},
        **panels,
        "shapes": shapes,
        "annotations": annotations + labels,
        "hovermode": "closest",
        "meta": {"axisSwitch": "x"},
    }


def _rise(artifact: Artifact, quote: Quoting) -> str:
    """Return in words how the energy gathers at the key frequencies."""
    progress, summary = artifact["progress"], artifact.summary
    half = progress["epoch"][progress["order_parameter"] >= 0.5]
    even = quote.found(summary["n_key_freqs"] / summary["n_frequencies"], "final_spectrum", ".1%")
    first_half = quote.found(half[0], "progress") if len(half) else ""
    return (
        f"At first they hold {quote('at_start.order_parameter', '.1%')} of the energy, where "
        f"equal shares would give {even}; at the end {quote('order_parameter', '.1%')}. "
        + (f"They pass one half at epoch {first_half}." if len(half) else "They never hold half.")
    )
