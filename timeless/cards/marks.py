"""Marks: the traces of a Plotly figure, drawn in a panel: lines, areas, dots, bars, maps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.cards.axes import Scale
from timeless.cards.canvas import Canvas
from timeless.figures.colours import BLUE

LARGER = 1.5  # than on the page: a card is seen small
_WIDTH = 0.8  # of a bar, where from one to the next is 1
_VISIBLE = 0.2  # pixels of a bar's length, at least
Trace = Mapping[str, Any]


def draw(canvas: Canvas, traces: Sequence[Trace], x: Scale, y: Scale, barmode: str) -> None:
    """Draw the traces of a panel, in their order."""
    bars = [trace for trace in traces if trace["type"] == "bar"]
    for trace in traces:
        if trace["type"] == "bar":
            _bars(canvas, trace, x, y, _standing(trace, bars, x, y, barmode))
        else:
            _DRAWN[trace["type"]](canvas, trace, x, y)


def colour_of(trace: Trace) -> str:
    """Return the colour by which one knows a trace: of its line, its dots or its area."""
    line = trace.get("line", {})
    colours = [line.get("color") if line.get("width") != 0 else None]
    colours += [trace.get("marker", {}).get("color"), trace.get("fillcolor")]
    return next((colour for colour in colours if isinstance(colour, str)), BLUE)


def _scatter(canvas: Canvas, trace: Trace, x: Scale, y: Scale) -> None:
    points = np.stack([x.place(trace["x"]), y.place(trace["y"])], axis=1)
    line, mode = trace.get("line", {}), trace.get("mode", "lines")
    if line.get("shape") == "hv":
        points = np.repeat(points, 2, axis=0)[1:]
        points[1::2, 1] = points[:-1:2, 1]
    if trace.get("fill") in {"toself", "tozeroy"}:
        _area(canvas, trace, points, y)
    opacity = trace.get("opacity", 1)
    if "lines" in mode and line.get("width") != 0:
        colour = canvas.look.drawn(line.get("color") or colour_of(trace), opacity)
        canvas.polyline(points, colour, LARGER * line.get("width", 2), line.get("dash", ""))
    if "markers" in mode:
        _dots(canvas, trace, points, opacity)


def _area(canvas: Canvas, trace: Trace, points: NDArray[Any], y: Scale) -> None:
    whole = points[np.isfinite(points).all(axis=1)]
    if trace["fill"] == "tozeroy":
        feet = [[whole[-1, 0], y.start], [whole[0, 0], y.start]]
        whole = np.concatenate([whole, feet])
    canvas.polygon(whole, canvas.look.drawn(trace.get("fillcolor") or colour_of(trace)))


def _dots(canvas: Canvas, trace: Trace, points: NDArray[Any], opacity: float) -> None:
    marker, n = trace.get("marker", {}), len(points)
    sizes = np.broadcast_to(marker.get("size", 7), n)
    symbols = np.broadcast_to(np.array(marker.get("symbol", "circle"), object), n)
    colours = np.broadcast_to(np.array(marker.get("color", colour_of(trace)), object), n)
    opacity *= float(np.min(marker.get("opacity", 1)))
    for place, size, symbol, colour in zip(points, sizes, symbols, colours, strict=True):
        if np.isfinite(place).all():
            canvas.dot(
                place,
                LARGER * float(size) / 2,
                canvas.look.drawn(_named(colour, marker), opacity),
                round_="square" not in symbol,
                hollow=str(symbol).endswith("open"),
            )


def _named(colour: Any, marker: Trace) -> str:
    """Return a dot's colour; where it is a number, the nearest on the marker's scale."""
    if isinstance(colour, str):
        return colour
    scale = marker["colorscale"]
    low, high = marker.get("cmin", 0), marker.get("cmax", 1)
    share = (float(colour) - low) / ((high - low) or 1)
    return str(min(scale, key=lambda stop: abs(stop[0] - share))[1])


def _bars(canvas: Canvas, trace: Trace, x: Scale, y: Scale, stand: "Standing") -> None:
    flat = trace.get("orientation") == "h"
    across, up = (y, x) if flat else (x, y)
    along, lengths = _bar_values(trace, x, y)
    feet = np.array([up.start if up.log and not foot else up.at(foot) for foot in stand.below])
    tops = up.place(stand.below + lengths)
    colours = trace.get("marker", {}).get("color") or colour_of(trace)
    colours = np.broadcast_to(np.array(colours, object), len(along))
    for place, foot, top, colour in zip(along + stand.shift, feet, tops, colours, strict=True):
        sides = (across.at(place - stand.width / 2), across.at(place + stand.width / 2))
        ends = (foot, top)
        if np.isfinite(ends).all() and abs(top - foot) > _VISIBLE:
            (left, right), (high, low) = map(sorted, (ends, sides) if flat else (sides, ends))
            canvas.rectangle((left, high, right, low), canvas.look.drawn(str(colour)))


@dataclass(frozen=True)
class Standing:
    """How the bars of a trace stand: on what, how far aside along their axis, how wide."""

    below: NDArray[np.float64]
    shift: float
    width: float


def _standing(trace: Trace, bars: Sequence[Trace], x: Scale, y: Scale, barmode: str) -> Standing:
    """Return how bars stand: on those before them, over them or beside, as the layout says."""
    before = bars[: next(i for i, each in enumerate(bars) if each is trace)]
    along, _ = _bar_values(trace, x, y)
    below, width = np.zeros(len(along)), float(np.max(trace.get("width") or _WIDTH))
    if barmode == "stack":
        for each in before:
            known = dict(zip(*_bar_values(each, x, y), strict=True))
            below += [known.get(place, 0) for place in along]
    elif barmode != "overlay":
        width = _WIDTH / len(bars)
        return Standing(below, (len(before) - (len(bars) - 1) / 2) * width, width)
    return Standing(below, 0, width)


def _bar_values(trace: Trace, x: Scale, y: Scale) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return where bars stand along their axis, and their lengths."""
    places, lengths = x.numbers(trace["x"]), y.numbers(trace["y"])
    return (lengths, places) if trace.get("orientation") == "h" else (places, lengths)


