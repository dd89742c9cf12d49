"""References: the bibliography, and the entries that one page cites, in the order it cites them."""

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from pybtex.database import BibliographyData, Entry, parse_string
from pybtex.exceptions import PybtexError

from timeless.errors import TimelessError
from timeless.names import unknown_name


@dataclass(frozen=True)
class Reference:
    """One entry of a page's list: its number there, the entry as HTML and as BibTeX."""

    key: str
    number: int
    html: str
    bibtex: str


class Bibliography:
    """The entries of a BibTeX file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: dict[str, Entry] = {}
        if path.exists():
            self.entries = dict(_parse(path).entries)

    def entry(self, key: str) -> Entry:
        """Return an entry; raises TimelessError with the closest key if there is none."""
        if key not in self.entries:
            raise unknown_name("reference", key, self.entries, remedy=f"add it to {self.path.name}")
        return self.entries[key]


class Citations:
    """What one page cites: numbers are given in the order of first citation."""

    def __init__(self, bibliography: Bibliography) -> None:
        self._bibliography = bibliography
        self._numbers: dict[str, int] = {}

    def cite(self, *keys: str) -> str:
        """Return links to the entries as HTML: ``[1, 3]``."""
        return f"[{', '.join(map(self._link, keys))}]"

    def _link(self, key: str) -> str:
        entry = self._bibliography.entry(key)
        number = self._numbers.setdefault(key, len(self._numbers) + 1)
        hint = escape(_plain(f"{_short_authors(entry)} {entry.fields.get('year', '')}"))
        return f'<a class="cite" href="#ref-{escape(key)}" title="{hint}">{number}</a>'

    def references(self) -> list[Reference]:
        """Return the cited entries by number."""
        return [
            Reference(key, number, _entry_html(entry), _bibtex(key, entry))
            for key, number in self._numbers.items()
            for entry in [self._bibliography.entry(key)]
        ]


def _parse(path: Path) -> BibliographyData:
    try:
        return parse_string(path.read_text(encoding="utf-8"), "bibtex")
    except PybtexError as error:
        line = getattr(error, "lineno", None)
        where = f"{path.name}:{line}" if line else path.name
        raise TimelessError(f"not valid BibTeX: {error}", where=where) from None


def _entry_html(entry: Entry) -> str:
    """Return authors, title with its link, venue and year."""
    title = f"<cite>{_field(entry, 'title')}</cite>"
    link = _link_of(entry)
    if link:
        title = f'<a href="{escape(link)}">{title}</a>'
    venue = next((k for k in _VENUES if k in entry.fields), "")
    parts = [_authors(entry), title, _field(entry, venue), entry.fields.get("year", "")]
    return ". ".join(filter(None, [", ".join(filter(None, parts[:1])), *parts[1:2]])) + "".join(
        f", {part}" for part in parts[2:] if part
    ) + "."


_VENUES = ("journal", "booktitle", "publisher", "howpublished", "institution", "school")


def _link_of(entry: Entry) -> str:
    if "doi" in entry.fields:
        return f"https://doi.org/{entry.fields['doi']}"
    if "eprint" in entry.fields:
        return f"https://arxiv.org/abs/{entry.fields['eprint']}"
    return str(entry.fields.get("url", ""))


def _field(entry: Entry, name: str) -> str:
    """Return a field with its LaTeX as HTML, or nothing if the entry lacks it."""
    if not name or name not in entry.fields:
        return ""
    return str(entry.rich_fields[name].render_as("html"))


def _authors(entry: Entry) -> str:
    names = [_person(person) for person in entry.persons.get("author", [])]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _person(person: Any) -> str:
    parts = (
        person.rich_first_names
        + person.rich_middle_names
        + person.rich_prelast_names
        + person.rich_last_names
    )
    return " ".join(str(part.render_as("html")) for part in parts)


def _short_authors(entry: Entry) -> str:
    people = entry.persons.get("author", [])
    last = [" ".join(str(n.render_as("html")) for n in person.rich_last_names) for person in people]
    return f"{last[0]} et al." if len(last) > 2 else " and ".join(last)


def _plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def _bibtex(key: str, entry: Entry) -> str:
    return str(BibliographyData(entries={key: entry}).to_string("bibtex")).strip()
