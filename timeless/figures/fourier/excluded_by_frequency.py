"""Which key frequency does the network depend on, and since when? Excluded loss, one at a time."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.labels import (
    LINE,
    LOST,
    frequency_colours,
    name_ends,
    named,
    pixels_of_a_unit,
    spread,
)
from timeless.figures.panels import Flag, over_epochs
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 440
LOW = 0.1  # of the largest loss: lost frequencies that stay below have no label
LABELS = 0.06  # share of the width that the frequencies' numbers take, right of the lines


def figure(results: Results) -> Figure:
    """Return one line over the checkpoints for each frequency that is or was a key frequency."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    found, watched = artifact["excluded_by_frequency"], artifact.summary["watched_freqs"]
    losses = found["excluded_loss_train"]
    return Figure(
        plot=_plot(artifact),
        title="Excluded loss, one key frequency at a time",
        caption=(
            f"Train loss of the run with seed {quote('config.seeds.0')} when the directions "
            "\\(\\cos\\omega_k(a+b)\\) and \\(\\sin\\omega_k(a+b)\\) of a single key frequency are "
            "taken out of the logits: a line for each \\(k\\). Coloured, and named at their ends: "
            f"the key frequencies of the last checkpoint. {_grey(artifact, quote)}"
            f"{_peaks(artifact, quote)}"
        ),
        alt=plain(
            f"A line for each of the frequencies {quote('watched_freqs')}. "
            f"{_grey(artifact, quote)}{_peaks(artifact, quote)}"
        ),
        table={"epoch": found["epoch"], **{f"k={k}": losses[:, i] for i, k in enumerate(watched)}},
    )


def _plot(artifact: Artifact) -> go.Figure:
    found, keys = artifact["excluded_by_frequency"], artifact.summary["key_freqs"]
    losses, colours = found["excluded_loss_train"], frequency_colours(artifact)
    line_of = {freq: losses[:, i] for i, freq in enumerate(artifact.summary["watched_freqs"])}
    grokked = artifact.summary["grok_epoch"]
    flags = [Flag(grokked, f"grokked, {grokked:,}")] if grokked else []
    title, top = "excluded loss on train, nats per example", 1.05 * float(losses.max())
    axes = [{"title_text": title, "range": [0, top]}]
    plot = over_epochs(HEIGHT, axes, found["epoch"], flags, switch="xy")
    for freq in (*_lost(artifact), *keys):
        plot.add_scatter(
            mode="lines",
            name=f"k = {freq}",
            x=found["epoch"],
            y=line_of[freq],
            line={"color": colours[freq], "width": 1.75},
            hovertemplate=f"without k = {freq}: %{{y:.3~g}}<extra></extra>",
        )
    ends = [line_of[freq][-1] for freq in keys]
    name_ends(plot, ends, [str(k) for k in keys], [colours[k] for k in keys])
    _name_peaks(plot, artifact)
    plot.update_xaxes(domain=[0, 1 - LABELS])
    plot.layout.showlegend = False
    return plot


def _lost(artifact: Artifact) -> list[int]:
    """Return the watched frequencies that are not key ones at the last checkpoint."""
    keys = set(artifact.summary["key_freqs"])
    return [freq for freq in artifact.summary["watched_freqs"] if freq not in keys]


def _later(artifact: Artifact) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return epochs and losses after memorisation, until which every loss is large."""
    found, memorised = artifact["excluded_by_frequency"], artifact.summary["memorisation_epoch"]
    after = found["epoch"] > (memorised or 0)
    return found["epoch"][after], found["excluded_loss_train"][after]


def _heights(artifact: Artifact) -> dict[int, float]:
    """Return the largest loss after memorisation without each of the lost frequencies."""
    largest = _later(artifact)[1].max(0)
    index = artifact.summary["watched_freqs"].index
    return {freq: float(largest[index(freq)]) for freq in _lost(artifact)}


def _low(artifact: Artifact) -> list[int]:
    """Return the lost frequencies whose lines stay too low for a label."""
    bound = LOW * artifact["excluded_by_frequency"]["excluded_loss_train"].max()
    return [freq for freq, height in _heights(artifact).items() if height < bound]


def _name_peaks(plot: go.Figure, artifact: Artifact) -> None:
    """Name lost frequencies at their peaks, moved apart where they would touch."""
    (epochs, losses), watched = _later(artifact), artifact.summary["watched_freqs"]
    low = _low(artifact)
    heights = {freq: top for freq, top in _heights(artifact).items() if freq not in low}
    wanted = np.array([*heights.values()]) * pixels_of_a_unit(plot)
    shifts = spread(wanted, LINE) - wanted
    for (freq, height), shift in zip(heights.items(), shifts, strict=True):
        plot.add_annotation(
            x=np.log10(epochs[losses[:, watched.index(freq)].argmax()]),
            y=height,
            xanchor="right",
            xshift=-6,
            yshift=shift,
            text=named(freq),
            font_color=LOST,
            showarrow=False,
        )


def _grey(artifact: Artifact, quote: Quoting) -> str:
    """Return in words what the grey lines are, nothing if there are none."""
    heights, low = _heights(artifact), _low(artifact)
    if not heights:
        return ""
    bound = max((heights[freq] for freq in low), default=0.0)
    table = "excluded_by_frequency"
    return (
        f"Grey: those that were key frequencies only at epoch {quote('confirmed_epoch')}"
        f"{'' if len(low) == len(heights) else ', named at their peaks'}. "
        + (
            f"Without {quote.found(low, table)} the loss after memorisation is never above "
            f"{quote.found(bound, table, '.2g')} nats; their lines have no names. "
            if low
            else ""
        )
    )


def _peaks(artifact: Artifact, quote: Quoting) -> str:
    """Return in words which frequency is missed most, at worst and at the last checkpoint."""
    table, keys = "excluded_by_frequency", artifact.summary["watched_freqs"]
    epochs, losses = _later(artifact)
    memorised = artifact.summary["memorisation_epoch"]
    row, most = np.unravel_index(int(losses.argmax()), losses.shape)
    last, least = int(losses[-1].argmax()), int(losses[-1].argmin())
    return (
        f"{'After memorisation the' if memorised else 'The'} largest loss is "
        f"{quote.found(losses[row, most], table, '.3g')} nats, at epoch "
        f"{quote.found(epochs[row], table)} without {named(keys[most])}. At the last "
        f"checkpoint it is {quote.found(losses[-1, last], table, '.2g')} nats without "
        f"{named(keys[last])}, the smallest {quote.found(losses[-1, least], table, '.1g')} without "
        f"{named(keys[least])}."
    )
