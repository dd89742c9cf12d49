"""Pages: as they are written, each read once, front matter, text and calls; and as shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup

from timeless.claims.ledger import Place
from timeless.errors import TimelessError, unknown_name
from timeless.folders import Site
from timeless.results.reading import read_text
from timeless.words import calls
from timeless.words.calls import Call, Text
from timeless.words.prose import Heading
from timeless.words.references import Reference

_FRONT_MATTER = {"title": str, "description": str, "group": str, "order": int, "lead": str}
_REQUIRED = ("title", "description")
GROUPS = ("Story", "Variations", "Laboratory", "Record")  # the menu, in this order


@dataclass(frozen=True)
class Source:
    """A page as written: all of it, its front matter, and the two texts that are filled in.

    ``lead`` is the one-sentence standfirst. Line numbers are those of the file.
    """

    name: str
    where: str
    written: str
    meta: Mapping[str, Any]
    lead: Text
    body: Text

    @property
    def calls(self) -> dict[tuple[str, str], Call]:
        """Return the first call of each function with each argument, in their order."""
        found: dict[tuple[str, str], Call] = {}
        for call in (*self.lead.calls, *self.body.calls):
            found.setdefault((call.function, call.argument), call)
        return found


@dataclass
class Page:
    """A page as templates see it; strings of HTML are marked as such.

    ``group`` is its place in the menu, ``minutes`` how long it takes to read, ``card`` what can be
    seen on the picture beside a link to it, if it has one.
    """

    name: str
    file: str
    title: str
    description: str
    group: str = ""
    minutes: int = 0
    lead: Markup = field(default_factory=Markup)
    body: Markup = field(default_factory=Markup)
    toc: list[Heading] = field(default_factory=list)
    prev: "Page | None" = None
    next: "Page | None" = None
    references: list[Reference] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    widgets: list[str] = field(default_factory=list)
    card: str = ""
    ledger: bool = False
    trains: bool = False


def read_pages(site: Site) -> list[Source]:
    """Return every page of a site as written; raises as `read_page`, or if there is no index."""
    sources = [read_page(path) for path in sorted(site.pages.glob("*.md"))]
    if not any(source.name == "index" for source in sources):
        raise TimelessError("there is no index.md", where=str(site.pages))
    return sources


def read_page(path: Path) -> Source:
    """Return a page's front matter and text.

    Raises TimelessError with the line if the page is not UTF-8, or if the front matter is
    missing, is not YAML, lacks a title or a description, has a key of unknown name or wrong
    type or a group that the menu does not have, or if its text is not Jinja.
    """
    where = f"{path.parent.name}/{path.name}"
    written = read_text(path, where)
    lines = written.split("\n")
    if lines[0].strip() != "---" or "---" not in lines[1:]:
        raise TimelessError(
            "no front matter",
            where=f"{where}:1",
            remedy="begin the page with title and description between two lines of ---",
        )
    end = lines.index("---", 1)
    meta = _front_matter("\n" + "\n".join(lines[1:end]), where)
    _check_front_matter(meta, lines, where)
    # As many empty lines before a text as in the file keep its line numbers true.
    lead = calls.read("\n" * (_line_of_key("lead", lines) - 1) + meta.get("lead", ""), where)
    body = calls.read("\n" * (end + 1) + "\n".join(lines[end + 1 :]), where)
    return Source(path.stem, where, written, meta, lead, body)


def _front_matter(text: str, where: str) -> Any:
    """Return what YAML reads; the text begins as far down as it stands in the page."""
    try:
        return yaml.safe_load(text) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = error.problem
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problem = f"{error.reason}: {error.character!r}"
    except ValueError as error:  # a date that is none
        line, problem = 1, str(error)
    raise TimelessError(f"front matter: {problem}", where=f"{where}:{line}")


def _line_of_key(key: str, lines: list[str]) -> int:
    return next((n for n, text in enumerate(lines, 1) if text.startswith(f"{key}:")), 1)


def _check_front_matter(meta: Any, lines: list[str], where: str) -> None:
    if not isinstance(meta, dict):
        raise TimelessError("front matter is not a list of key: value", where=f"{where}:1")
    for key, value in meta.items():
        line = _line_of_key(str(key), lines)
        if key not in _FRONT_MATTER:
            raise unknown_name("front matter key", str(key), _FRONT_MATTER, where=f"{where}:{line}")
        if not isinstance(value, _FRONT_MATTER[key]):
            wanted = _FRONT_MATTER[key].__name__
            raise TimelessError(
                f"{key} must be of type {wanted}; got {value!r}", where=f"{where}:{line}"
            )
    for key in _REQUIRED:
        if key not in meta:
            raise TimelessError(f"front matter has no {key}", where=f"{where}:1")
    if meta.get("group", GROUPS[0]) not in GROUPS:
        line = _line_of_key("group", lines)
        raise unknown_name("group", meta["group"], GROUPS, where=f"{where}:{line}")


def figure_places(sources: Iterable[Source]) -> dict[str, Place]:
    """Return for each figure the place of the first page that shows it.

    The first page comes last: it tells again what the others show in full.
    """
    places: dict[str, Place] = {}
    for source in sorted(sources, key=lambda source: source.name == "index"):
        page = source.meta["title"]
        for kind, name in source.calls:
            if kind == "figure":
                places.setdefault(name, Place(page, f"{source.name}.html#figure-{name}"))
    return places


def page_with(function: str, sources: Iterable[Source]) -> str:
    """Return the file of the first page that calls a function, or nothing."""
    pages = (source.name for source in sources if function in dict(source.calls.keys()))
    return next((f"{name}.html" for name in pages), "")


def outline(sources: list[Source]) -> tuple[dict[str, Page], list[Page]]:
    """Return every page by name, without text as yet, and those of the navigation in order."""
    pages = {s.name: _blank(s) for s in sources}
    ordered = sorted((s for s in sources if "order" in s.meta), key=_place_in_menu)
    navigation = [pages[source.name] for source in ordered]
    for before, after in pairwise(navigation):
        before.next, after.prev = after, before
    return pages, navigation


def _place_in_menu(source: Source) -> tuple[int, int]:
    return GROUPS.index(_group(source)), source.meta["order"]


def _group(source: Source) -> str:
    return str(source.meta.get("group", GROUPS[0]))


def _blank(source: Source) -> Page:
    return Page(
        name=source.name,
        file=f"{source.name}.html",
        title=source.meta["title"],
        description=source.meta["description"],
        group=_group(source),
    )
