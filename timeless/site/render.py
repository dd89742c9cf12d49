"""Rendering: everything that a build writes itself, in memory, before anything is published.

The pages, the data from which their scripts draw, and the tables a reader can download. Formulas
are TeX until `typeset`, which takes finished pages.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from timeless.claims.ledger import FILE
from timeless.errors import TimelessError, refuse_if_any
from timeless.folders import Site
from timeless.instruments.networks import network_files
from timeless.results.encoding import csv_table, receive_script
from timeless.site import kernels
from timeless.site.cards import give_cards
from timeless.site.content import GLOSSARY, Content
from timeless.site.files import Files
from timeless.site.fill import Filler
from timeless.site.metadata import FILE as METADATA
from timeless.site.metadata import croissant
from timeless.site.pages import Page, Source, outline
from timeless.site.records import csv_name, flat
from timeless.words import maths

Filled = dict[tuple[str, str], dict[str, Any]]  # what filling gave, by a page's name and text


def render(
    site: Site, sources: list[Source], content: Content, filled: Filled, kept: Files
) -> Files:
    """Return every HTML page, the widgets' own pages, the ledger, cards, and the sitemap.

    What is in ``kept`` is right as it is, and left out.
    Pages that are in ``filled`` are taken from there, and the others added to it. Raises
    TimelessError that lists what is wrong in each page, or what no page uses.
    """
    pages, navigation = outline(sources)
    filler = Filler(site, content)
    changed = [source for source in sources if pages[source.name].file not in kept]
    _fill_all(filler, pages, changed, filled)
    _check_all_used(content, pages.values(), sources)
    wanted = [pages[source.name] for source in changed]
    shared = bool(content.shared["site"]["base_url"])
    files = give_cards(site, wanted, content.figures) if shared else {}
    for page in wanted:
        template = "404.html" if page.name == "404" else "page.html"
        files[page.file] = filler.templates.render_page(
            template, page=page, pages=navigation, root=""
        )
    for name in content.widgets:
        if f"dev/{name}.html" not in kept:
            files[f"dev/{name}.html"] = filler.alone(name, content.widgets[name], navigation)
    if shared:
        sitemap = filler.templates.render("sitemap.xml", pages=navigation)
        files["sitemap.xml"] = sitemap.encode()
    if content.ledger.page and FILE not in kept:
        files[FILE] = content.ledger.document()
    return files


def _fill_all(
    filler: Filler, pages: Mapping[str, Page], sources: Iterable[Source], filled: Filled
) -> None:
    """Fill every page; one mistake is raised as it is, several are raised as one list."""
    errors = []
    for source in sources:
        page, key = pages[source.name], (source.name, source.written)
        before = {name: copy(value) for name, value in vars(page).items()}
        try:
            if key not in filled:
                filler.fill(page, source)
                now = vars(page).items()
                filled[key] = {name: value for name, value in now if value != before[name]}
            vars(page).update(filled[key])
        except TimelessError as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    refuse_if_any([str(error) for error in errors], what="pages")


def _check_all_used(content: Content, pages: Iterable[Page], sources: Iterable[Source]) -> None:
    called = {call for source in sources for call in source.calls}
    figures = {name for name in content.figures if ("figure", name) not in called}
    widgets = {name for name in content.widgets if ("widget", name) not in called}
    for page in pages:
        figures -= set(page.figures)
        widgets -= set(page.widgets)
    unused = [f'no page shows the figure "{name}"' for name in sorted(figures)]
    unused += [f'no page shows the widget "{name}"' for name in sorted(widgets)]
    refuse_if_any(unused, what="unused", remedy="show it in a page or remove its module")


def data_files(site: Site, content: Content) -> Files:
    """Return the data of figures and widgets as scripts, and every table as CSV, and metadata."""
    files: Files = {}
    if any(widget.trains for widget in content.widgets.values()):
        files[kernels.FILE] = kernels.kernels(site)
    for name, figure in content.figures.items():
        drawing = {"data": figure.data, "layout": figure.layout}
        files[f"data/figure-{name}.js"] = receive_script(f"figure-{name}", drawing).encode()
        files[f"data/figure-{name}.csv"] = csv_table(figure.table).encode()
    for name, widget in content.widgets.items():
        payloads = {"": widget.data} | {f"-{key}": part for key, part in widget.parts.items()}
        for suffix, payload in payloads.items():
            script = receive_script(f"widget-{name}{suffix}", payload)
            files[f"data/widget-{name}{suffix}.js"] = script.encode()
    wanted = [name for widget in content.widgets.values() for name in widget.networks]
    files |= {path: text.encode() for path, text in network_files(content.results, wanted)}
    tables = _tables(content)
    return files | tables | {METADATA: croissant(content.results, content.shared, tables)}


def _tables(content: Content) -> dict[str, bytes]:
    """Return every table that is offered as CSV."""
    return {
        path: csv_table(flat(table)).encode()
        for entry in content.shared["downloads"]
        for name, table in content.results[entry.experiment].series.items()
        if (path := csv_name(entry.experiment, name)) in entry.csv
    }


def typeset(site: Site, sources: Iterable[Source], content: Content, files: Files) -> Files:
    """Return the files of a build with every formula of its pages as SVG; raises as `maths`."""
    written = {source.where: source.written for source in sources}
    written[GLOSSARY] = content.glossary.text
    for kind, items in (("figure", content.figures), ("widget", content.widgets)):
        captions = {name: item.caption for name, item in items.made.items()}
        written |= {f"the caption of {kind} {name}": text for name, text in captions.items()}
    pages = {
        name: file.decode()
        for name, file in files.items()
        if isinstance(file, bytes) and name.endswith(".html")
    }
    done = maths.typeset(pages, written, sources=site.packages, cache=site.cache)
    return files | {name: html.encode() for name, html in done.items()}
