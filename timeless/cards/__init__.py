"""Cards: the picture that stands beside a link to a page where it is shared.

A figure of the page drawn from its own traces, in the site's dark colours and typefaces, beside
the page's title; without a figure the dial of the icon. No browser draws them.
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from timeless.cards import plot
from timeless.cards.canvas import Canvas
from timeless.cards.look import SANS, SERIF, Font, Look
from timeless.figures import Figure

WIDTH, HEIGHT = 1200, 630  # what those who show cards ask for
_SENTENCE_ENDS = re.compile(r"(?<=[.?!]) ")
_MOST_LINES = 6
_NOW = 0.84  # of a turn, where the dial's one coloured stroke stands
_EDGE, _COLUMN, _PLOT = 64, 400, 520
_SITE: Font = (SANS, 500, 26)
_TEXT: Font = (SANS, 400, 25)


@dataclass(frozen=True)
class Card:
    """What a card says: the site's name, the page's title, and a few about it."""

    site: str
    title: str
    text: str


def draw(card: Card, figure: Figure | None, packages: Path) -> bytes:
    """Return a card as PNG; equal input gives equal bytes.

    ``packages`` is the folder of the style sheet and of the installed fonts.
    """
    canvas = Canvas(Look(packages), WIDTH, HEIGHT)
    if figure is None:
        _dial(canvas, (1020, 315), (264, 306), n=131, width=3)
    _dial(canvas, (_EDGE + 14, 76), (8, 15), n=12, width=2.4)
    canvas.words((_EDGE + 42, 85), card.site, _SITE, canvas.look["muted"])
    _write(canvas, card, *((_COLUMN, 68) if figure else (560, 92)))
    if figure is not None:
        plot.draw(canvas, figure, (_PLOT, 58, WIDTH - _EDGE, HEIGHT - 40))
    return canvas.png()


def _write(canvas: Canvas, card: Card, width: float, largest: int) -> None:
    """Write title and text into a column, the title as large as it allows."""
    font, title = _fitted(canvas, card.title, width, largest)
    y = 156.0 + largest
    for line in title:
        canvas.words((_EDGE, y), line, font, canvas.look["ink"])
        y += 1.12 * font[2]
    for line in _opening(canvas, card.text, width):
        canvas.words((_EDGE, y), line, _TEXT, canvas.look["muted"])
        y += 36


def _fitted(canvas: Canvas, title: str, width: float, largest: int) -> tuple[Font, list[str]]:
    """Return the largest font in which a title takes three lines at most, and those lines."""
    for size in range(largest, 18, -2):
        font: Font = (SERIF, 300, size)
        lines = _lines(canvas, title, font, width)
        if len(lines) <= 3 and all(canvas.width_of(line, font) <= width for line in lines):
            break
    return font, lines


def _opening(canvas: Canvas, text: str, width: float) -> list[str]:
    """Return the first sentences of a text as lines, as many of them as there is room for."""
    sentences = _SENTENCE_ENDS.split(text)
    shown = [
        _lines(canvas, " ".join(sentences[: n + 1]), _TEXT, width) for n in range(len(sentences))
    ]
    return next((lines for lines in reversed(shown) if len(lines) <= _MOST_LINES), shown[0])


def _lines(canvas: Canvas, text: str, font: Font, width: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if canvas.width_of(longer, font) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line for line in lines if line]


def _dial(
    canvas: Canvas, centre: tuple[float, float], radii: tuple[float, float], *, n: int, width: float
) -> None:
    """Draw a dial without hands: n strokes between two radii, and one of them now."""
    for stroke in range(n):
        turn, now = math.tau * stroke / n, stroke == round(_NOW * n)
        way = np.array([math.sin(turn), -math.cos(turn)])
        longer = 4 * width if now and n > 12 else 0
        ends = np.array([centre + way * (radii[0] - longer), centre + way * (radii[1] + longer)])
        colour = canvas.look["accent" if now else "muted"]
        canvas.polyline(ends, colour, 2.4 * width if longer else width)
