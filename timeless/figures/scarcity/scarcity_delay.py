"""How long does it take to memorise, and to generalise? Epochs to 99% against the data fraction."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.colours import INK, SPLIT_COLOURS
from timeless.figures.panels import DOTTED, pixels
from timeless.figures.regimes import (
    REGIMES,
    Fraction,
    fractions,
    reached,
    regime_words,
    regimes,
)
from timeless.results.artifacts import Artifact, Results
from timeless.rules import ACCURACY_THRESHOLD
from timeless.words.values import Quoting, plain

ARTIFACTS = ("fraction_sweep",)
HEIGHT = 540
STRIP = 104  # pixels of the panel of regimes
GAP = 52
BESIDE = 0.007  # of all pairs, between runs of one share
MOMENTS = {
    "train": ("memorisation_epoch", "train accuracy"),
    "test": ("grok_epoch", "test accuracy"),
}


def figure(results: Results) -> Figure:
    """Return the regime of each fraction above its epochs to memorise and to generalise."""
    return epochs_against_share(
        results, "fraction_sweep", "Epochs to 99% against the data fraction"
    )


def epochs_against_share(results: Results, experiment: str, title: str) -> Figure:
    """Return the same figure of any experiment that trains a network on several shares."""
    artifact, quote = results[experiment], Quoting(results, experiment)
    found, runs = fractions(artifact), artifact["runs"]
    return Figure(
        plot=_plot(artifact, found),
        title=title,
        caption=(
            f"Each point is a run: the first logged epoch from which accuracy stays at "
            f"{ACCURACY_THRESHOLD:.0%}. A run ends {quote('hold')} epochs after it generalises. "
            f"{_lines(found)} {_open(artifact, quote)} Above: the regime of each run, by the rule "
            f"in the text. {regime_words(artifact, quote)}"
        ),
        alt=plain(
            "Epochs to 99% train accuracy and to 99% test accuracy, on a logarithmic axis, against "
            f"the fraction of the data. {_open(artifact, quote)} {regime_words(artifact, quote)}"
        ),
        table={**{name: runs[name] for name in runs.columns}, "regime": regimes(runs)},
    )


def _lines(found: list[Fraction]) -> str:
    if max(len(fraction.rows) for fraction in found) == 1:
        return "One run for each fraction; the lines only lead the eye."
    return (
        "Runs of one share stand side by side. Lines join the medians; upright bars lead from the "
        "earliest run to the latest, and to the budget where one is open."
    )


# --- what is drawn -----------------------------------------------------------------------


def _plot(artifact: Artifact, found: list[Fraction]) -> go.Figure:
    runs, budget = artifact["runs"], int(artifact.summary["budget"])
    plot = go.Figure(_strip(artifact, found), {"height": HEIGHT, "hovermode": "closest"})
    plot.add_traces([*_points(artifact, found)])
    foot = 1 - pixels(HEIGHT, STRIP)
    epochs = np.concatenate([runs[column][runs[column] > 0] for column, _ in MOMENTS.values()])
    lowest = float(epochs.min()) if epochs.size else 1.0
    plot.update_layout(
        xaxis={
            "title_text": "share of all pairs that the network is trained on",
            "anchor": "y2",
            "range": [0, 1.03],
            "tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1],
            "tickformat": ".0%",
        },
        yaxis={
            "title_text": "regime",
            "domain": [foot, 1],
            "range": [len(REGIMES) - 0.5, -0.5],
            "tickvals": list(range(len(REGIMES))),
            "ticktext": [f"{name} " for name in REGIMES],
        },
        yaxis2={
            "title_text": "epochs until accuracy stays at 99%",
            "domain": [0, foot - pixels(HEIGHT, GAP)],
            "type": "log",
            "dtick": 1,
            "tickformat": ",d",
            "range": [float(np.log10(lowest / 1.6)), float(np.log10(1.7 * budget))],
        },
    )
    plot.add_hline(budget, yref="y2", **DOTTED)
    censored = artifact.summary["n_censored"]
    return plot.add_annotation(
        x=1,
        xref="x domain",
        xanchor="right",
        y=np.log10(budget),
        yref="y2",
        yanchor="bottom",
        yshift=7,
        showarrow=False,
        text=f"not within {budget:,} epochs" if censored else f"budget, {budget:,} epochs",
    )


def _strip(artifact: Artifact, found: list[Fraction]) -> go.Scatter:
    """Return a point for each regime that occurs at a fraction, as large as its share of runs."""
    of_run, points = regimes(artifact["runs"]), []
    for fraction in found:
        own = of_run[fraction.rows]
        points += [
            (fraction.frac_train, list(REGIMES).index(name), int((own == name).sum()), len(own))
            for name in dict.fromkeys(own.tolist())
        ]
    x, y, n, all_runs = map(np.array, zip(*points, strict=True))
    size = 4 + 7 * np.sqrt(n / all_runs)
    return go.Scatter(
        mode="markers",
        name="regime",
        showlegend=False,
        x=x,
        y=y,
        marker={"color": INK, "symbol": "square", "size": size, "opacity": 1},
        customdata=[
            f"{list(REGIMES)[row]}, {count} of {total} run{'s' if total > 1 else ''}"
            for row, count, total in zip(y, n, all_runs, strict=True)
        ],
        hovertemplate="%{x:.0%} of the pairs: %{customdata}<extra></extra>",
    )


def _points(artifact: Artifact, found: list[Fraction]) -> Iterator[go.Scatter]:
    """Yield for each split the medians' line, the runs that got there, and those that did not."""
    runs = artifact["runs"]
    several = max(len(fraction.rows) for fraction in found) > 1
    points = {"size": 6} if several else {"size": 9}
    beside = _side_by_side(runs["frac_train"], found)
    for split, (column, name) in MOMENTS.items():
        there, colour = runs[column] >= 0, SPLIT_COLOURS[split]
        shared = {"name": name, "legendgroup": split, "yaxis": "y2", "cliponaxis": False}
        yield go.Scatter(shared, **_medians(artifact, found, split))
        yield go.Scatter(
            shared,
            mode="markers",
            x=beside[there],
            y=runs[column][there],
            customdata=runs["frac_train"][there],
            marker={"color": colour, **points},
            showlegend=False,
            hovertemplate=f"%{{customdata:.0%}}: {name} from epoch %{{y:,d}}<extra></extra>",
        )
        if not there.all():
            open_ = {"symbol": "triangle-up-open", "line": {"color": colour, "width": 2}}
            yield go.Scatter(
                shared,
                mode="markers",
                x=beside[~there],
                y=runs["epochs"][~there],
                customdata=runs["frac_train"][~there],
                marker={"color": colour, "size": 13, **open_},
                showlegend=False,
                hovertemplate=f"%{{customdata:.0%}}: {name} not within %{{y:,d}} epochs"
                "<extra></extra>",
            )


