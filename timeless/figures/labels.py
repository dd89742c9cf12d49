"""Colours and places for the labels of lines and frequencies, so that they can be told apart."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.figures.colours import BLUE, BROWN, GREY, INK, MAGENTA, OCHRE, ORANGE, TEAL, VIOLET
from timeless.results.artifacts import Artifact

FREQUENCY_COLOURS = (TEAL, MAGENTA, VIOLET, OCHRE, BLUE, ORANGE, BROWN)
LOST = GREY
LINE = 14  # pixels from one label to the next


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


def end_labels(
    values: Sequence[float],
    texts: Sequence[str],
    colours: Sequence[str],
    *,
    scale: float,
    panel: int = 1,
) -> list[dict[str, Any]]:
    """Return annotations that name lines at their right ends, moved apart where they would touch.

    ``values`` are the lines' last values, ``scale`` the pixels of a unit of the (linear) y-axis.
    """
    wanted = np.asarray(values) * scale
    shifts = spread(wanted, LINE, floor=LINE / 4) - wanted
    return [
        {
            "x": 1,
            "xref": "x domain",
            "xanchor": "left",
            "xshift": 3,
            "showarrow": False,
            "y": value,
            "yref": f"y{panel}" if panel > 1 else "y",
            "yshift": float(shift),
            "text": text,
            "font": {"color": colour},
        }
        for value, text, colour, shift in zip(values, texts, colours, shifts, strict=False)
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
