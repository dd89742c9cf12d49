"""Stacked panels over the epochs of a run, with its phases as shaded bands and flags at epochs.

Positions along the height of a figure are fractions of the plot area, as Plotly counts them,
from 0 at the bottom to 1; a little above 1 there is still room for labels.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures.colours import ACCENT, MUTED, PAPER, faint
from timeless.results.artifacts import Artifact, Table
from timeless.words.values import Quoting

AROUND = 70  # pixels of a figure's height that legend and tick labels take
TITLE = 28  # pixels of a panel's title
GAP = 46  # pixels between stacked panels: tick labels, and a title of up to two lines
LINE = 17  # pixels from one flag to the next
ABOVE = 28  # pixels of the margin above the plot area that flags may use
NARROW = 280  # pixels of the plot area's width on a phone
LETTER = 6.5  # pixels of a letter
LOSS: dict[str, Any] = {"title_text": "loss, nats per example", "type": "log"}
ACCURACY = {"title_text": "accuracy", "range": [-0.02, 1.03], "tickformat": ".0%"}
DOTTED: dict[str, Any] = {"layer": "below", "line": {"color": MUTED, "width": 1, "dash": "dot"}}


# --- panels ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Flag:
    """A labelled line at an epoch; None stands at the left edge of the plot."""

    epoch: int | None
    label: str


def stacked(
    height: int,
    axes: Sequence[Mapping[str, Any]],
    header: int = 0,
    levels: Mapping[int, float] | None = None,
    shapes: Sequence[Mapping[str, Any]] = (),
    **x_axis: Any,
) -> go.Figure:
    """Return a figure of equal panels, one for each y-axis, from the top, over one x-axis.

    ``header`` pixels above the first panel stay free. ``levels`` are dotted lines across panels,
    by their numbers from 1; ``shapes`` are all others, since Plotly checks every shape again
    whenever one is added.
    """
    gap, top = pixels(height, GAP), 1 - pixels(height, header)
    each = (top - (len(axes) - 1) * gap) / len(axes)
    tops = [top - i * (each + gap) for i in range(len(axes))]
    panels = {
        f"yaxis{i}": {"domain": [max(0.0, above - each), above], **axis}
        for i, (above, axis) in enumerate(zip(tops, axes, strict=True), 1)
    }
    across = [level(value, panel) for panel, value in (levels or {}).items()]
    return go.Figure(
        layout={
            "xaxis": {"anchor": f"y{len(axes)}", **x_axis},
            **panels,
            "height": height,
            "hoversubplots": "axis",
            "shapes": [*shapes, *across],
        }
    )


def over_epochs(
    height: int,
    axes: Sequence[Mapping[str, Any]],
    epochs: NDArray[Any],
    flags: Sequence[Flag] = (),
    *,
    levels: Mapping[int, float] | None = None,
    shading: Sequence[Mapping[str, Any]] = (),
    switch: Sequence[str] = (),
) -> go.Figure:
    """Return stacked panels over epochs, with flags above the first.

    ``switch`` names the axes, "x" and "y", that a reader can switch between linear and log.
    """
    shapes = [*shading, *_lines(flags, height, axes)]
    plot = stacked(height, axes, header_of(flags), levels, shapes, **epoch_axis(epochs))
    plot.layout.annotations = _labels(flags, height, epochs)
    if switch:
        plot.layout.meta = {"axisSwitch": [*switch]}
    return plot


def level(value: float, panel: int = 1) -> dict[str, Any]:
    """Return the shape of a dotted line across a panel at a value."""
    across = {"xref": "x domain", "x0": 0, "x1": 1, "yref": f"y{panel}"}
    return {"type": "line", **across, "y0": value, "y1": value, **DOTTED}


def epoch_axis(epochs: NDArray[Any]) -> dict[str, Any]:
    """Return a logarithmic axis from the first epoch after 0 to the last one."""
    return {
        "type": "log",
        "title": {"text": "epoch"},
        "dtick": 1,
        "range": [float(np.log10(epoch)) for epoch in _ends(epochs)],
        "tickformat": ",d",
        "unifiedhovertitle": {"text": "epoch %{x:,d}"},
        "minor": {"ticks": "outside", "ticklen": 2, "showgrid": False},
    }


def _ends(epochs: NDArray[Any]) -> tuple[int, int]:
    """Return the first epoch that an axis of logarithms can show, and the last."""
    return int(epochs[epochs > 0].min()), int(epochs.max())


def within(panel: int) -> str:
    """Return what Plotly calls the height of a panel, from 0 to 1."""
    return f"y{panel} domain" if panel > 1 else "y domain"


def pixels(height: int, n: float) -> float:
    """Return n pixels as a fraction of the plot area of a figure of that height."""
    return n / (height - AROUND)


def curve(
    table: Table,
    column: str,
    name: str,
    colour: str,
    words: str = "",
    *,
    panel: int = 1,
    spec: str = ".3~g",
    **more: Any,
) -> go.Scatter:
    """Return a column of a table as a line over its epochs, in a panel counted from the top.

    ``words`` are said of a value that is pointed at, the name if there are none.
    """
    line: dict[str, Any] = {
        "mode": "lines",
        "name": name,
        "x": table["epoch"],
        "y": table[column],
        "yaxis": f"y{panel}",
        "line": {"color": colour, "width": 1.75},
        "hovertemplate": f"{words or name} %{{y:{spec}}}<extra></extra>",
    }
    return go.Scatter(line, **more)


def below_one_another(
    tables: Sequence[Table], columns: Sequence[str], **labels: Sequence[Any]
) -> dict[str, NDArray[Any]]:
    """Return columns of several tables joined, after a column for each of their labels.

    ``labels`` has for each name one value a table.
    """
    lengths = [len(table["epoch"]) for table in tables]
    return {
        **{name: np.repeat(values, lengths) for name, values in labels.items()},
        **{name: np.concatenate([table[name] for table in tables]) for name in columns},
    }


# --- flags: labelled lines at epochs -----------------------------------------------------


def header_of(flags: Sequence[Flag]) -> int:
    """Return the pixels that flags and a title need above the first panel."""
    return max(0, LINE * len(flags) + TITLE - ABOVE) if flags else 0


def _labels(flags: Sequence[Flag], height: int, epochs: NDArray[Any]) -> list[dict[str, Any]]:
    """Return a staircase of labels.

    That of an earlier epoch stands higher, so that no line crosses a label beside it.
    """
    shared = {"yref": "paper", "yanchor": "top", "yshift": 2, "showarrow": False}
    shared |= {"bgcolor": PAPER, "borderpad": 0}
    return [
        {"text": flag.label, "y": 1 + pixels(height, ABOVE - LINE * i), **shared}
        | _beside(flag, epochs)
        for i, flag in enumerate(flags)
    ]


def _lines(
    flags: Sequence[Flag], height: int, axes: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the line of each flag, from its label down, and on through each panel."""
    foot = 1 + pixels(height, ABOVE - LINE * len(flags))
    panels = [(within(panel), 0, 1) for panel in range(1, len(axes) + 1)]
    for i, flag in enumerate(flags):
        if flag.epoch is None:
            continue
        at = {"type": "line", "layer": "below", "x0": flag.epoch, "x1": flag.epoch}
        at["line"] = {"color": MUTED, "width": 1}
        for yref, bottom, top in [("paper", foot, 1 + pixels(height, ABOVE - LINE * i)), *panels]:
            yield {**at, "yref": yref, "y0": bottom, "y1": top}


