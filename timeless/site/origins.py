"""Origins: which page shows which figure, made from which artifact, by which experiment.

Read from the pages as written, without rendering, so that it also works while artifacts are
missing.
"""

import importlib

from timeless.claims import CLAIMS
from timeless.folders import Catalogue, Site
from timeless.site.pages import Source, read_pages
from timeless.words.conclusions import conclusion

_SHOWN = ("figure", "widget")


def origins(site: Site) -> str:
    """Return a text with one line a page, and below it one line a figure, widget or value."""
    experiments = set(importlib.import_module(site.experiments).names())
    lines: list[str] = []
    for source in read_pages(site):
        lines.append(f"{source.name}.html")
        lines += [f"  {line}" for line in _page_lines(site, source, experiments)]
    return "\n".join(lines)


def _page_lines(site: Site, source: Source, experiments: set[str]) -> list[str]:
    called = list(source.calls)
    lines = [
        f"{kind} {name} <- {_artifacts(kind, site, name, experiments)}"
        for kind, name in called
        if kind in _SHOWN
    ]
    quoted = {path.split(".")[0] for kind, name in called for path in _paths(kind, name)}
    lines += [f"values <- {_made(name, experiments)}" for name in sorted(quoted)]
    judged = {artifact for kind, name in called for artifact in _judging(kind, name)}
    return lines + [f"claims <- {_made(name, experiments)}" for name in sorted(judged)]


def _paths(kind: str, argument: str) -> tuple[str, ...]:
    """Return the values that a call of `value` or of `holds` reads, as ``artifact.key``."""
    if kind == "holds":
        return tuple(p for p in conclusion(argument).paths if not p.startswith("claims."))
    return (argument,) if kind == "value" else ()


def _judging(kind: str, name: str) -> set[str]:
    """Return the artifacts that a call of `claim`, `ledger` or `tally` reads."""
    asked = [c for c in CLAIMS if kind in {"ledger", "tally"} or (kind, name) == ("claim", c.id)]
    return {artifact for claim in asked for artifact in claim.reads}


def _artifacts(kind: str, site: Site, name: str, experiments: set[str]) -> str:
    package = site.figures if kind == "figure" else site.instruments
    artifacts = Catalogue(kind, package).load(name).ARTIFACTS
    return ", ".join(_made(artifact, experiments) for artifact in artifacts)


def _made(artifact: str, experiments: set[str]) -> str:
    maker = f"experiments/{artifact}/run.py" if artifact in experiments else "NO EXPERIMENT"
    return f"artifacts/{artifact}.json <- {maker}"
