"""Canvas: lines, areas, dots and words at places in pixels, drawn fine and then made smaller."""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from timeless.cards.look import RGB, Font, Look

FINE = 3  # times finer than the picture that comes of it
_SMALL = 0.68  # the size of raised and lowered letters
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789−")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_LEVELS = re.compile("<sup>(.*?)</sup>|<sub>(.*?)</sub>|([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)|([₀-₉]+)")
_DASHES = {"dot": (2, 4), "dash": (9, 6), "longdash": (14, 7), "dashdot": (9, 5, 2, 5)}

Box = tuple[float, float, float, float]  # left, top, right, bottom


class Canvas:
    """A picture of ``width`` by ``height`` pixels, with the origin at its top left."""

    def __init__(self, look: Look, width: int, height: int) -> None:
        self.look = look
        self._origin = (0, 0)
        self._picture = Image.new("RGB", (width * FINE, height * FINE), look["paper"])
        self._draw = ImageDraw.Draw(self._picture)

    def png(self) -> bytes:
        """Return the picture as PNG, equal bytes for an equal picture."""
        fewer = Image.Quantize.FASTOCTREE  # a third of the bytes, to the eye the same
        picture = self._picture.reduce(FINE).quantize(256, fewer, dither=Image.Dither.NONE)
        file = BytesIO()
        picture.save(file, "PNG", compress_level=9)
        return file.getvalue()

    def part(self, box: Box) -> "Part":
        """Return the part within a box: what is drawn there ends at its edges."""
        return Part(self, box)

    def polyline(self, points: NDArray[Any], colour: RGB, width: float, dash: str = "") -> None:
        """Draw lines from point to point, [n, 2]; one that is not finite is a gap."""
        for piece in _pieces(points):
            for stroke in _strokes(piece, _DASHES.get(dash, ()), width):
                self._draw.line(self._fine(stroke), colour, round(width * FINE), joint="curve")

    def polygon(self, points: NDArray[Any], colour: RGB) -> None:
        """Fill what lies within the points, [n, 2]."""
        self._draw.polygon(self._fine(points), colour)

    def rectangle(self, box: Box, colour: RGB) -> None:
        """Fill a rectangle, of a pixel at least."""
        left, top, right, bottom = box
        corners = np.array([[left, top], [max(right, left + 1), max(bottom, top + 1)]])
        self._draw.rectangle(self._fine(corners), colour)

    def dot(
        self, place: Sequence[float], radius: float, colour: RGB, *, round_: bool, hollow: bool
    ) -> None:
        """Draw a round or square dot, filled or as its outline alone."""
        draw = self._draw.ellipse if round_ else self._draw.rectangle
        corners = self._fine(np.array([[c - radius for c in place], [c + radius for c in place]]))
        fill = self.look["paper"] if hollow else colour
        draw(corners, fill, colour, round(1.75 * FINE))

    def image(self, colours: NDArray[np.uint8], box: Box) -> None:
        """Fill a box with one colour a pixel, [height, width, 3]."""
        left, top, right, bottom = self._fine(np.array([box[:2], box[2:]]))
        shown = Image.fromarray(colours).resize((right - left, bottom - top), 0)
        self._picture.paste(shown, (left, top))

    def words(self, at: tuple[float, float], text: str, font: Font, colour: RGB) -> float:
        """Write a text on the baseline that begins at a place; return where it ends."""
        x, y = at
        for piece, rise, size in _levels(text, font[2]):
            for run, letters in self.look.runs(piece, (*font[:2], size * FINE)):
                left, base = self._fine(np.array([[x, y - rise]]))
                self._draw.text((left, base), run, colour, letters, "ls")
                x += letters.getlength(run) / FINE
        return x

    def width_of(self, text: str, font: Font) -> float:
        """Return the pixels that a text is wide."""
        return sum(
            letters.getlength(run) / FINE
            for piece, _, size in _levels(text, font[2])
            for run, letters in self.look.runs(piece, (*font[:2], size * FINE))
        )

    def _fine(self, points: NDArray[Any]) -> list[int]:
        """Return places in the finer picture, flat: x, y, x, y, …."""
        fine = np.rint(np.asarray(points) * FINE).astype(int) - self._origin
        return [int(value) for value in fine.ravel()]


class Part(Canvas):
    """A part of a canvas, with the same coordinates; what is drawn counts once it is left."""

    def __init__(self, whole: Canvas, box: Box) -> None:
        self.look, self._whole = whole.look, whole
        left, top, right, bottom = whole._fine(np.array([box[:2], box[2:]]))
        self._origin = (left, top)
        self._picture = whole._picture.crop((left, top, right, bottom))
        self._draw = ImageDraw.Draw(self._picture)

    def __enter__(self) -> "Part":
        return self

    def __exit__(self, *_: object) -> None:
        self._whole._picture.paste(self._picture, self._origin)


def _levels(text: str, size: float) -> Iterator[tuple[str, float, float]]:
    """Yield the pieces of a text that stand at one level: what, how much higher, how large."""
    begins = 0
    for match in _LEVELS.finditer(text):
        yield text[begins : match.start()], 0, size
        raised = match[1] or (match[3] or "").translate(_RAISED)
        lowered = match[2] or (match[4] or "").translate(_LOWERED)
        yield raised or lowered, size * (0.36 if raised else -0.12), size * _SMALL
        begins = match.end()
    yield text[begins:], 0, size


def _pieces(points: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield the stretches of points between gaps, each of two points or more."""
    gaps = np.flatnonzero(~np.isfinite(points).all(axis=1))
    for piece in np.split(points, gaps):
        whole = piece[np.isfinite(piece).all(axis=1)]
        if len(whole) > 1:
            yield whole


def _strokes(
    points: NDArray[Any], dash: Sequence[float], width: float
) -> Iterator[NDArray[np.float64]]:
    """Yield a line whole, or in the strokes of a dash: lengths of ink and gaps, in widths."""
    if not dash:
        yield points
        return
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    ends, lengths = 0.0, [length * width / 2 for length in dash]
    number = 0
    while ends < along[-1]:
        begins, ends = ends, ends + lengths[number % len(lengths)]
        if number % 2 == 0:
            at = np.array([begins, *along[(along > begins) & (along < ends)], min(ends, along[-1])])
            yield np.stack([np.interp(at, along, points[:, i]) for i in (0, 1)], axis=1)
        number += 1