def _beside(flag: Flag, epochs: NDArray[Any]) -> dict[str, Any]:
    """Return where a label stands on a logarithmic axis: right of its line if there is room."""
    if flag.epoch is None:
        return {"x": 0, "xref": "x domain", "xanchor": "left"}
    first, last = np.log10(_ends(epochs))
    x = float(np.log10(flag.epoch))
    room = NARROW * (last - x) / max(last - first, 1e-9)
    fits = room > LETTER * len(flag.label)
    side = {"xanchor": "left", "xshift": 3} if fits else {"xanchor": "right", "xshift": -3}
    return {"x": x, "xref": "x", **side}


# --- phases ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Band:
    """One phase of training: its name, its first and its last epoch, and how dark it is."""

    name: str
    start: int
    end: int
    opacity: float


def bands(artifact: Artifact, epochs: NDArray[Any]) -> list[Band]:
    """Return the phases of a run, from its summary; a run that does not grok has only the first."""
    keys = ("circuit_starts", "cleanup_starts", "cleanup_ends")
    bounds = [artifact.summary[key] for key in keys]
    names = ("memorisation", "circuit formation", "clean-up", "grokked")
    inner = [] if None in bounds else bounds
    ends = [int(epochs.min()), *inner, int(epochs.max())]
    return [
        Band(name, start, end, opacity)
        for name, (start, end), opacity in zip(
            names, pairwise(ends), (0, 0.16, 0.07, 0), strict=False
        )
    ]


def over_phases(
    artifact: Artifact,
    epochs: NDArray[Any],
    height: int,
    axes: Sequence[Mapping[str, Any]],
    *,
    levels: Mapping[int, float] | None = None,
    switch: Sequence[str] = (),
) -> go.Figure:
    """Return stacked panels over epochs, with the run's phases behind them."""
    phases, (first, _) = bands(artifact, epochs), _ends(epochs)
    shading = [
        shade(max(phase.start, first), phase.end, phase.opacity, panel) | {"name": phase.name}
        for phase in phases
        for panel in range(1, len(axes) + 1)
        if phase.opacity
    ]
    flags = _phase_flags(phases)
    return over_epochs(height, axes, epochs, flags, levels=levels, shading=shading, switch=switch)


def _phase_flags(phases: Sequence[Band]) -> list[Flag]:
    if len(phases) == 1:
        return [Flag(None, f"{phases[0].name}: no grokking within {phases[0].end:,} epochs")]
    return [Flag(phase.start if i else None, phase.name) for i, phase in enumerate(phases)]


def shade(start: float, end: float, opacity: float, panel: int = 1) -> dict[str, Any]:
    """Return the shading of a panel between two places along its x-axis."""
    place = {"x0": start, "x1": end, "yref": within(panel), "y0": 0, "y1": 1}
    colour = {"fillcolor": faint(ACCENT, opacity), "line": {"width": 0}}
    return {"type": "rect", "layer": "below", **place, **colour}


def phase_words(artifact: Artifact, quote: Quoting) -> str:
    """Return where the phases of a run begin, as a sentence."""
    if artifact.summary["cleanup_ends"] is None:
        return "This run does not grok, so there is only one phase, memorisation."
    return (
        f"Circuit formation begins at epoch {quote('circuit_starts')}, clean-up at "
        f"{quote('cleanup_starts')}; the run has grokked at {quote('cleanup_ends')}."
    )
