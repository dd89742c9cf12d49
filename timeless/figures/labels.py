"""Colours and places for the labels of lines and frequencies, so that they can be told apart."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures.colours import BLUE, BROWN, GREY, INK, MAGENTA, OCHRE, ORANGE, TEAL, VIOLET
from timeless.figures.panels import AROUND
from timeless.results.artifacts import Artifact

FREQUENCY_COLOURS = (TEAL, MAGENTA, VIOLET, OCHRE, BLUE, ORANGE, BROWN)
LOST = GREY
LINE = 14  # pixels from one label to the next
FREQS = 4  # frequencies that a number takes along the axis


def frequency_colours(artifact: Artifact) -> dict[int, str]:
    """Return a colour for each key frequency, the largest in W_E first, and grey for lost ones.

    Grey are the watched frequencies that the last checkpoint has no more, and the smallest key
    frequencies if they are more than the colours.
    """
    norms, summary = artifact["final_spectrum"]["norm"], artifact.summary
    ranked = sorted(summary["key_freqs"], key=lambda freq: -norms[freq - 1])
    greys = dict.fromkeys((*summary["watched_freqs"], *ranked), LOST)
    return greys | dict(zip(ranked, FREQUENCY_COLOURS, strict=False))


def colour_bar(title: str, **ticks: Any) -> dict[str, Any]:
    """Return the colour bar of a heat map, its title as small as those of axes."""
    return {"title": {"text": title, "font": {"size": 12.5}}, **ticks}


def named(freq: int) -> str:
    """Return the name of a frequency, "k = 17", that no line break parts."""
    return f"k\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{freq}"


def tensor(name: str) -> str:
    """Return the name of a weight tensor as HTML: W_E with its E lowered."""
    letter, _, index = name.partition("_")
    return f"{letter}<sub>{index}</sub>"


def name_ends(
    plot: go.Figure,
    values: Sequence[float],
    texts: Sequence[str],
    colours: Sequence[str],
    panel: int = 1,
) -> None:
    """Name lines at their right ends, moved apart where the names would touch.

    ``values`` are the lines' last values, in a panel whose (linear) y-axis has a range.
    """
    wanted = np.asarray(values) * pixels_of_a_unit(plot, panel)
    shifts = spread(wanted, LINE, floor=LINE / 4) - wanted
    place = {"x": 1, "xref": "x domain", "xanchor": "left", "xshift": 3, "yref": f"y{panel}"}
    names = [
        {"y": value, "yshift": shift, "text": text, "font": {"color": colour}, "showarrow": False}
        for value, text, colour, shift in zip(values, texts, colours, shifts, strict=False)
    ]
    plot.layout.annotations += tuple({**place, **name} for name in names)


def pixels_of_a_unit(plot: go.Figure, panel: int = 1) -> float:
    """Return about how many pixels a unit of a panel's (linear) y-axis is high."""
    axis = plot.layout[f"yaxis{panel}"]
    (bottom, top), (low, high) = axis.domain, axis.range
    return float((top - bottom) * (plot.layout.height - AROUND) / (high - low))


def over_bars(
    freqs: Sequence[int] | NDArray[Any], heights: Sequence[float] | NDArray[Any], panel: int = 1
) -> list[dict[str, Any]]:
    """Return the numbers of frequencies over their bars, those of neighbours in steps."""
    shared = {"yref": f"y{panel}", "yanchor": "bottom", "showarrow": False}
    return [
        {"x": int(freq), "y": float(height), "yshift": 13 * step, "text": str(freq), **shared}
        for freq, height, step in zip(freqs, heights, stairs(freqs, FREQS), strict=True)
    ]


def spread(
    positions: Sequence[float] | NDArray[np.floating], gap: float, floor: float = -np.inf
) -> NDArray[np.float64]:
    """Return positions moved apart as little as needed, so that neighbours are ``gap`` apart.

    Their order is kept, and those that collide stay centred on where they were, unless that
    is below the ``floor``.
    """
    order = np.argsort(positions, kind="stable")
    groups: list[list[float]] = []  # wanted positions, each less gap times its rank
    for rank, index in enumerate(order):
        groups.append([float(positions[index]) - rank * gap])
        while len(groups) > 1 and np.mean(groups[-2]) > np.mean(groups[-1]):
            last = groups.pop()
            groups[-1] += last
    moved = np.empty(len(order))
    starts = np.repeat([np.mean(group) for group in groups], [len(group) for group in groups])
    steps = gap * np.arange(len(order))
    moved[order] = np.maximum(starts, floor) + steps
    return moved


def stairs(positions: Sequence[float] | NDArray[np.floating], gap: float) -> list[int]:
    """Return for each position, in ascending order, the lowest step with room for its label."""
    last: list[float] = []
    steps = []
    for position in positions:
        free = [step for step, previous in enumerate(last) if position - previous >= gap]
        step = free[0] if free else len(last)
        last[step : step + 1] = [float(position)]
        steps.append(step)
    return steps


STAGE_COLOURS = {
    "memorised": ORANGE,
    "forming": MAGENTA,
    "rising": VIOLET,
    "generalised": TEAL,
    "last": INK,
    "control": OCHRE,
}


def stage_name(artifact: Artifact, stage: str) -> str:
    """Return the name of a stage of the laboratory with its epoch: "rising, epoch 8,400"."""
    summary = artifact.summary
    epochs = {**summary["stages"], "control": summary["control"]["epoch"]}
    return f"{stage}, epoch {epochs[stage]:,}"
