"""Instruments: what a reader plays with in a page, a folder each: data, script and style sheet.

``NAME/__init__.py`` defines ``ARTIFACTS``, the names of the artifacts it reads, and
``widget(results) -> Widget``; ``NAME.js`` computes and draws, ``NAME.css`` is loaded with it. What
scripts of instruments share is ``site_src/kit/``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from timeless.errors import refuse_if_any
from timeless.figures import empty_texts


@dataclass(frozen=True)
class Widget:
    """What a widget starts with, and what a reader without scripts gets instead.

    ``data`` is loaded when the widget comes near; ``parts`` are further payloads, each a file
    of its own that the widget asks for by key; ``networks`` are experiments whose published
    checkpoints the page runs, see `timeless.instruments.networks`. One that ``trains`` may run the
    compiled kernels of `timeless.site.kernels`. Arrays may be NumPy's.
    """

    title: str
    caption: str
    alt: str
    data: Mapping[str, Any]
    parts: Mapping[str, Any] = field(default_factory=dict)
    networks: tuple[str, ...] = ()
    trains: bool = False

    def check(self, where: str) -> None:
        """Raise TimelessError that lists each text that is missing."""
        problems = empty_texts(title=self.title, caption=self.caption, alt=self.alt)
        refuse_if_any(problems, what="the widget cannot be published", where=where)
