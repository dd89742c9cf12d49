"""Figures: one module each, artifacts in, plain Plotly traces and layout out.

``timeless/figures/PAGE/NAME.py`` defines ``ARTIFACTS``, the names of the artifacts it reads, and
``figure(results) -> Figure``. The shared look (fonts, colours, margins, hover) is not here: the
page adds it when it draws, once for each theme. Colours are names: ``series-1`` to
``series-8``, ``ink``, ``muted``, ``accent``, ``grid``, ``train``, ``test``; colour scales are
``timeless-sequential`` and ``timeless-diverging``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.errors import refuse_if_any

# What the cartesian bundle of plotly.js can draw. It draws any other type as a scatter,
# without an error, so a figure with another type is refused here.
TRACE_TYPES = (
    *("bar", "box", "contour", "heatmap", "histogram", "histogram2d", "histogram2dcontour"),
    *("image", "pie", "scatter", "scatterternary", "violin"),
)

Traces = list[dict[str, Any]]
Layout = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """A figure as data: what Plotly draws, and what a reader without it gets instead.

    ``title`` and ``alt`` are plain text, ``alt`` says what the figure shows with measured
    values; ``caption`` is Markdown with maths; ``table`` is offered as CSV.
    """

    data: list[dict[str, Any]]
    layout: dict[str, Any]
    title: str
    caption: str
    alt: str
    table: Mapping[str, Sequence[Any] | NDArray[Any]] = field(default_factory=dict)
    height: int = 420

    def check(self, where: str) -> None:
        """Raise TimelessError that lists everything that would not be drawn or not be read."""
        unknown = {str(t.get("type", "scatter")) for t in self.data} - set(TRACE_TYPES)
        problems = [
            f'the bundled Plotly cannot draw the trace type "{kind}"; it can draw '
            f"{', '.join(TRACE_TYPES)}"
            for kind in sorted(unknown)
        ]
        problems += [] if unknown else self._misspelt()
        problems += ["data is empty: a figure has at least one trace"] * (not self.data)
        problems += empty_texts(title=self.title, caption=self.caption, alt=self.alt)
        lengths = {name: len(values) for name, values in self.table.items()}
        if len(set(lengths.values())) > 1:
            problems.append(f"the columns of table must have one length; got {lengths}")
        problems += ["table is empty: give the columns that the figure draws"] * (not self.table)
        refuse_if_any(problems, what="the figure cannot be published", where=where)

    def _misspelt(self) -> list[str]:
        """Return what Plotly says of a property or a value that it does not have."""
        views = self.layout.get("meta", {}).get("viewSwitch", {}).get("views", {})
        try:
            for layout in (self.layout, *views.values()):
                go.Figure(_without_names_of_colours(self.data), _without_names_of_colours(layout))
        except ValueError as error:
            return [in_short(error)]
        return []


def in_short(error: ValueError) -> str:
    """Return what is wrong and what is allowed, without the paragraph on each property allowed."""
    explained = " " * 12
    return "\n".join(line for line in str(error).splitlines() if not line.startswith(explained))


def _without_names_of_colours(value: Any, key: str = "") -> Any:
    """Return a figure's part with black where it names a colour of the page's theme."""
    if isinstance(value, dict):
        return {name: _without_names_of_colours(item, name) for name, item in value.items()}
    if key.lower().endswith("colorscale"):
        return "Greys"
    if isinstance(value, list):
        return [_without_names_of_colours(item, key) for item in value]
    return "black" if key.endswith("color") and isinstance(value, str) else value


def empty_texts(**texts: str) -> list[str]:
    """Return a problem for each text that is empty."""
    return [f"{name} is empty" for name, text in texts.items() if not text.strip()]


def switched(label: str, views: Mapping[str, tuple[Traces, Layout]]) -> tuple[Traces, Layout]:
    """Return traces and layout of a figure with views, by the names on the switch.

    ``label`` says what the switch chooses. The page keeps the traces of the view that is chosen
    and lays the view's part of the layout over what all views share. Without scripts, and in
    print, the first one stands for all.
    """
    data = [
        trace | {"meta": {"view": name}} for name, (traces, _) in views.items() for trace in traces
    ]
    layouts = {name: layout for name, (_, layout) in views.items()}
    first = next(iter(layouts.values()))
    return data, first | {"meta": {"viewSwitch": {"label": label, "views": layouts}}}
