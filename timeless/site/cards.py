"""Cards of pages: each made of the page's first figure, and kept in the cache by what it shows."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
import PIL

from timeless import cards
from timeless.cards import Card
from timeless.cards.look import FONTS
from timeless.cards.plot import can_draw
from timeless.figures import Figure
from timeless.folders import NAME, Site
from timeless.results.artifacts import write_atomically
from timeless.results.cache import sealed, unsealed
from timeless.site.files import Files
from timeless.site.pages import Page


def give_cards(site: Site, pages: Iterable[Page], figures: Mapping[str, Figure]) -> Files:
    """Return the card of each page that can be shared, and tell the page what it shows.

    A cache that cannot be read or written only costs time.
    """
    files: Files = {}
    made_by = _made_by(site.packages)
    for page in pages:
        if page.name == "404":
            continue
        shown = next((figures[name] for name in page.figures[:1] if can_draw(figures[name])), None)
        page.card = f"{shown.title}. {shown.alt}" if shown else f"{page.title}, and a dial."
        card = Card(NAME, page.title, page.description)
        files[f"cards/{page.name}.png"] = _drawn(card, shown, site, made_by)
    return files


def _drawn(card: Card, figure: Figure | None, site: Site, made_by: str) -> bytes:
    seen = [figure.data, figure.layout] if figure else None
    parts = [made_by, astuple(card), seen]
    known = hashlib.sha256(json.dumps(parts, default=_plain, sort_keys=True).encode()).hexdigest()
    file = site.cache / "cards" / known
    held = unsealed(file)
    if held is None:
        held = cards.draw(card, figure, site.packages)
        with suppress(OSError):
            write_atomically(file, sealed(held))
    return held


def _plain(value: Any) -> Any:
    """Return what stands for an array in a digest."""
    array = np.ascontiguousarray(value)
    return [str(array.dtype), array.shape, hashlib.sha256(array.tobytes()).hexdigest()]


def _made_by(packages: Path) -> str:
    """Return a digest of what, besides page and figure, decides how a card looks."""
    code = sorted(Path(cards.__file__).parent.glob("*.py"))
    fonts = sorted(packages.glob(f"node_modules/{FONTS}"))
    files = [*code, packages / "css" / "tokens.css", *fonts]
    parts = [PIL.__version__, *(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()
