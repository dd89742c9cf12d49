"""References: the bibliography, and the entries that one page cites, in the order it cites them."""

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from markupsafe import Markup
from pybtex.backends.plaintext import Backend as PlainText
from pybtex.database import BibliographyData, Entry, Person, parse_string
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from timeless.errors import TimelessError, refuse_if_any, unknown_name
from timeless.results.reading import read_text


@dataclass(frozen=True)
class Reference:
    """One entry of a page's list: its number there, the entry as HTML and as BibTeX."""

    key: str
    number: int
    html: Markup
    bibtex: str


class Bibliography:
    """The entries of a BibTeX file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text = read_text(path, path.name) if path.exists() else ""
        self.entries: dict[str, Entry] = dict(_parse(text, path.name).entries)
        self._as_written = {match[1]: match[0].strip() for match in _ENTRY.finditer(text)}
        refuse_if_any(
            [f'"{key}" does not' for key in self.entries if key not in self._as_written],
            what="each entry begins with its @ at the start of a line",
            where=path.name,
        )

    def entry(self, key: str) -> Entry:
        """Return an entry; raises TimelessError with the closest key if there is none."""
        if key not in self.entries:
            raise unknown_name("reference", key, self.entries, remedy=f"add it to {self.path.name}")
        return self.entries[key]

    def bibtex(self, key: str) -> str:
        """Return an entry as it is written in the file."""
        return self._as_written[key]


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
        hint = escape(f"{_short_authors(entry)} {_field(entry, 'year')}".strip())
        return f'<a class="cite" href="#ref-{escape(key)}" title="{hint}">{number}</a>'

    def references(self) -> list[Reference]:
        """Return the cited entries by number."""
        return [
            Reference(key, number, _entry_html(entry), self._bibliography.bibtex(key))
            for key, number in self._numbers.items()
            for entry in [self._bibliography.entry(key)]
        ]


def _parse(text: str, where: str) -> BibliographyData:
    try:
        return parse_string(text, "bibtex")
    except PybtexError as error:
        line = getattr(error, "lineno", None)
        raise TimelessError(
            f"not valid BibTeX: {error}", where=f"{where}:{line}" if line else where
        ) from None


def _entry_html(entry: Entry) -> Markup:
    """Return authors, title with its link, venue and year."""
    title = Markup("<cite>{}</cite>").format(_field(entry, "title"))
    link = _link_of(entry)
    if link:
        title = Markup('<a href="{}">{}</a>').format(link, title)
    venue = next((_field(entry, name) for name in _VENUES if name in entry.fields), "")
    place = ", ".join(filter(None, [venue, _field(entry, "year")]))
    people = _and([_name(person, with_first=True) for person in entry.persons.get("author", [])])
    return Markup(". ").join(filter(None, [people.rstrip("."), title, place])) + "."


# An entry begins at the start of a line and ends before the next one, or a comment.
_ENTRY = re.compile(r"^@\w+\{\s*([^,\s]+)\s*,.*?(?=^[@%]|\Z)", re.DOTALL | re.MULTILINE)
# One for all fields: asking pybtex for it by name searches every installed package, each time.
_PLAIN_TEXT = PlainText()
_VENUES = ("journal", "booktitle", "publisher", "howpublished", "institution", "school")


def _link_of(entry: Entry) -> str:
    if "doi" in entry.fields:
        return f"https://doi.org/{entry.fields['doi']}"
    if "eprint" in entry.fields:
        return f"https://arxiv.org/abs/{entry.fields['eprint']}"
    return str(entry.fields.get("url", ""))


def _field(entry: Entry, name: str) -> str:
    """Return a field with its LaTeX as plain text, or nothing if the entry lacks it."""
    return _plain(entry.fields.get(name, ""))


def _name(person: Person, *, with_first: bool = False) -> str:
    names = person.prelast_names + person.last_names + person.lineage_names
    if with_first:
        names = person.first_names + person.middle_names + names
    return _plain(" ".join(names))


def _short_authors(entry: Entry) -> str:
    last = [_name(person) for person in entry.persons.get("author", [])]
    return f"{last[0]} et al." if len(last) > 2 else _and(last)


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _plain(latex: str) -> str:
    return str(Text.from_latex(latex).render(_PLAIN_TEXT))
