"""Panels: where the pairs of axes of a Plotly figure lie in a box, with their scales."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.cards.axes import Scale, names_in, numbers, span
from timeless.cards.canvas import Box

Trace = Mapping[str, Any]
Axis = Mapping[str, Any]
GAP = 48  # pixels between panels, for a title
_TAG = re.compile(r"<(?!/?su[bp]>)[^>]*>")


@dataclass(frozen=True)
class Panel:
    """One pair of axes and what is drawn between them; ``labelled`` if its x-axis is below it."""

    traces: Sequence[Trace]
    axes: tuple[str, str]  # as Plotly calls them: x, y2
    x: Scale
    y: Scale
    labelled: bool

    @property
    def box(self) -> Box:
        """Left, top, right and bottom, in pixels."""
        return self.x.start, min(self.y.ends), self.x.end, max(self.y.ends)


def panels(traces: Sequence[Trace], layout: Mapping[str, Any], box: Box) -> list[Panel]:
    """Return the panels of a figure, which fill the box as the layout shares it out."""
    left, _, right, _ = box
    pairs = dict.fromkeys(map(_axes_of, traces))
    rows = _rows(layout, [y for _, y in pairs], box)
    found = []
    for x, y in pairs:
        begin, end = (left + share * (right - left) for share in _domain(layout, x))
        below = (rows[other][0] for across, other in pairs if across == x)
        found.append(
            Panel(
                traces=[trace for trace in traces if _axes_of(trace) == (x, y)],
                axes=(x, y),
                x=_scale(layout, x, traces, begin, end),
                y=_scale(layout, y, traces, *rows[y]),
                labelled=rows[y][0] == max(below),
            )
        )
    return found


def _rows(
    layout: Mapping[str, Any], axes: Sequence[str], box: Box
) -> dict[str, tuple[float, float]]:
    """Return bottom and top of panels: shares of the height as in the layout, with even gaps."""
    domains = {name: _domain(layout, name) for name in axes}
    stack = sorted({*domains.values()}, reverse=True)
    height = (box[3] - box[1] - GAP * (len(stack) - 1)) / sum(high - low for low, high in stack)
    rows, top = {}, box[1]
    for low, high in stack:
        rows[low, high] = top + height * (high - low), top
        top = rows[low, high][0] + GAP
    return {name: rows[domain] for name, domain in domains.items()}


def _axes_of(trace: Trace) -> tuple[str, str]:
    return trace.get("xaxis") or "x", trace.get("yaxis") or "y"


def _axis(layout: Mapping[str, Any], name: str) -> Axis:
    axis: Axis = layout.get(f"{name[0]}axis{name[1:]}") or {}
    return axis


def _domain(layout: Mapping[str, Any], name: str) -> tuple[float, float]:
    low, high = _axis(layout, name).get("domain") or (0.0, 1.0)
    return low, high


def _scale(
    layout: Mapping[str, Any], name: str, traces: Sequence[Trace], start: float, end: float
) -> Scale:
    axis, letter = _axis(layout, name), name[0]
    own = [trace for trace in traces if name in _axes_of(trace)]
    names = names_in([trace[letter] for trace in own if trace.get(letter) is not None])
    seen = [_extent(trace, letter, names) for trace in own]
    if layout.get("barmode") == "stack" and any(_is_length(trace, letter) for trace in own):
        seen.append(_stacked(own, letter))
    points = any("markers" in trace.get("mode", "") for trace in own)
    lines = letter == "y" and any(trace["type"] in {"scatter", "bar"} for trace in own)
    low, high = span(axis, np.concatenate(seen), roomy=not names and (points or lines))
    return Scale(axis, low, high, start, end, names)


def _extent(trace: Trace, letter: str, names: Sequence[str]) -> NDArray[np.float64]:
    """Return the values that a trace needs on one of its axes."""
    if trace["type"] == "heatmap":
        n = np.shape(trace["z"])[letter == "x"]
        given = trace.get(letter)
        places = np.arange(n) if given is None else numbers(given, names)
        return _around(places, 0.5 if len(places) == n else 0)
    values = numbers(trace[letter], names)
    if trace["type"] != "bar":
        return values
    return np.array([0, *values]) if _is_length(trace, letter) else _around(values, 0.5)


def _is_length(trace: Trace, letter: str) -> bool:
    flat = trace.get("orientation") == "h"
    return trace["type"] == "bar" and letter == ("x" if flat else "y")


def _stacked(traces: Sequence[Trace], letter: str) -> NDArray[np.float64]:
    return np.asarray(sum(numbers(t[letter], ()) for t in traces if _is_length(t, letter)))


def _around(places: NDArray[Any], room: float) -> NDArray[np.float64]:
    return np.array([np.min(places) - room, np.max(places) + room])


# --- words -------------------------------------------------------------------------------


def title_of(axis: Axis) -> str:
    """Return the title of an axis as plain text."""
    title = axis.get("title") or {}
    return plain(title.get("text") or "")


def plain(text: Any) -> str:
    """Return a text of Plotly's on one line, without markup but for raised and lowered letters."""
    return " ".join(unescape(_TAG.sub(" ", str(text))).split())
