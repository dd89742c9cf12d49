"""How does the data fraction set the delay? Train and test accuracy, a panel for each fraction."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import ACCENT, SPLIT_COLOURS, faint
from timeless.figures.panels import epoch_axis, stacked_axes
from timeless.figures.regimes import Fraction, fractions, quartiles
from timeless.results.artifacts import Artifact, Results, Table
from timeless.rules import ACCURACY_THRESHOLD, HOLD_EPOCHS
from timeless.words.quoting import Quoting, plain

ARTIFACTS = ("fraction_sweep",)
ROW, AROUND = 124, 70  # pixels of a panel with its gap, and of what stands around all panels
SPLITS = ("train", "test")
MOMENTS = {"train": "memorisation_epoch", "test": "grok_epoch"}


def figure(results: Results) -> Figure:
    """Return a panel for each fraction, from the smallest, on one epoch axis."""
    artifact, quote = results["fraction_sweep"], Quoting(results, "fraction_sweep")
    found = fractions(artifact)
    height = AROUND + ROW * len(found)
    return Figure(
        plot=go.Figure(
            [
                trace
                for panel, fraction in enumerate(found, 1)
                for split in SPLITS
                for trace in _lines(fraction, split, panel)
            ],
            _layout(artifact, found, height),
        ),
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
        height=height,
    )


def _drawn(found: list[Fraction]) -> str:
    n = max(len(fraction.rows) for fraction in found)
    if n == 1:
        return "One run for each fraction."
    return (
        f"Line: median of up to {n} runs with different seeds; band: between their quartiles. A "
        "run that has ended counts with its last value."
    )


def _lines(fraction: Fraction, split: str, panel: int) -> list[dict[str, Any]]:
    """Return the median of a split as a line, over the band of its quartiles if there are any."""
    epochs, (low, middle, high) = quartiles(fraction.curves, f"{split}_accuracy")
    share = f"{fraction.frac_train:.0%}"
    axes = {"xaxis": "x", "yaxis": f"y{panel}" if panel > 1 else "y", "legendgroup": split}
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": split,
        "x": epochs,
        "y": middle,
        "line": {"color": SPLIT_COLOURS[split], "width": 1.75},
        "hovertemplate": f"{share}, {split} %{{y:.1%}}<extra></extra>",
    }
    if len(fraction.rows) == 1:
        return [axes | line]
    edge = {
        "type": "scatter",
        "mode": "lines",
        "name": split,
        "showlegend": False,
        "x": epochs,
        "line": {"color": SPLIT_COLOURS[split], "width": 0},
        "hoverinfo": "skip",
    }
    fill = {"fill": "tonexty", "fillcolor": faint(SPLIT_COLOURS[split], 0.2)}
    return [axes | edge | {"y": low}, axes | edge | {"y": high} | fill, axes | line]


def _layout(artifact: Artifact, found: list[Fraction], height: int) -> dict[str, Any]:
    runs = artifact["runs"]
    axes = [
        {
            "title": {"text": _outcome(fraction, runs)},
            "range": [-0.03, 1.04],
            "dtick": 0.5,
            "tickformat": ".0%",
        }
        for fraction in found
    ]
    panels = stacked_axes(height, axes)
    longest = max((quartiles(f.curves, "test_accuracy")[0] for f in found), key=len)
    spans = zip(found, panels.values(), strict=True)
    return {
        "xaxis": epoch_axis(longest) | {"anchor": f"y{len(found)}" if len(found) > 1 else "y"},
        **panels,
        "shapes": [
            shape for fraction, axis in spans for shape in _delay(fraction, runs, axis["domain"])
        ],
        "hoversubplots": "axis",
        "meta": {"axisSwitch": "x"},
    }


def _delay(fraction: Fraction, runs: Table, domain: list[float]) -> list[dict[str, Any]]:
    """Return the shading from the median memorisation to the median grokking epoch, if any."""
    memorised, grokked = (fraction.median(runs, key) for key in MOMENTS.values())
    if not np.isfinite(memorised):
        return []
    end = min(grokked, float(runs["epochs"][fraction.rows].max()))
    if end <= memorised:
        return []
    return [
        {
            "type": "rect",
            "layer": "below",
            "xref": "x",
            "yref": "paper",
            "x0": memorised,
            "x1": end,
            "y0": domain[0],
            "y1": domain[1],
            "fillcolor": faint(ACCENT, 0.09),
            "line": {"width": 0},
        }
    ]


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
    parts = [(fraction, table) for fraction in found for table in fraction.curves]
    columns = ("epoch", *(f"{split}_accuracy" for split in SPLITS))
    shares = [np.full(len(table["epoch"]), fraction.frac_train) for fraction, table in parts]
    numbers = [
        np.full(len(table["epoch"]), number)
        for fraction in found
        for number, table in enumerate(fraction.curves, 1)
    ]
    return {
        "frac_train": np.concatenate(shares),
        "run": np.concatenate(numbers),
        **{name: np.concatenate([table[name] for _, table in parts]) for name in columns},
    }
