"""How well does one frequency explain a neuron? The distribution over all neurons."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.analysis.progress import CLUSTER_THRESHOLD
from timeless.figures import Figure
from timeless.figures.colours import MUTED, TEAL, faint
from timeless.figures.panels import DOTTED
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 360
BINS = 40  # so that the threshold of 0.85 is a border


def figure(results: Results) -> Figure:
    """Return a histogram of the share that each neuron's best frequency explains."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    shares = artifact["neurons"]["share"]
    borders = np.arange(BINS + 1) / BINS
    counts = np.histogram(shares, borders)[0]
    return Figure(
        plot=_plot(artifact, borders, counts),
        title="How much of a neuron its best frequency explains",
        caption=(
            f"All {quote('config.train.model.d_mlp')} neurons at the last checkpoint of the run "
            f"with seed {quote('config.seeds.0')}, in bins of {1 / BINS:.1%}. A frequency’s share "
            "is the part of a neuron’s centred energy over all pairs that its waves in \\(a\\), in "
            f"\\(b\\) and their products explain. {_words(artifact, quote)}"
        ),
        alt=plain(f"Histogram of shares. {_words(artifact, quote)}"),
        table={"share_from": borders[:-1], "share_to": borders[1:], "neurons": counts},
    )


def _words(artifact: Artifact, quote: Quoting) -> str:
    """Return in words how many neurons belong to a frequency."""
    median = quote.found(np.median(artifact["neurons"]["share"]), "neurons", ".1%")
    return (
        f"The share is at least {CLUSTER_THRESHOLD:.0%}, and the neuron belongs to its frequency, "
        f"for {quote('neurons_clustered')} neurons ({quote('neurons_clustered_share', '.1%')}); "
        f"its median is {median}."
    )


def _plot(artifact: Artifact, borders: NDArray[np.float64], counts: NDArray[np.int64]) -> go.Figure:
    belong = borders[:-1] >= CLUSTER_THRESHOLD
    bars = go.Bar(
        x=(borders[1:] + borders[:-1]) / 2,
        y=counts,
        width=0.92 / BINS,
        marker={"color": [TEAL if above else faint(MUTED, 0.55) for above in belong]},
        customdata=[f"{low:.1%} to {low + 1 / BINS:.1%}" for low in borders[:-1]],
        hovertemplate="%{customdata}: %{y} neurons<extra></extra>",
    )
    plot = go.Figure(bars, {"height": HEIGHT, "hovermode": "closest"})
    best = "share explained by the best frequency"
    plot.update_xaxes(title_text=best, range=[0, 1.005], tickformat=".0%")
    plot.update_yaxes(title_text="neurons")
    text = f"{artifact.summary['neurons_clustered']:,} neurons<br>from here on"
    return plot.add_vline(
        CLUSTER_THRESHOLD,
        annotation={"text": text, "xshift": -4, "align": "right"},
        annotation_position="top left",
        **DOTTED | {"layer": "above"},
    )
