"""Which weights carry the norm, and which give it up? The sum of squares of every tensor."""

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import MAGENTA, OCHRE, TEAL, VIOLET
from timeless.figures.labels import name_ends, tensor
from timeless.figures.panels import curve, over_phases, phase_words
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 800
PARTS = {
    "embedding": ("W_E", "W_pos"),
    "attention": ("W_Q", "W_K", "W_V", "W_O"),
    "MLP": ("W_in", "W_out", "b_in", "b_out"),
    "unembedding": ("W_U", "b_U"),
}
TENSORS = [name for names in PARTS.values() for name in names]
COLOURS = (TEAL, MAGENTA, VIOLET, OCHRE)
LABELS = 0.09  # share of the width that the tensors' names take, right of the lines


def figure(results: Results) -> Figure:
    """Return a panel for each part of the network, with a line for each of its tensors."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    progress = artifact["progress"]
    return Figure(
        plot=_plot(artifact, progress),
        title="Sum of squares of each weight tensor over training",
        caption=(
            f"Each panel is one part of the network with seed {quote('config.seeds.0')}, all on "
            "one linear scale, so that heights compare; together the lines make up the sum of "
            f"squared weights. {_decline(progress, quote)} Shading: the computed phases."
        ),
        alt=plain(
            f"Four panels over training. {_decline(progress, quote)} {phase_words(artifact, quote)}"
        ),
        table={
            "epoch": progress["epoch"],
            **{f"sum_sq_{name}": progress[f"sum_sq_{name}"] for name in TENSORS},
        },
    )


def _plot(artifact: Artifact, progress: Table) -> go.Figure:
    top = 1.05 * max(progress[f"sum_sq_{name}"].max() for name in TENSORS)
    shared = {"range": [0, top], "tickformat": ",d", "nticks": 4}
    axes = [{"title_text": f"{part}, sum of squares", **shared} for part in PARTS]
    plot = over_phases(artifact, progress["epoch"], HEIGHT, axes, switch="x")
    for panel, names in enumerate(PARTS.values(), 1):
        for name, colour in zip(names, COLOURS, strict=False):
            plot.add_trace(curve(progress, f"sum_sq_{name}", name, colour, panel=panel))
        ends = [progress[f"sum_sq_{name}"][-1] for name in names]
        name_ends(plot, ends, [*map(tensor, names)], COLOURS, panel=panel)
    plot.update_xaxes(domain=[0, 1 - LABELS])
    plot.layout.showlegend = False
    return plot


def _decline(progress: Table, quote: Quoting) -> str:
    """Return in words how far tensors have fallen since the checkpoint with the largest total."""
    peak = int(progress["sum_sq_weights"].argmax())
    at_peak, at_end = (
        np.array([progress[f"sum_sq_{name}"][row] for name in TENSORS]) for row in (peak, -1)
    )
    large = np.flatnonzero(at_peak > 0.01 * at_peak.sum())
    kept = at_end[large] / at_peak[large]
    least, most = (tensor(TENSORS[large[i]]) for i in (kept.argmin(), kept.argmax()))
    mlp = sum(at_peak[TENSORS.index(name)] for name in ("W_in", "W_out")) / at_peak.sum()
    return (
        f"The total is largest at the checkpoint of epoch "
        f"{quote.found(progress['epoch'][peak], 'progress')}, where W<sub>in</sub> and "
        f"W<sub>out</sub> hold {quote.found(mlp, 'progress', '.0%')} of it. Of the tensors that "
        f"then hold more than 1%, {least} keeps the smallest part of that to the end, "
        f"{quote.found(kept.min(), 'progress', '.1%')}, and {most} the largest, "
        f"{quote.found(kept.max(), 'progress', '.0%')}."
    )
