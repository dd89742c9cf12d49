"""Which key frequency does the network depend on, and since when? Excluded loss, one at a time."""

from typing import Any

import numpy as np

from timeless.artifacts import Artifact, Results
from timeless.figures import Figure
from timeless.labels import end_labels, frequency_colours, named
from timeless.panels import Flag, epoch_axis, fly, header_of, inner_pixels, stacked_axes
from timeless.quoting import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 440
LABELS = 0.06  # share of the width that the frequencies' numbers take, right of the lines


def figure(results: Results) -> Figure:
    """Return one line over the checkpoints for each frequency that is or was a key frequency."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    found, keys = artifact["excluded_by_frequency"], artifact.summary["watched_freqs"]
    losses, colours = found["excluded_loss_train"], frequency_colours(artifact)
    return Figure(
        data=[
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"k = {freq}",
                "x": found["epoch"],
                "y": losses[:, i],
                "line": {"color": colours[freq], "width": 1.75},
                "hovertemplate": f"without k = {freq}: %{{y:.3~g}}<extra></extra>",
            }
            for i, freq in enumerate(keys)
        ],
        layout=_layout(artifact),
        title="Excluded loss, one key frequency at a time",
        caption=(
            f"Train loss of the run with seed {quote('config.seeds.0')} when the directions "
            "\\(\\cos\\omega_k(a+b)\\) and \\(\\sin\\omega_k(a+b)\\) of a single key frequency are "
            "taken out of the logits: a line for each \\(k\\), named at its end. Drawn are the "
            f"key frequencies of the last checkpoint and of the one at epoch "
            f"{quote('confirmed_epoch')}. "
            f"{_peaks(artifact, quote)}"
        ),
        alt=plain(
            f"A line for each key frequency, {quote('watched_freqs')}. {_peaks(artifact, quote)}"
        ),
        table={"epoch": found["epoch"], **{f"k={k}": losses[:, i] for i, k in enumerate(keys)}},
        height=HEIGHT,
    )


def _layout(artifact: Artifact) -> dict[str, Any]:
    found, keys = artifact["excluded_by_frequency"], artifact.summary["watched_freqs"]
    losses, colours = found["excluded_loss_train"], frequency_colours(artifact)
    grokked = artifact.summary["grok_epoch"]
    flags = [Flag(grokked, f"grokked, {grokked:,}")] if grokked else []
    top = 1.05 * float(losses.max())
    y_axis = {"title": {"text": "excluded loss on train, nats per example"}, "range": [0, top]}
    panels = stacked_axes(HEIGHT, [y_axis], header_of(flags))
    shapes, annotations = fly(flags, HEIGHT, panels, found["epoch"])
    ends = end_labels(
        *(losses[-1].tolist(), [str(k) for k in keys], [colours[k] for k in keys]),
        scale=inner_pixels(HEIGHT, panels) / top,
    )
    return {
        "xaxis": epoch_axis(found["epoch"]) | {"domain": [0, 1 - LABELS]},
        **panels,
        "shapes": shapes,
        "annotations": [*annotations, *ends],
        "showlegend": False,
        "meta": {"axisSwitch": ["x", "y"]},
    }


def _peaks(artifact: Artifact, quote: Quoting) -> str:
    """Return in words which frequency is missed most, at worst and at the last checkpoint."""
    table, keys = "excluded_by_frequency", artifact.summary["watched_freqs"]
    epochs, losses = artifact[table]["epoch"], artifact[table]["excluded_loss_train"]
    memorised = artifact.summary["memorisation_epoch"]
    after = np.flatnonzero(epochs > (memorised or 0))
    row, most = np.unravel_index(int(losses[after].argmax()), losses[after].shape)
    last, least = int(losses[-1].argmax()), int(losses[-1].argmin())
    return (
        f"{'After memorisation the' if memorised else 'The'} largest loss is "
        f"{quote.found(losses[after][row, most], table, '.3g')} nats, at epoch "
        f"{quote.found(epochs[after][row], table)} without {named(keys[most])}. At the last "
        f"checkpoint it is {quote.found(losses[-1, last], table, '.2g')} nats without "
        f"{named(keys[last])}, the smallest {quote.found(losses[-1, least], table, '.1g')} without "
        f"{named(keys[least])}."
    )
