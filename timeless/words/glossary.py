"""The glossary: terms with their definitions, one file for the whole site.

It is a list of definitions in Markdown: a line with one or several names of a term, and below it,
after a colon, what they mean. A text refers to a term by any of its names.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from timeless.errors import TimelessError, unknown_name
from timeless.results.reading import read_text

_ENTRY = re.compile(r"^(?P<names>\S.*)\n:[ ]+(?P<says>.+(?:\n(?:[ ]{4}.*)?)*)", re.MULTILINE)


@dataclass(frozen=True)
class Term:
    """A term: its names as written, the first of which is its anchor, and its definition."""

    names: str
    says: str  # Markdown

    @property
    def anchor(self) -> str:
        """Return the id of its place in the glossary."""
        return "term-" + "-".join(re.findall(r"[a-z0-9]+", _keys(self.names)[0]))


class Glossary:
    """The terms of a site by their names, in any case of letters."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = read_text(path, path.name) if path.exists() else ""
        found = _ENTRY.finditer(self.text)
        self.terms = [Term(entry["names"], _unindented(entry["says"])) for entry in found]
        self._by_name: dict[str, Term] = {}
        for term in self.terms:
            for name in _keys(term.names):
                if name in self._by_name:
                    raise TimelessError(f'"{name}" is defined twice', where=path.name)
                self._by_name[name] = term

    def __getitem__(self, name: str) -> Term:
        """Return a term; raises TimelessError with the closest known name."""
        if name.lower() not in self._by_name:
            raise unknown_name("term", name, self._by_name)
        return self._by_name[name.lower()]


def _keys(names: str) -> list[str]:
    """Return the names of a term in small letters, without what stands in brackets."""
    return [name.strip() for name in re.sub(r"\(.*?\)|\\", "", names).lower().split(",")]


def _unindented(text: str) -> str:
    return re.sub(r"^[ ]{4}", "", text, flags=re.MULTILINE).strip()
