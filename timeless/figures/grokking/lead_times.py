"""Which measure moves before test accuracy does, and which moves on runs that never generalise?"""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import GREY, INK, MAGENTA, TEAL
from timeless.results.artifacts import Artifact, Results
from timeless.rules import BEHAVIOUR, HINDSIGHT, UNSEEN
from timeless.words.values import Quoting, plain, run_name

ARTIFACTS = ("phases",)
HEIGHT = 640
GAP = 0.16  # of the height, between the panels
MEASURES = {
    "restricted_loss_all": "restricted loss*",
    "restricted_loss_online": "restricted loss",
    "gini_W_E": "Gini coefficient",
    "sum_sq_weights": "sum of squares",
    "spectral_entropy": "spectral entropy",
    "loss_test": "test loss",
    "loss_unseen": "loss, unseen pairs",
}
WORDS = MEASURES | {BEHAVIOUR: "test accuracy", UNSEEN: "accuracy, unseen pairs"}
PLACES = {measure: len(MEASURES) - 1 - i for i, measure in enumerate(MEASURES)}
RATES = {  # words, colour, symbol, and how far from the middle of a measure's row
    "ahead": ("announced in time, of runs that generalise", TEAL, "circle", 0.16),
    "false": ("false alarms, of runs that do not", MAGENTA, "x", -0.16),
}


def figure(results: Results) -> Figure:
    """Return the leads of each measure, a dot for each run, above the rates with intervals."""
    artifact, quote = results["phases"], Quoting(results, "phases")
    alarms = artifact["alarms"]
    shown = alarms["threshold"] == artifact.config["rule"]["threshold"]
    table: dict[str, Any] = {name: alarms[name][shown] for name in alarms.columns}
    return Figure(
        plot=_plot(artifact),
        title="What announces generalisation, and how often for nothing",
        caption=(
            "Above, a dot for each run that generalises: by how many epochs the alarm of a measure "
            "precedes that of test accuracy; to the left of zero it comes too late. Bars: medians "
            "with 95% intervals. Below, the share of runs that are announced in time, and the "
            "share of runs that do not generalise on which it rings all the same, with Wilson's "
            "95% intervals. *By frequencies that are read off the end of the run, which nobody has "
            f"while it goes on. {_story(quote)}"
        ),
        alt=plain(f"Leads of {len(MEASURES)} measures, and rates of alarms. {_story(quote)}"),
        table=table | {"measure": np.array([WORDS[name] for name in table["measure"]])},
    )


def _plot(artifact: Artifact) -> go.Figure:
    each = (1 - GAP) / 2
    rows: dict[str, Any] = {"range": [-0.6, len(MEASURES) - 0.4], "zeroline": False}
    rows |= {"tickvals": list(PLACES.values()), "ticktext": list(MEASURES.values())}
    plot = go.Figure(
        layout={
            "height": HEIGHT,
            "hovermode": "closest",
            "yaxis": {"domain": [1 - each, 1], **rows},
            "yaxis2": {"domain": [0, each], **rows},
            "xaxis": {"anchor": "y", "title": {"text": "epochs before test accuracy"}},
            "xaxis2": {
                "anchor": "y2",
                "title": {"text": "share of runs"},
                "tickformat": ".0%",
                "range": [-0.03, 1.03],
            },
        }
    )
    _add_leads(plot, artifact.summary["lead"])
    for key in RATES:
        plot.add_trace(_rates(artifact.summary["lead"], key))
    return plot


def _add_leads(plot: go.Figure, found: dict[str, Any]) -> None:
    """Add the dots, and a bar for each median."""
    for hindsight, colour in ((False, TEAL), (True, GREY)):
        dots = [
            (lead, PLACES[measure], run_name(run))
            for measure in MEASURES
            if (measure in HINDSIGHT) == hindsight
            for run, lead in found[measure]["leads"].items()
            if lead is not None
        ]
        plot.add_scatter(
            mode="markers",
            name="a run, in hindsight" if hindsight else "a run",
            x=[lead for lead, *_ in dots],
            y=[place for _, place, _ in dots],
            text=[run for *_, run in dots],
            marker={"color": colour, "size": 9, "opacity": 0.6},
            hovertemplate="%{text}: %{x:,d} epochs<extra></extra>",
        )
    spans = {measure: found[measure]["median_lead"] for measure in MEASURES}
    known = {measure: span for measure, span in spans.items() if None not in span.values()}
    plot.add_scatter(
        mode="markers",
        name="median, 95% interval",
        x=[span["median"] for span in known.values()],
        y=[PLACES[measure] for measure in known],
        text=[MEASURES[measure] for measure in known],
        error_x=_reach(list(known.values()), "median", INK),
        marker={"color": INK, "size": 13, "symbol": "line-ns-open"},
        hovertemplate="%{text}, median: %{x:,d} epochs<extra></extra>",
    )


def _rates(found: dict[str, Any], key: str) -> go.Scatter:
    words, colour, symbol, beside = RATES[key]
    rates = {
        measure: found[measure][key]
        for measure in MEASURES
        if found[measure][key]["share"] is not None
    }
    counts = [
        f"{MEASURES[measure]}: {rate['count']} of {rate['n']}" for measure, rate in rates.items()
    ]
    return go.Scatter(
        mode="markers",
        name=words,
        xaxis="x2",
        yaxis="y2",
        x=[rate["share"] for rate in rates.values()],
        y=[PLACES[measure] + beside for measure in rates],
        text=counts,
        error_x=_reach(list(rates.values()), "share", colour),
        marker={"color": colour, "size": 10, "symbol": symbol},
        hovertemplate=f"%{{text}} {words}<extra></extra>",
    )


def _reach(spans: list[dict[str, Any]], middle: str, colour: str) -> dict[str, Any]:
    """Return error bars from ``low`` to ``high`` around the middle."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [span["high"] - span[middle] for span in spans],
        "arrayminus": [span[middle] - span["low"] for span in spans],
        "color": colour,
        "thickness": 1.5,
        "width": 4,
    }


def _story(quote: Quoting) -> str:
    """Return in words how often each measure announced a run in time, and how often falsely."""
    parts = [
        f"{words.removesuffix('*')}{' in hindsight' if measure in HINDSIGHT else ''} "
        f"{_of(quote, measure, 'ahead')} in time and {_of(quote, measure, 'false')} falsely"
        for measure, words in MEASURES.items()
    ]
    return f"Runs announced: {'; '.join(parts)}."


def _of(quote: Quoting, measure: str, key: str) -> str:
    return f"{quote(f'lead.{measure}.{key}.count')} of {quote(f'lead.{measure}.{key}.n')}"
