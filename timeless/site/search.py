"""Search: what a reader can look for, read from the finished pages: sections, figures, claims.

The index is a script like any other data, so that it also works from a file; it is loaded when
a reader first looks for something. Words are put into a search tree there, by MiniSearch.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from timeless.results.encoding import receive_script
from timeless.site.files import Files
from timeless.site.pages import Source

FILE = "data/search.js"

_FORMULA = re.compile(r"<mjx-container.*?</mjx-container>", re.DOTALL)
_MATHML = re.compile(r"<math\b.*?</math>", re.DOTALL)
_POWER = re.compile(r"<mn>(\d+)</mn>\s*</msup>")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# Elements whose text is no text of the page, or is there twice, and classes of such elements.
_SILENT = {"script", "style", "svg", "nav", "pre", "button", "summary"}
_ASIDE = {"figure-tools", "figure-alt", "figure-number", "reading-time", "tally", "permalink"}
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
_INLINE = {"a", "abbr", "b", "cite", "code", "data", "em", "i", "span", "strong", "sub", "sup"}


@dataclass
class Entry:
    """One thing to find; ``kind`` is section, figure, instrument, claim or term."""

    kind: str
    href: str
    title: str = ""
    text: str = ""


@dataclass
class _Open:
    """An element that is open: whether its text counts, and whether that is a title."""

    tag: str
    entry: Entry
    silent: bool
    title: bool


@dataclass
class _Reader(HTMLParser):
    """Reads one page into entries, each the text from one heading to the next, or of one box."""

    file: str
    entries: list[Entry] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        values = {key: value or "" for key, value in attrs}
        above = self.stack[-1] if self.stack else None
        entry = self._begun(tag, values) or (above.entry if above else Entry("", ""))
        classes = set(values.get("class", "").split())
        silent = tag in _SILENT or bool(classes & _ASIDE) or bool(above and above.silent)
        title = self._is_title(tag, classes) or bool(above and above.title)
        self._write("" if tag in _INLINE else " ")
        self.stack.append(_Open(tag, entry, silent, title))

    def handle_endtag(self, tag: str) -> None:
        if not any(each.tag == tag for each in self.stack):
            return
        self._write("" if tag in _INLINE else " ")
        while self.stack and self.stack.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._write(data)

    def _begun(self, tag: str, values: dict[str, str]) -> Entry | None:
        """Return the entry that an element begins, if it begins one."""
        anchor = values.get("id", "")
        if tag == "article":
            return self._add("section", "")
        if not self.stack:
            return None
        if tag in {"h2", "h3"} and anchor:
            # What follows a heading stands beside it: the elements around it go on in its entry.
            section = self._add("section", anchor)
            for each in self.stack:
                each.entry = section
            return section
        kind = _kind(tag, anchor, values)
        return self._add(kind, anchor) if kind else None

    def _add(self, kind: str, anchor: str) -> Entry:
        self.entries.append(Entry(kind, f"{self.file}#{anchor}" if anchor else self.file))
        return self.entries[-1]

    @staticmethod
    def _is_title(tag: str, classes: set[str]) -> bool:
        return tag in {"h1", "h2", "h3", "dfn"} or bool(classes & {"figure-title", "claim-id"})

    def _write(self, text: str) -> None:
        if not self.stack or self.stack[-1].silent:
            return
        place = self.stack[-1]
        if place.title:
            place.entry.title += text
        else:
            place.entry.text += text


def _kind(tag: str, anchor: str, values: dict[str, str]) -> str:
    """Return what a box of its own within a text is, or nothing."""
    if tag == "figure" and anchor:
        return "instrument" if anchor.startswith("widget-") else "figure"
    if tag == "tr" and "data-verdict" in values:
        return "claim"
    return "term" if anchor.startswith("term-") else ""


def search_index(files: Files, sources: Iterable[Source]) -> Files:
    """Return the index over the finished pages, as the one file that a search loads."""
    pages = {f"{source.name}.html": source.meta["title"] for source in sources}
    rows = [
        [entry.kind, title, entry.href, entry.title, entry.text]
        for name, title in pages.items()
        if name != "404.html" and isinstance(html := files[name], bytes)
        for entry in entries(html, name)
    ]
    return {FILE: receive_script("search", rows).encode()}


def entries(html: bytes, file: str) -> Iterator[Entry]:
    """Yield what there is to find in a page's article; formulas are read as one says them."""
    reader = _Reader(file)
    reader.feed(_FORMULA.sub(_spoken, html.decode()))
    for entry in reader.entries:
        entry.title, entry.text = (" ".join(s.split()) for s in (entry.title, entry.text))
        if entry.title:
            yield entry


def _spoken(formula: re.Match[str]) -> str:
    """Return the characters of a typeset formula, from the copy that is for screen readers."""
    found = _MATHML.search(formula[0])
    if not found:
        return " "
    raised = _POWER.sub(lambda power: power[1].translate(_RAISED) + "</msup>", found[0])
    return re.sub(r"<[^>]+>", "", raised)