def _heatmap(canvas: Canvas, trace: Trace, x: Scale, y: Scale) -> None:
    z = np.array(trace["z"], np.float64)
    left, right = sorted((x.start, x.end))
    top, bottom = sorted((y.start, y.end))
    columns = _cells(x, trace.get("x"), z.shape[1], np.arange(left, right, 1 / 2))
    rows = _cells(y, trace.get("y"), z.shape[0], np.arange(top, bottom, 1 / 2))
    low = trace.get("zmin", float(np.nanmin(z)))
    high = trace.get("zmax", float(np.nanmax(z)))
    share = np.clip((z[rows][:, columns] - low) / ((high - low) or 1), 0, 1)
    stops, colours = zip(*trace["colorscale"], strict=True)
    drawn = np.array([canvas.look.drawn(colour) for colour in colours], float)
    shown = np.stack([np.interp(share, stops, drawn[:, i]) for i in range(3)], axis=-1)
    shown[~np.isfinite(share)] = canvas.look["paper"]
    canvas.image(shown.astype(np.uint8), (left, top, right, bottom))


def _cells(scale: Scale, given: Any, n: int, pixels: NDArray[Any]) -> NDArray[Any]:
    """Return in which of n cells each pixel lies; ``given`` are their edges or their centres."""
    places = np.array([scale.at(i) for i in range(n)]) if given is None else scale.place(given)
    edges = (places[1:] + places[:-1]) / 2 if len(places) == n else places[1:-1]
    if places[0] > places[-1]:
        return n - 1 - np.searchsorted(edges[::-1], pixels)
    return np.asarray(np.searchsorted(edges, pixels))


_DRAWN = {"scatter": _scatter, "heatmap": _heatmap}
KNOWN = {*_DRAWN, "bar"}
