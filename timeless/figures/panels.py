"""Stacked panels over the epochs of a run, with its phases as shaded bands and flags at epochs.

Positions along the height of a figure are fractions of the plot area, as Plotly counts them,
from 0 at the bottom to 1; a little above 1 there is still room for labels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.figures.colours import ACCENT, MUTED, PAPER, faint
from timeless.results.artifacts import Artifact, Table
from timeless.words.quoting import Quoting

Parts = list[dict[str, Any]]  # of a Plotly layout: shapes, annotations

AROUND = 70  # pixels of a figure's height that legend and tick labels take
TITLE = 28  # pixels of a panel's title
GAP = 46  # pixels between stacked panels: tick labels, and a title of up to two lines
LINE = 17  # pixels from one flag to the next
ABOVE = 28  # pixels of the margin above the plot area that flags may use
NARROW = 280  # pixels of the plot area's width on a phone
LETTER = 6.5  # pixels of a letter


# --- axes --------------------------------------------------------------------------------


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


def pixels(height: int, n: float) -> float:
    """Return n pixels as a fraction of the plot area of a figure of that height."""
    return n / (height - AROUND)


def inner_pixels(height: int, layout: Mapping[str, Any] | None = None) -> float:
    """Return about how many pixels high the plot area is drawn, or a layout's first panel."""
    bottom, top = layout["yaxis"]["domain"] if layout else (0, 1)
    return float(top - bottom) * (height - AROUND)


def stacked_axes(
    height: int, axes: Sequence[Mapping[str, Any]], header: int = 0
) -> dict[str, dict[str, Any]]:
    """Return the layout's y-axes, equal panels one above the other, from the top.

    They share the x-axis under the last; ``header`` pixels above the first stay free.
    """
    gap, top = pixels(height, GAP), 1 - pixels(height, header)
    each = (top - (len(axes) - 1) * gap) / len(axes)
    tops = [top - i * (each + gap) for i in range(len(axes))]
    return {
        f"yaxis{i or ''}": {"domain": [max(0.0, above - each), above], **axis}
        for i, above, axis in zip([0, *range(2, len(axes) + 1)], tops, axes, strict=True)
    }


def _domains(layout: Mapping[str, Any]) -> list[list[float]]:
    return [axis["domain"] for key, axis in layout.items() if key.startswith("yaxis")]


# --- traces and levels -------------------------------------------------------------------


