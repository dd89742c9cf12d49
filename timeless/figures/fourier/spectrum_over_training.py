"""When do the key frequencies stand out? The embedding's power share, frequency by epoch."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.analysis.fourier import power_shares
from timeless.figures import Figure
from timeless.figures.colours import INK, SEQUENTIAL
from timeless.figures.labels import colour_bar, name_ends
from timeless.figures.panels import Flag, over_epochs
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

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
        plot=plot(artifact, epochs, shares),
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
    )


def plot(artifact: Artifact, epochs: NDArray[Any], shares: NDArray[np.float64]) -> go.Figure:
    """Return a heat map of power shares [epochs, freqs], the key frequencies named beside it."""
    borders, n, keys = edges(epochs), shares.shape[1], artifact.summary["key_freqs"]
    grokked = artifact.summary["grok_epoch"]
    flags = [Flag(grokked, f"grokked, {grokked:,}")] if grokked else []
    axes = [{"title_text": "frequency k", "range": [0.5, n + 0.5], "showgrid": False}]
    found = over_epochs(HEIGHT, axes, borders, flags, switch="x")
    found.add_heatmap(
        z=shares.T,
        x=borders,
        y=np.arange(1, n + 1),
        zmin=0,
        customdata=np.broadcast_to(epochs, shares.T.shape),
        colorscale=SEQUENTIAL,
        colorbar=colour_bar("power share", tickformat=".0%"),
        hovertemplate="k = %{y}, epoch %{customdata:,d}<br>%{z:.2%}<extra></extra>",
    )
    name_ends(found, keys, [str(k) for k in keys], [INK] * len(keys))
    found.update_xaxes(range=np.log10(borders[[0, -1]]), domain=[0, 1 - LABELS])
    return found.update_layout(hovermode="closest")


def edges(epochs: NDArray[Any]) -> NDArray[np.float64]:
    """Return the n + 1 borders of columns around n epochs, all above 0 for a log axis."""
    between = (epochs[1:] + epochs[:-1]) / 2
    first = epochs[0] if epochs[0] > 0 else between[0] / 2
    return np.concatenate([[first], between, [epochs[-1]]])


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
