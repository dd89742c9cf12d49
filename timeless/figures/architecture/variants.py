"""Does the story depend on the architecture? Epochs to memorise and to generalise, by variant."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import MUTED, PAPER, SPLIT_COLOURS
from timeless.results.artifacts import Artifact, Results
from timeless.rules import ACCURACY_THRESHOLD, HOLD_EPOCHS
from timeless.words.values import Quoting, plain

ARTIFACTS = ("variants",)
ROW, AROUND = 64, 110  # pixels of a row, and of what stands around all rows
MOMENTS = {"train": "memorisation_epoch", "test": "grok_epoch"}
ACTIVATIONS = {"relu": "ReLU", "gelu": "GELU"}


def figure(results: Results) -> Figure:
    """Return a row for each variant on one epoch axis: where train and test accuracy get there."""
    artifact, quote = results["variants"], Quoting(results, "variants")
    records: Mapping[str, Any] = artifact.summary["runs"]
    default, runs = records[artifact.summary["default"]], artifact["runs"]
    return Figure(
        plot=_plot(records, default),
        title="Memorising and generalising, by variant",
        caption=(
            f"The first logged epoch from which accuracy stays at {ACCURACY_THRESHOLD:.0%} or more "
            f"for {HOLD_EPOCHS:,} epochs, on a logarithmic axis; one run each, with seed "
            f"{quote.found(default['seed'], 'runs')}. The first row has the heads and the "
            f"activation of the main run, which has another seed. {_words(artifact, quote)}"
        ),
        alt=plain(
            "A row for each variant on a logarithmic epoch axis. "
            + " ".join(f"{_fate(record, default)}." for record in records.values())
            + f" {_words(artifact, quote)}"
        ),
        table={name: runs[name] for name in runs.columns},
    )


def variant(record: Mapping[str, Any], default: Mapping[str, Any] | None = None) -> str:
    """Return the name of a variant: "1 head, GELU", and the precision where it is not float64."""
    heads = f"{record['n_heads']} head{'s' if record['n_heads'] > 1 else ''}"
    words = [heads, ACTIVATIONS[record["act"]]]
    words += [] if record["loss_dtype"] == "float64" else [f"{record['loss_dtype']} loss"]
    return ", ".join(words) + (" (as the main run)" if record is default else "")


# --- what is drawn -----------------------------------------------------------------------


def _plot(records: Mapping[str, Any], default: Mapping[str, Any]) -> go.Figure:
    height = AROUND + ROW * len(records)
    names = [_name(variant(record, default), row) for row, record in enumerate(records.values())]
    layout = {"height": height, "hovermode": "closest", "annotations": names}
    plot = go.Figure([*_waits(records), *_points(records)], layout)
    known = [r[key] for r in records.values() for key in MOMENTS.values() if r[key]]
    last = max(record["epochs"] for record in records.values())
    ends = [min([*known, last]) / 1.5, 1.25 * last]
    plot.update_xaxes(
        title_text="epoch",
        type="log",
        dtick=1,
        tickformat=",d",
        range=[float(np.log10(end)) for end in ends],
        minor={"ticks": "outside", "ticklen": 2, "showgrid": False},
    )
    return plot.update_yaxes(visible=False, range=[0.4 - len(records), 0.6])


def _name(name: str, row: int) -> go.layout.Annotation:
    return go.layout.Annotation(
        x=0,
        xref="x domain",
        xanchor="left",
        y=0.18 - row,
        yanchor="bottom",
        text=name,
        showarrow=False,
        bgcolor=PAPER,
        borderpad=0,
    )


def _waits(records: Mapping[str, Any]) -> Iterator[go.Scatter]:
    """Yield for each row a line from memorisation to generalisation, or to the end of the run."""
    for row, record in enumerate(records.values()):
        start, grokked = record["memorisation_epoch"], record["grok_epoch"]
        if start is None:
            continue
        dash = "dot" if grokked is None else "solid"
        yield go.Scatter(
            mode="lines",
            name="delay",
            showlegend=False,
            x=[start, record["epochs"] if grokked is None else grokked],
            y=[-row, -row],
            line={"color": MUTED, "width": 1.5, "dash": dash},
            hoverinfo="skip",
        )


def _points(records: Mapping[str, Any]) -> Iterator[go.Scatter]:
    """Yield for each split the epochs that were reached, and where the other runs ended."""
    for split, key in MOMENTS.items():
        reached = {-row: r for row, r in enumerate(records.values()) if r[key] is not None}
        others = {-row: r for row, r in enumerate(records.values()) if r[key] is None}
        colour = SPLIT_COLOURS[split]
        shared = {"mode": "markers+text", "cliponaxis": False, "legendgroup": split}
        shared["name"] = f"{split} accuracy"
        yield go.Scatter(
            shared,
            x=[record[key] for record in reached.values()],
            y=list(reached),
            text=[f"{record[key]:,}" for record in reached.values()],
            textposition="bottom right" if split == "test" else "bottom left",
            marker={"color": colour, "size": 11},
            hovertemplate=f"{split} accuracy from epoch %{{x:,d}}<extra></extra>",
        )
        if others:
            open_ = {"symbol": "triangle-right-open", "line": {"color": colour, "width": 2}}
            yield go.Scatter(
                shared,
                x=[record["epochs"] for record in others.values()],
                y=list(others),
                text=[_not_within(record, split) for record in others.values()],
                textposition="bottom left",
                marker={"color": colour, "size": 13, **open_},
                showlegend=False,
                hovertemplate=f"{split} accuracy not within %{{x:,d}} epochs<extra></extra>",
            )


def _not_within(record: Mapping[str, Any], split: str) -> str:
    """Return the text at the end of a run; a run that did not memorise says it once."""
    if split == "train":
        return ""
    neither = record["memorisation_epoch"] is None
    return f"{'neither' if neither else 'not'} within {record['epochs']:,}"


# --- words -------------------------------------------------------------------------------


def _fate(record: Mapping[str, Any], default: Mapping[str, Any]) -> str:
    """Return a variant and its epochs: "1 head, GELU: train from 150, test from 9,000"."""
    words = [
        f"{split} {'not within' if record[key] is None else 'from'} "
        f"{record['epochs'] if record[key] is None else record[key]:,}"
        for split, key in MOMENTS.items()
    ]
    return f"{variant(record, default)}: {', '.join(words)}"


def _words(artifact: Artifact, quote: Quoting) -> str:
    """Return how many of the variants generalised."""
    n, total = artifact.summary["n_grokked"], artifact.summary["n_runs"]
    if n == total:
        return f"All {quote('n_runs')} generalised."
    return (
        f"{quote('n_grokked')} of {quote('n_runs')} generalised within their runs; open triangles "
        "stand where the others end."
    )