def curve(
    table: Table,
    column: str,
    name: str,
    colour: str,
    *,
    panel: int = 1,
    spec: str = ".3~g",
    dash: str = "solid",
) -> dict[str, Any]:
    """Return a column of a table as a line over its epochs, in a panel counted from the top."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": table["epoch"],
        "y": table[column],
        "xaxis": "x",
        "yaxis": f"y{panel}" if panel > 1 else "y",
        "line": {"color": colour, "width": 1.75, "dash": dash},
        "hovertemplate": f"{name} %{{y:{spec}}}<extra></extra>",
    }


def level(value: float, *, panel: int = 1) -> dict[str, Any]:
    """Return the shape of a dotted line across a panel at a value."""
    return {
        "type": "line",
        "xref": "x domain",
        "yref": f"y{panel}" if panel > 1 else "y",
        "x0": 0,
        "x1": 1,
        "y0": value,
        "y1": value,
        "layer": "below",
        "line": {"color": MUTED, "width": 1, "dash": "dot"},
    }


# --- flags: labelled lines at epochs -----------------------------------------------------


@dataclass(frozen=True)
class Flag:
    """A labelled line at an epoch; None stands at the left edge of the plot."""

    epoch: int | None
    label: str


def header_of(flags: Sequence[Flag]) -> int:
    """Return the pixels that flags and a title need above the first panel."""
    return max(0, LINE * len(flags) + TITLE - ABOVE) if flags else 0


def fly(
    flags: Sequence[Flag], height: int, layout: Mapping[str, Any], epochs: NDArray[Any]
) -> tuple[Parts, Parts]:
    """Return shapes and annotations of flags: a staircase of labels, and lines in each panel.

    The label of an earlier epoch stands higher, so that no line crosses a label beside it.
    """
    shapes, annotations = [], []
    foot = 1 + pixels(height, ABOVE - LINE * len(flags))
    for i, flag in enumerate(flags):
        top = 1 + pixels(height, ABOVE - LINE * i)
        label = {"y": top, "yref": "paper", "yanchor": "top", "text": flag.label}
        style = {"showarrow": False, "bgcolor": PAPER, "borderpad": 0, "yshift": 2}
        annotations.append(label | style | _beside(flag, epochs))
        if flag.epoch is not None:
            spans = [[foot, top], *_domains(layout)]
            shapes += [_upright(flag.epoch, bottom, above) for bottom, above in spans]
    return shapes, annotations


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


def _upright(epoch: int, bottom: float, top: float) -> dict[str, Any]:
    return {
        "type": "line",
        "layer": "below",
        "xref": "x",
        "yref": "paper",
        "x0": epoch,
        "x1": epoch,
        "y0": bottom,
        "y1": top,
        "line": {"color": MUTED, "width": 1},
    }


# --- phases ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Band:
    """One phase of training: its name, its first and its last epoch, and its tint."""

    name: str
    start: int
    end: int
    tint: str


def bands(artifact: Artifact, epochs: NDArray[Any]) -> list[Band]:
    """Return the phases of a run, from its summary; a run that does not grok has only the first."""
    keys = ("circuit_starts", "cleanup_starts", "cleanup_ends")
    bounds = [artifact.summary[key] for key in keys]
    names = ("memorisation", "circuit formation", "clean-up", "grokked")
    tints = (faint(PAPER, 0), faint(ACCENT, 0.16), faint(ACCENT, 0.07), faint(PAPER, 0))
    inner = [] if None in bounds else bounds
    ends = [int(epochs.min()), *inner, int(epochs.max())]
    return [
        Band(name, start, end, tint)
        for name, (start, end), tint in zip(names, pairwise(ends), tints, strict=False)
    ]


def over_phases(
    artifact: Artifact, epochs: NDArray[Any], height: int, axes: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the layout of stacked panels over epochs, with the run's phases behind them."""
    phases = bands(artifact, epochs)
    flags = _phase_flags(phases)
    panels = stacked_axes(height, axes, header_of(flags))
    shapes, annotations = fly(flags, height, panels, epochs)
    shading = [_rectangle(phase, epochs, domain) for phase in phases for domain in _domains(panels)]
    return {
        "xaxis": epoch_axis(epochs) | {"anchor": f"y{len(axes)}" if len(axes) > 1 else "y"},
        **panels,
        "shapes": shading + shapes,
        "annotations": annotations,
        "hoversubplots": "axis",
    }


def _phase_flags(phases: Sequence[Band]) -> list[Flag]:
    if len(phases) == 1:
        return [Flag(None, f"{phases[0].name}: no grokking within {phases[0].end:,} epochs")]
    return [Flag(phase.start if i else None, phase.name) for i, phase in enumerate(phases)]


def _rectangle(phase: Band, epochs: NDArray[Any], domain: Sequence[float]) -> dict[str, Any]:
    return {
        "type": "rect",
        "layer": "below",
        "xref": "x",
        "yref": "paper",
        "name": phase.name,
        "x0": max(phase.start, _ends(epochs)[0]),
        "x1": phase.end,
        "y0": domain[0],
        "y1": domain[1],
        "fillcolor": phase.tint,
        "line": {"width": 0},
    }


def phase_words(artifact: Artifact, quote: Quoting) -> str:
    """Return where the phases of a run begin, as a sentence."""
    if artifact.summary["cleanup_ends"] is None:
        return "This run does not grok, so there is only one phase, memorisation."
    return (
        f"Circuit formation begins at epoch {quote('circuit_starts')}, clean-up at "
        f"{quote('cleanup_starts')}; the run has grokked at {quote('cleanup_ends')}."
    )
