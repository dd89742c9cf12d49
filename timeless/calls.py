"""Calls: what pages ask for between double braces, read from the pages as written.

Nothing is rendered, so it also works while artifacts are missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError, nodes

from timeless.errors import TimelessError
from timeless.pages import Source
from timeless.words.maths import replace_formulas


def calls(source: Source) -> list[tuple[str, str]]:
    """Return (function, first argument) of each call of a page, once each.

    Calls whose first argument is not written out are left out; without arguments it is "".
    Raises TimelessError with the line if the page is not Jinja.
    """
    text = replace_formulas(source.body, source.where, lambda _: "")
    try:
        tree = Environment(autoescape=True).parse(text)
    except TemplateSyntaxError as error:
        raise TimelessError(str(error), where=f"{source.where}:{error.lineno}") from None
    found = [
        (call.node.name, _argument(call))
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        and (not call.args or isinstance(call.args[0], nodes.Const))
    ]
    return list(dict.fromkeys(found))


def _argument(call: nodes.Call) -> str:
    first = call.args[0] if call.args else nodes.Const("")
    return str(first.value) if isinstance(first, nodes.Const) else ""


@dataclass(frozen=True)
class Place:
    """Where a figure is shown: the page as its navigation names it, and the address."""

    page: str
    href: str


def figure_places(sources: Iterable[Source]) -> dict[str, Place]:
    """Return for each figure the place of the first page that shows it."""
    places: dict[str, Place] = {}
    for source in sources:
        page = source.meta.get("nav", source.meta["title"])
        for kind, name in calls(source):
            if kind == "figure":
                places.setdefault(name, Place(page, f"{source.name}.html#figure-{name}"))
    return places


def page_with(function: str, sources: Iterable[Source]) -> str:
    """Return the file of the first page that calls a function, or nothing."""
    pages = (source.name for source in sources if function in dict(calls(source)))
    return next((f"{name}.html" for name in pages), "")
