"""Look: the colours of the site's dark theme and its typefaces, as a card is drawn in them."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PIL import ImageColor, ImageFont

from timeless.errors import TimelessError

RGB = tuple[int, int, int]
Font = tuple[str, int, float]  # family, weight, size in pixels
SERIF, SANS = "source-serif-4", "source-sans-3"

FONTS = "@fontsource-variable/source-*/files/*-wght-normal.woff2"
_PAIR = re.compile(r"--([\w-]+):\s*light-dark\(\s*(#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\s*\)")
_SUBSETS = ("latin", "latin-ext", "greek")  # one file holds a part of the letters
_MISSING = "\U0010ffff"
_PARTS = re.compile(r"[\d.]+")


class Look:
    """Colours by the names that the style sheet gives them, and letters."""

    def __init__(self, packages: Path) -> None:
        """``packages`` has ``css/tokens.css`` and, in ``node_modules``, the fonts."""
        tokens = (packages / "css" / "tokens.css").read_text(encoding="utf-8")
        pairs = _PAIR.findall(tokens)[::-1]  # the first is meant, a later one is for more contrast
        self._named = {name: _rgb(dark) for name, _, dark in pairs}
        self._dark = {light: _rgb(dark) for _, light, dark in pairs}
        self._fonts = packages / "node_modules" / "@fontsource-variable"
        self._held: dict[Font, list[ImageFont.FreeTypeFont]] = {}

    def __getitem__(self, name: str) -> RGB:
        """Return a colour of the dark theme by its name, such as ``ink``."""
        return self._named[name]

    def drawn(self, colour: str, opacity: float = 1) -> RGB:
        """Return how a colour of a figure looks on the card: in the dark theme, on its paper."""
        if colour.startswith("rgb"):
            red, green, blue, *alpha = map(float, _PARTS.findall(colour))
            colour = f"#{int(red):02x}{int(green):02x}{int(blue):02x}"
            opacity *= alpha[0] if alpha else 1
        solid = self._dark.get(colour) or _rgb(colour)
        pairs = zip(solid, self["paper"], strict=True)
        red, green, blue = (round(a * opacity + b * (1 - opacity)) for a, b in pairs)
        return red, green, blue

    def runs(self, words: str, font: Font) -> list[tuple[str, ImageFont.FreeTypeFont]]:
        """Return a text in parts, each with the font whose letters it has; others are left out."""
        fonts = self._files(font)
        found: list[tuple[str, ImageFont.FreeTypeFont]] = []
        for letter in words:
            own = next((each for each in fonts if _has(each, letter)), None)
            if own is None:
                continue
            if found and found[-1][1] is own:
                found[-1] = (found[-1][0] + letter, own)
            else:
                found.append((letter, own))
        return found

    def _files(self, font: Font) -> Sequence[ImageFont.FreeTypeFont]:
        if font not in self._held:
            family, weight, size = font
            folder = self._fonts / family / "files"
            files = [folder / f"{family}-{subset}-wght-normal.woff2" for subset in _SUBSETS]
            self._held[font] = [_read(file, weight, size) for file in files]
        return self._held[font]


def _read(file: Path, weight: int, size: float) -> ImageFont.FreeTypeFont:
    try:
        font = ImageFont.truetype(file, size)
    except OSError as error:
        raise TimelessError(
            f"Pillow cannot read this font: {error}",
            where=str(file),
            remedy="install the Pillow that constraints.txt names, as a wheel",
        ) from error
    font.set_variation_by_axes([weight])
    return font


@cache
def _has(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    return letter == " " or bytes(font.getmask(letter)) != bytes(font.getmask(_MISSING))


def _rgb(colour: str) -> RGB:
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue
