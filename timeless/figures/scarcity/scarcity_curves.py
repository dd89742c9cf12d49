"""How does the data fraction set the delay? Train and test accuracy, a panel for each fraction."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import SPLIT_COLOURS, faint
from timeless.figures.panels import below_one_another, over_epochs, shade
from timeless.figures.regimes import Fraction, fractions, quartiles
from timeless.results.artifacts import Artifact, Results, Table
from timeless.rules import ACCURACY_THRESHOLD, HOLD_EPOCHS
from timeless.words.values import Quoting, plain

ARTIFACTS = ("fraction_sweep",)
ROW, AROUND = 124, 70  # pixels of a panel with its gap, and of what stands around all panels
MOMENTS = {"train": "memorisation_epoch", "test": "grok_epoch"}


def figure(results: Results) -> Figure:
    """Return a panel for each fraction, from the smallest, on one epoch axis."""
    artifact, quote = results["fraction_sweep"], Quoting(results, "fraction_sweep")
    found = fractions(artifact)
    return Figure(
        plot=_plot(artifact, found),
        title="Train and test accuracy at each fraction of the data",
        caption=(
            f"Share of right answers on the pairs that the network was trained on, and on all "
            f"others. {_drawn(found)} Above each panel: the share of pairs trained on, and the "
            f"epochs from which the two accuracies stay at {ACCURACY_THRESHOLD:.0%} or more for "
            f"{HOLD_EPOCHS:,} epochs. Shaded: the time between these, or to the end of the run. A "
            f"line ends where its run does: after {quote('hold')} epochs of generalisation, or at "
            f"the budget of {quote('budget')} epochs."
        ),
        alt=plain(
            "Train and test accuracy over training, a panel for each fraction. "
            + " ".join(f"{_outcome(fraction, artifact['runs'])}." for fraction in found)
        ),
        table=_table(found),
    )


def _drawn(found: list[Fraction]) -> str:
    n = max(len(fraction.rows) for fraction in found)
    if n == 1:
        return "One run for each fraction."
    return (
        f"Line: median of up to {n} runs with different seeds; band: between their quartiles. A "
        "run that has ended counts with its last value."
    )


def _plot(artifact: Artifact, found: list[Fraction]) -> go.Figure:
    runs = artifact["runs"]
    shared = {"range": [-0.03, 1.04], "dtick": 0.5, "tickformat": ".0%"}
    axes = [{"title_text": _outcome(fraction, runs), **shared} for fraction in found]
    longest = max((quartiles(f.curves, "test_accuracy")[0] for f in found), key=len)
    delays = [
        delay for panel, fraction in enumerate(found, 1) for delay in _delay(fraction, runs, panel)
    ]
    plot = over_epochs(AROUND + ROW * len(found), axes, longest, shading=delays, switch="x")
    for panel, fraction in enumerate(found, 1):
        for split, colour in SPLIT_COLOURS.items():
            plot.add_traces(_lines(fraction, split, colour, panel))
    return plot


def _lines(fraction: Fraction, split: str, colour: str, panel: int) -> list[go.Scatter]:
    """Return the median of a split as a line, over the band of its quartiles if there are any."""
    epochs, (low, middle, high) = quartiles(fraction.curves, f"{split}_accuracy")
    share = f"{fraction.frac_train:.0%}"
    shared: dict[str, Any] = {
        "mode": "lines",
        "name": split,
        "legendgroup": split,
        "x": epochs,
        "yaxis": f"y{panel}",
        "line": {"color": colour, "width": 1.75},
        "hovertemplate": f"{share}, {split} %{{y:.1%}}<extra></extra>",
    }
    line = go.Scatter(shared, y=middle)
    if len(fraction.rows) == 1:
        return [line]
    edge = {name: shared[name] for name in ("mode", "name", "legendgroup", "x", "yaxis")}
    edge |= {"line": {"color": colour, "width": 0}, "showlegend": False, "hoverinfo": "skip"}
    fill = go.Scatter(edge, y=high, fill="tonexty", fillcolor=faint(colour, 0.2))
    return [go.Scatter(edge, y=low), fill, line]


def _delay(fraction: Fraction, runs: Table, panel: int) -> list[dict[str, Any]]:
    """Return the shading from the median memorisation to the median grokking epoch, if any."""
    memorised, grokked = (fraction.median(runs, key) for key in MOMENTS.values())
    end = min(grokked, float(runs["epochs"][fraction.rows].max()))
    if not np.isfinite(memorised) or end <= memorised:
        return []
    return [shade(memorised, end, 0.09, panel)]


def _outcome(fraction: Fraction, runs: Table) -> str:
    """Return a fraction and when it got there: "30%: train from 150, test from 11,270"."""
    words = [f"{split} {_when(fraction, runs, key)}" for split, key in MOMENTS.items()]
    n = len(fraction.rows)
    many = f" (medians of {n} runs)" if n > 1 else ""
    return f"{fraction.frac_train:.0%}: {', '.join(words)}{many}"


def _when(fraction: Fraction, runs: Table, key: str) -> str:
    epoch = fraction.median(runs, key)
    if np.isfinite(epoch):
        return f"from {epoch:,.0f}"
    return f"not within {int(runs['epochs'][fraction.rows].max()):,}"


def _table(found: list[Fraction]) -> dict[str, Any]:
    """Return the curves of all runs below one another."""
    parts = [
        (fraction.frac_train, number, table)
        for fraction in found
        for number, table in enumerate(fraction.curves, 1)
    ]
    return below_one_another(
        [table for *_, table in parts],
        ("epoch", *(f"{split}_accuracy" for split in MOMENTS)),
        frac_train=[share for share, *_ in parts],
        run=[number for _, number, _ in parts],
    )