def _side_by_side(shares: NDArray[np.float64], found: list[Fraction]) -> NDArray[np.float64]:
    """Return where each run stands: at its share, or, where there are several, beside the others.

    ``shares`` [runs] are those of all runs.
    """
    beside = shares.copy()
    for fraction in found:
        places = np.arange(len(fraction.rows)) - (len(fraction.rows) - 1) / 2
        beside[fraction.rows] += BESIDE * places
    return beside


def _medians(artifact: Artifact, found: list[Fraction], split: str) -> dict[str, Any]:
    """Return the line through the medians, broken where most runs did not get there."""
    runs, column = artifact["runs"], MOMENTS[split][0]
    spans = np.array([_span(reached(runs[column][f.rows])) for f in found])
    low, middle, high = spans.T
    known = np.isfinite(middle)
    line: dict[str, Any] = {
        "mode": "lines",
        "x": [f.frac_train for f in found],
        "y": [float(y) if there else None for y, there in zip(middle, known, strict=True)],
        "line": {"color": SPLIT_COLOURS[split], "width": 1.25},
        "hoverinfo": "skip",
    }
    if max(len(f.rows) for f in found) > 1:
        top = np.where(np.isfinite(high), high, float(artifact.summary["budget"]))
        line["error_y"] = {
            "type": "data",
            "symmetric": False,
            "array": np.where(known, top - np.where(known, middle, 0), 0),
            "arrayminus": np.where(known, np.where(known, middle, 0) - np.where(known, low, 0), 0),
            "color": SPLIT_COLOURS[split],
            "thickness": 2.5,
            "width": 0,
        }
    return line


def _span(epochs: NDArray[np.float64]) -> list[float]:
    """Return the earliest, the median and the latest; infinite where a run did not get there.

    The median is the first by which half of the runs have got there, as in survival estimates.
    """
    median = np.percentile(epochs, 50, method="inverted_cdf")
    return [float(epochs.min()), float(median), float(epochs.max())]


# --- words -------------------------------------------------------------------------------


def _open(artifact: Artifact, quote: Quoting) -> str:
    """Return what became of runs that did not generalise within their budget."""
    n = artifact.summary["n_censored"]
    if not n:
        return f"Every run generalised within the budget of {quote('budget')} epochs."
    return (
        f"Open triangles: {quote('n_censored')} of {quote('n_runs')} runs did not generalise "
        f"within {quote('budget')} epochs; whether and when they would later, is not known."
    )
