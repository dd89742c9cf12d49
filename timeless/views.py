"""Views: one figure that shows the same thing in two or more ways, with a switch between them.

The page keeps the traces of the view that is chosen and lays the view's part of the layout over
what all views share. Without scripts, and in print, the first one stands for all.
"""

from collections.abc import Mapping
from typing import Any

Traces = list[dict[str, Any]]
Layout = dict[str, Any]


def switched(label: str, views: Mapping[str, tuple[Traces, Layout]]) -> tuple[Traces, Layout]:
    """Return traces and layout of a figure with views, by the names on the switch.

    ``label`` says what the switch chooses.
    """
    data = [
        trace | {"meta": {"view": name}} for name, (traces, _) in views.items() for trace in traces
    ]
    layouts = {name: layout for name, (_, layout) in views.items()}
    first = next(iter(layouts.values()))
    return data, first | {"meta": {"viewSwitch": {"label": label, "views": layouts}}}
