"""Material: all that pages may quote and show, gathered before any page is rendered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from timeless import __version__
from timeless.artifacts import Results
from timeless.assets import refuse_incomplete_instruments
from timeless.calls import figure_places, page_with
from timeless.claims import ledger
from timeless.errors import TimelessError
from timeless.figures import Figure
from timeless.instruments import Widget
from timeless.ledger import Placed
from timeless.options import Options
from timeless.pages import Source
from timeless.records import downloads, records
from timeless.site import DESCRIPTION, NAME, Catalogue, Site
from timeless.words.maths import Formula, Typeset, formulas_in, typeset
from timeless.words.references import Bibliography

_T = TypeVar("_T", Figure, Widget)


@dataclass(frozen=True)
class Material:
    """What pages may quote and show."""

    results: Results
    figures: Mapping[str, Figure]
    widgets: Mapping[str, Widget]
    bibliography: Bibliography
    typeset: Typeset
    ledger: Placed
    shared: Mapping[str, Any]  # what pages and templates both see: site, artifacts


def gather(
    site: Site, options: Options, sources: list[Source], manifest: Mapping[str, Mapping[str, Any]]
) -> Material:
    """Return all that pages may show: results, figures, widgets, references, formulas."""
    results = Results(site.artifacts)
    names = [name.removesuffix(".json") for name in manifest if "/" not in name]
    figures = _make_all(Catalogue("figure", site.figures), results, Figure)
    widgets = _make_all(Catalogue("widget", site.instruments), results, Widget)
    refuse_incomplete_instruments(site)
    bibliography = Bibliography(site.sources / "references.bib")
    formulas = _formulas(sources, {"figures": figures, "widgets": widgets})
    return Material(
        results=results,
        figures=figures,
        widgets=widgets,
        bibliography=bibliography,
        typeset=typeset(formulas, sources=site.packages, cache=site.cache),
        ledger=Placed(ledger(results), page_with("ledger", sources), figure_places(sources)),
        shared={
            "site": {
                "name": NAME,
                "description": DESCRIPTION,
                "base_url": options.base_url,
                "version": __version__,
                "artifacts_date": _newest(results, names),
                "quick": options.quick,
            },
            "artifacts": [{"file": f"artifacts/{n}", **entry} for n, entry in manifest.items()],
            "downloads": downloads(results, manifest),
            "makings": {name: results[name].provenance for name in names},
            "runs": records(results, names),
        },
    )


def _make_all(catalogue: Catalogue, results: Results, wanted: type[_T]) -> dict[str, _T]:
    made = {}
    for name in catalogue.names():
        item = catalogue.make(name, results)
        where = catalogue.file(name)
        if not isinstance(item, wanted):
            raise TimelessError(
                f"must return a {wanted.__name__}; got {type(item).__name__}", where=where
            )
        item.check(where)
        made[name] = item
    return made


def _formulas(
    sources: Iterable[Source], shown: Mapping[str, Mapping[str, Figure | Widget]]
) -> list[Formula]:
    texts = [(source.body, source.where) for source in sources]
    texts += [(source.lead, source.where) for source in sources]
    for folder, items in shown.items():
        texts += [(item.caption, f"{folder}/{name}: caption") for name, item in items.items()]
    return [formula for text, where in texts for formula in formulas_in(text, where)]


def _newest(results: Results, names: Iterable[str]) -> str:
    """Return the latest date that artifacts give in their provenance, or nothing."""
    return max((results[name].provenance.get("date", "") for name in names), default="")[:10]
