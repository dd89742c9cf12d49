"""Uses: which page shows which figure, made from which artifact, by which experiment.

Read from the pages as written, without rendering, so that it also works while artifacts are
missing.
"""

import importlib

from jinja2 import Environment, TemplateSyntaxError, nodes

from timeless.errors import TimelessError
from timeless.maths import replace_formulas
from timeless.pages import Source, read_pages
from timeless.site import Catalogue, Site

_SHOWN = ("figure", "widget")


def uses(site: Site) -> str:
    """Return a text with one line a page, and below it one line a figure, widget or value."""
    experiments = set(importlib.import_module(site.experiments).names())
    lines: list[str] = []
    for source in read_pages(site):
        lines.append(f"{source.name}.html")
        lines += [f"  {line}" for line in _page_lines(site, source, experiments)]
    return "\n".join(lines)


def _page_lines(site: Site, source: Source, experiments: set[str]) -> list[str]:
    called = _calls(source)
    lines = [
        f"{kind} {name} <- {_artifacts(kind, site, name, experiments)}"
        for kind, name in called
        if kind in _SHOWN
    ]
    quoted = {name.split(".")[0] for kind, name in called if kind == "value"}
    return lines + [f"values <- {_made(name, experiments)}" for name in sorted(quoted)]


def _artifacts(kind: str, site: Site, name: str, experiments: set[str]) -> str:
    package = site.figures if kind == "figure" else site.widgets
    artifacts = Catalogue(kind, package).load(name).ARTIFACTS
    return ", ".join(_made(artifact, experiments) for artifact in artifacts)


def _made(artifact: str, experiments: set[str]) -> str:
    maker = f"experiments/{artifact}.py" if artifact in experiments else "NO EXPERIMENT"
    return f"artifacts/{artifact}.json <- {maker}"


def _calls(source: Source) -> list[tuple[str, str]]:
    """Return (function, first argument) of each call with a literal argument, once each."""
    text = replace_formulas(source.body, source.where, lambda _: "")
    try:
        tree = Environment(autoescape=True).parse(text)
    except TemplateSyntaxError as error:
        raise TimelessError(str(error), where=f"{source.where}:{error.lineno}") from None
    found = [
        (call.node.name, str(call.args[0].value))
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.args and isinstance(call.args[0], nodes.Const)
    ]
    return list(dict.fromkeys(found))
