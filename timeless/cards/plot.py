"""Plot: a Plotly figure in a box of a card: legend, axes, and the marks between them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from timeless.cards import marks
from timeless.cards.axes import Scale
from timeless.cards.canvas import Box, Canvas
from timeless.cards.look import SANS, Font
from timeless.cards.panels import Panel, Trace, panels, plain, title_of
from timeless.figures import Figure

TICK: Font = (SANS, 400, 19)
NAME: Font = (SANS, 500, 20)
_LINE, _TITLE = 30, 34  # pixels of a line of the legend, of a panel's title
_BELOW = 60  # pixels below the panels, for ticks and the title of the x-axis
_ROOM_X, _ROOM_Y = 90, 46  # pixels from one tick to the next, at least
_THIN, _QUIET = 1.25, 0.7  # width and opacity of lines that only mark a place
_EDGE = 8  # pixels by which a dot may stand over the edge of its panel


def can_draw(figure: Figure) -> bool:
    """Return whether every trace is of a kind that a card knows: lines, dots, bars, maps."""
    return all(trace["type"] in marks.KNOWN for trace in figure.data)


def draw(canvas: Canvas, figure: Figure, box: Box) -> None:
    """Draw a figure in a box: the first of its views, in panels where its layout has them."""
    layout, traces = figure.layout, _first_view(figure)
    left, top, right, bottom = box
    left += max(_left_of(canvas, panel) for panel in panels(traces, layout, box))
    top = _legend(canvas, traces, layout, (left, top, right, bottom))
    for panel in panels(traces, layout, (left, top + _TITLE, right, bottom - _BELOW)):
        _frame(canvas, panel)
        x0, y0, x1, y1 = panel.box
        with canvas.part((x0 - _EDGE, y0 - _EDGE, x1 + _EDGE, y1 + _EDGE)) as part:
            _shapes(part, panel, layout)
            marks.draw(part, panel.traces, panel.x, panel.y, layout.get("barmode", ""))


def _first_view(figure: Figure) -> list[Trace]:
    views = figure.layout.get("meta", {}).get("viewSwitch", {}).get("views", {})
    first = next(iter(views), None)
    own = ((trace.get("meta") or {}).get("view", first) for trace in figure.data)
    return [t for t, view in zip(figure.data, own, strict=True) if view == first]


def _legend(canvas: Canvas, traces: Sequence[Trace], layout: Mapping[str, Any], box: Box) -> float:
    """Write the names of the traces beside their colours; return where the panels may begin."""
    named: dict[str, Trace] = {}
    for trace in traces:
        if trace.get("name") and trace.get("showlegend", True):
            named.setdefault(plain(trace["name"]), trace)
    left, top, right, _ = box
    if layout.get("showlegend") is False or len(named) < 2:
        return top
    x, y = left, top + 16
    for name, trace in named.items():
        if x > left and x + 34 + canvas.width_of(name, NAME) > right:
            x, y = left, y + _LINE
        dash, colour = trace.get("line", {}).get("dash", ""), marks.colour_of(trace)
        key = np.array([[x, y - 7], [x + 24, y - 7]])
        canvas.polyline(key, canvas.look.drawn(colour), 4, dash)
        x = canvas.words((x + 34, y), name, NAME, canvas.look["ink-soft"]) + 26
    return y + 14


def _left_of(canvas: Canvas, panel: Panel) -> float:
    """Return the pixels that the labels left of a panel need."""
    if panel.y.axis.get("visible") is False:
        return 0
    ticks = panel.y.ticks(_ROOM_Y)
    return max((canvas.width_of(plain(said), TICK) + 12 for _, said in ticks), default=0)


def _frame(canvas: Canvas, panel: Panel) -> None:
    """Draw a panel's lines and labels."""
    left, top, right, bottom = panel.box
    muted, look = canvas.look["muted"], canvas.look
    if panel.y.axis.get("visible") is not False:
        for value, said in panel.y.ticks(_ROOM_Y):
            y = panel.y.at(value)
            if top - 1 <= y <= bottom + 1:
                canvas.rectangle((left, y, right, y + 1), look["grid"])
                width = canvas.width_of(plain(said), TICK)
                canvas.words((left - 12 - width, y + 6), plain(said), TICK, muted)
    canvas.words((left, top - 12), title_of(panel.y.axis), NAME, muted)
    canvas.rectangle((left, bottom, right, bottom + 1), look["control"])
    if panel.labelled:
        _label_x(canvas, panel)


def _label_x(canvas: Canvas, panel: Panel) -> None:
    left, _, right, bottom = panel.box
    muted = canvas.look["muted"]
    for value, said in panel.x.ticks(_ROOM_X):
        x, width = panel.x.at(value), canvas.width_of(plain(said), TICK)
        if left - 1 <= x <= right + 1:
            canvas.rectangle((x, bottom, x + 1, bottom + 6), canvas.look["control"])
            at = min(max(x - width / 2, left - 12), right + 24 - width)
            canvas.words((at, bottom + 26), plain(said), TICK, muted)
    title = title_of(panel.x.axis)
    canvas.words((right - canvas.width_of(title, NAME), bottom + 52), title, NAME, muted)


def _shapes(canvas: Canvas, panel: Panel, layout: Mapping[str, Any]) -> None:
    """Draw the shadings and lines of the layout that belong to a panel."""
    for shape in layout.get("shapes", ()):
        x = _ends(shape, panel.x, panel.axes[0])
        y = _ends(shape, panel.y, panel.axes[1])
        if x and y and shape["type"] == "rect":
            box = (min(x), min(y), max(x), max(y))
            canvas.rectangle(box, canvas.look.drawn(shape["fillcolor"]))
        elif x and y and shape["type"] == "line":
            line, points = shape["line"], np.stack([x, y], axis=1)
            colour = canvas.look.drawn(line["color"], _QUIET)
            canvas.polyline(points, colour, _THIN, line.get("dash", ""))


def _ends(shape: Mapping[str, Any], scale: Scale, name: str) -> list[float]:
    """Return where a shape begins and ends along an axis, or nothing if that is not its axis."""
    letter = name[0]
    values = shape[f"{letter}0"], shape[f"{letter}1"]
    along = shape.get(f"{letter}ref", letter)
    if along == f"{name} domain":
        return [scale.start + value * (scale.end - scale.start) for value in values]
    return [scale.at(value) for value in values] if along == name else []
