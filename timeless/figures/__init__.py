"""Figures: one module each, artifacts in, a `plotly.graph_objects.Figure` and its words out.

``timeless/figures/PAGE/NAME.py`` defines ``ARTIFACTS``, the names of the artifacts it reads, and
``figure(results) -> Figure``. The shared look (fonts, margins, hover, the dark theme) is not here:
the page adds it when it draws. Colours are those of `colours`. In Python a figure is seen by

    from timeless.figures.grokking.curves import figure
    figure(Results(Path("artifacts"))).show()
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go
import plotly.io
from numpy.typing import NDArray

from timeless.errors import refuse_if_any

# What the cartesian bundle of plotly.js can draw. It draws any other type as a scatter,
# without an error, so a figure with another type is refused here.
TRACE_TYPES = (
    *("bar", "box", "contour", "heatmap", "histogram", "histogram2d", "histogram2dcontour"),
    *("image", "pie", "scatter", "scatterternary", "violin"),
)

plotly.io.templates.default = None  # it would add 7 KB to every figure


@dataclass(frozen=True)
class Figure:
    """A figure: what Plotly draws, and what a reader without it gets instead.

    ``title`` and ``alt`` are plain text, ``alt`` says what the figure shows with measured
    values; ``caption`` is Markdown with maths; ``table`` is offered as CSV.
    """

    plot: go.Figure
    title: str
    caption: str
    alt: str
    table: Mapping[str, Sequence[Any] | NDArray[Any]] = field(default_factory=dict)

    @property
    def height(self) -> int:
        """The height in pixels, which the layout has."""
        return int(self.plot.layout.height or 420)

    @property
    def data(self) -> list[dict[str, Any]]:
        """The traces as they are published, arrays as arrays."""
        return [trace.to_plotly_json() for trace in self.plot.data]

    @property
    def layout(self) -> dict[str, Any]:
        """The layout as it is published."""
        return dict(self.plot.layout.to_plotly_json())

    def show(self) -> None:
        """Show the figure in a browser or a notebook, in the look of Plotly and light colours."""
        go.Figure(self.plot).update_layout(title=self.title).show()

    def check(self, where: str) -> None:
        """Raise TimelessError that lists everything that would not be drawn or not be read."""
        unknown = {trace.type for trace in self.plot.data} - set(TRACE_TYPES)
        problems = [
            f'the bundled Plotly cannot draw the trace type "{kind}"; it can draw '
            f"{', '.join(TRACE_TYPES)}"
            for kind in sorted(unknown)
        ]
        problems += ["data is empty: a figure has at least one trace"] * (not self.plot.data)
        problems += empty_texts(title=self.title, caption=self.caption, alt=self.alt)
        lengths = {name: len(values) for name, values in self.table.items()}
        if len(set(lengths.values())) > 1:
            problems.append(f"the columns of table must have one length; got {lengths}")
        problems += ["table is empty: give the columns that the figure draws"] * (not self.table)
        refuse_if_any(problems, what="the figure cannot be published", where=where)


def empty_texts(**texts: str) -> list[str]:
    """Return a problem for each text that is empty."""
    return [f"{name} is empty" for name, text in texts.items() if not text.strip()]


def switched(label: str, views: Mapping[str, go.Figure]) -> go.Figure:
    """Return one figure of several views, by the names on the switch.

    ``label`` says what the switch chooses. The page keeps the traces of the view that is chosen
    and lays the view's part of the layout over what all views share. Without scripts, and in
    print, the first one stands for all.
    """
    layouts = {name: view.layout.to_plotly_json() for name, view in views.items()}
    traces = [
        trace.to_plotly_json() | {"meta": {"view": name}}
        for name, view in views.items()
        for trace in view.data
    ]
    meta = {"viewSwitch": {"label": label, "views": layouts}}
    return go.Figure(traces, next(iter(layouts.values()))).update_layout(meta=meta)
