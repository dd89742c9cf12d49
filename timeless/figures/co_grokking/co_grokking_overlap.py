"""Do the tasks share directions of the embedding? Measured overlap against random subspaces."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.colours import GREY, INK, ORANGE, PAPER, faint
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("co_grokking",)
HEIGHT = 380
BINS = 60
KINDS = {
    "overlap": ("random directions", faint(GREY, 0.75)),
    "overlap_others": ("other frequencies", faint(ORANGE, 0.75)),
}


def figure(results: Results) -> Figure:
    """Return histograms of random overlaps, and a line at the measured one."""
    artifact, quote = results["co_grokking"], Quoting(results, "co_grokking")
    draws = artifact["overlap_random"]
    measured = float(artifact.summary["overlap"]["measured"])
    edges = _edges(np.concatenate([*(draws[kind] for kind in KINDS), [measured]]))
    return Figure(
        plot=_plot(draws, measured, edges),
        title="Overlap of the two tasks’ subspaces",
        caption=(
            "The upright line is the mean squared cosine of the angles between the subspaces of "
            "the residual stream in which \\(W_E\\) carries the key frequencies of addition "
            f"({quote('overlap.dim_addition')} dimensions) and of multiplication "
            f"({quote('overlap.dim_multiplication')}): 0 if they are orthogonal, 1 if one holds "
            f"the other. Bars: {quote('overlap.n_random')} draws of random directions, as many, "
            "and of as many frequencies that are not key, as this embedding carries them. "
            f"{_words(artifact, quote)}"
        ),
        alt=plain(
            "Histograms of the overlap of random subspaces, with a line at the measured one. "
            f"{_words(artifact, quote)}"
        ),
        table={kind: draws[kind] for kind in KINDS},
    )


def _edges(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the borders of bins from 0 to a little beyond the largest value, at most to 1."""
    top = float(min(1.0, 1.08 * max(values.max(), 1e-3)))
    return np.linspace(0, top, BINS + 1)


def _plot(draws: Table, measured: float, edges: NDArray[np.float64]) -> go.Figure:
    plot = go.Figure(layout={"height": HEIGHT, "barmode": "overlay", "hovermode": "closest"})
    for kind, (name, colour) in KINDS.items():
        plot.add_bar(
            name=name,
            x=(edges[1:] + edges[:-1]) / 2,
            y=np.histogram(np.clip(draws[kind], edges[0], edges[-1]), edges)[0],
            width=float(edges[1] - edges[0]),
            marker={"color": colour},
            hovertemplate=f"{name}: %{{y}} draws near %{{x:.3f}}<extra></extra>",
        )
    plot.update_xaxes(title_text="overlap, mean squared cosine", range=[0, 1.01 * edges[-1]])
    plot.update_yaxes(title_text="random draws", tickformat=",d")
    left = measured > edges[-1] / 2
    return plot.add_vline(
        measured,
        line={"color": INK, "width": 2},
        annotation={
            "text": f"measured: <b>{measured:.3f}</b>",
            "xshift": -5 if left else 5,
            "bgcolor": PAPER,
        },
        annotation_position="top left" if left else "top right",
    )


def _words(artifact: Artifact, quote: Quoting) -> str:
    """Return the measured overlap beside the random ones, and what may be made of it."""
    found, draws = artifact.summary["overlap"], artifact["overlap_random"]
    width = artifact.config["train"]["model"]["d_model"]
    numbers = (
        f"Measured {quote('overlap.measured', '.3f')}; random directions "
        f"{quote('overlap.random_mean', '.3f')} on average, "
        f"{quote('overlap.random_max', '.3f')} at most; other frequencies "
        f"{quote('overlap.others_mean', '.3f')} and {quote('overlap.others_max', '.3f')}."
    )
    if max(found["dim_addition"], found["dim_multiplication"]) >= width:
        return (
            f"{numbers} One of the subspaces is the whole stream, which holds any other: the "
            "overlap is 1 whatever the network does, and says nothing."
        )
    counts = [int((draws[kind] >= found["measured"]).sum()) for kind in KINDS]
    at_least = [quote.found(count, "overlap_random", ",") for count in counts]
    return (
        f"{numbers} As large as measured or larger are {at_least[0]} of the draws of random "
        f"directions and {at_least[1]} of those of other frequencies."
    )
