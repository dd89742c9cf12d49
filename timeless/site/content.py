"""Content: all that pages may quote and show, gathered before any page is rendered."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from timeless import __version__
from timeless.claims import Ledger, judge
from timeless.claims.ledger import Placed
from timeless.errors import TimelessError
from timeless.figures import Figure
from timeless.folders import DESCRIPTION, NAME, Catalogue, Site
from timeless.instruments import Widget
from timeless.options import Options
from timeless.results.artifacts import Results
from timeless.site.files import refuse_incomplete_instruments
from timeless.site.pages import GROUPS, Source, figure_places, page_with
from timeless.site.records import downloads, records
from timeless.words.glossary import Glossary
from timeless.words.references import Bibliography

GLOSSARY = "glossary.md"
_T = TypeVar("_T", Figure, Widget)


class Makings(Mapping[str, _T]):
    """Figures or widgets by their names, each made and checked when it is first asked for."""

    def __init__(self, catalogue: Catalogue, results: Results, wanted: type[_T]) -> None:
        self._catalogue, self._results = catalogue, results
        self._wanted: type[_T] = wanted
        self._names = catalogue.names()
        self.made: dict[str, _T] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> _T:
        if name not in self._names:
            raise KeyError(name)
        if name not in self.made:
            item, where = self._catalogue.make(name, self._results), self._catalogue.file(name)
            if not isinstance(item, self._wanted):
                raise TimelessError(
                    f"must return a {self._wanted.__name__}; got {type(item).__name__}", where=where
                )
            item.check(where)
            self.made[name] = item
        return self.made[name]


@dataclass(frozen=True)
class Content:
    """What pages may quote and show."""

    results: Results
    figures: Makings[Figure]
    widgets: Makings[Widget]
    bibliography: Bibliography
    glossary: Glossary
    glossary_page: str  # the file that shows it, or nothing
    ledger: Placed
    shared: Mapping[str, Any]  # what pages and templates both see: site, artifacts


@dataclass(frozen=True)
class Made:
    """What results and code alone decide, and stays as it is while pages are written."""

    manifest: Mapping[str, Mapping[str, Any]]
    results: Results
    figures: Makings[Figure]
    widgets: Makings[Widget]
    ledger: Ledger


def make(site: Site, manifest: Mapping[str, Mapping[str, Any]]) -> Made:
    """Return the figures, widgets and verdicts of the results that the manifest lists."""
    results = Results(site.artifacts)
    return Made(
        manifest=manifest,
        results=results,
        figures=Makings(Catalogue("figure", site.figures), results, Figure),
        widgets=Makings(Catalogue("widget", site.instruments), results, Widget),
        ledger=judge(results),
    )


def gather(site: Site, options: Options, sources: list[Source], made: Made) -> Content:
    """Return all that pages may show: results, figures, widgets, references, verdicts."""
    manifest, results = made.manifest, made.results
    names = [name.removesuffix(".json") for name in manifest if "/" not in name]
    refuse_incomplete_instruments(site)
    return Content(
        results=results,
        figures=made.figures,
        widgets=made.widgets,
        bibliography=Bibliography(site.sources / "references.bib"),
        glossary=Glossary(site.sources / GLOSSARY),
        glossary_page=page_with("glossary", sources),
        ledger=Placed(made.ledger, page_with("ledger", sources), figure_places(sources)),
        shared={
            "site": {
                "name": NAME,
                "description": DESCRIPTION,
                "base_url": options.base_url,
                "source_url": options.source_url,
                "version": __version__,
                "artifacts_date": _newest(results, names),
                "quick": options.quick,
                "groups": GROUPS,
            },
            "artifacts": [{"file": f"artifacts/{n}", **entry} for n, entry in manifest.items()],
            "downloads": downloads(results, manifest),
            "makings": {name: results[name].provenance for name in names},
            "runs": records(results, names),
        },
    )


def _newest(results: Results, names: Iterable[str]) -> str:
    """Return the latest date that artifacts give in their provenance, or nothing."""
    return max((results[name].provenance.get("date", "") for name in names), default="")[:10]
