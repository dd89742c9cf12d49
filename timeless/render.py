"""Rendering: everything that a build writes itself, in memory, before anything is published."""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from timeless.assets import Files
from timeless.compose import Composer, widget_view
from timeless.encoding import csv_table, receive_script
from timeless.errors import TimelessError, refuse_if_any
from timeless.instruments import Widget
from timeless.instruments.networks import network_files
from timeless.ledger import FILE
from timeless.material import Material
from timeless.pages import Page, Source, outline
from timeless.publish import MARK, MARKER
from timeless.records import csv_name, flat
from timeless.site import Site
from timeless.words.prose import Prose


def render(site: Site, sources: list[Source], material: Material) -> Files:
    """Return every HTML page, the widgets' own pages, the sitemap and the marker.

    Raises TimelessError that lists what is wrong in each page, or what no page uses.
    """
    pages, navigation = outline(sources)
    composer = Composer(site, material)
    _fill_all(composer, pages, sources)
    _check_all_used(material, pages.values())
    files: Files = {MARKER: MARK}
    for page in pages.values():
        template = "404.html" if page.name == "404" else "page.html"
        files[page.file] = composer.templates.render_page(
            template, page=page, pages=navigation, root=""
        )
    for name, widget in material.widgets.items():
        files[f"dev/{name}.html"] = _harness(composer, name, widget, navigation)
    if material.shared["site"]["base_url"]:
        sitemap = composer.templates.render("sitemap.xml", pages=navigation)
        files["sitemap.xml"] = sitemap.encode()
    return files


def _fill_all(composer: Composer, pages: Mapping[str, Page], sources: Iterable[Source]) -> None:
    """Fill every page; one mistake is raised as it is, several are raised as one list."""
    errors = []
    for source in sources:
        try:
            composer.fill(pages[source.name], source)
        except TimelessError as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    refuse_if_any([str(error) for error in errors], what="pages")


def _check_all_used(material: Material, pages: Iterable[Page]) -> None:
    figures, widgets = set(material.figures), set(material.widgets)
    for page in pages:
        figures -= set(page.figures)
        widgets -= set(page.widgets)
    unused = [f'no page shows the figure "{name}"' for name in sorted(figures)]
    unused += [f'no page shows the widget "{name}"' for name in sorted(widgets)]
    refuse_if_any(unused, what="unused", remedy="show it in a page or remove its module")


def _harness(composer: Composer, name: str, widget: Widget, navigation: list[Page]) -> bytes:
    """Return the page dev/NAME.html, which shows one widget alone."""
    prose = Prose(composer.material.typeset)
    view = widget_view(widget, name, 1, prose)
    page = Page(name, f"dev/{name}.html", widget.title, widget.title, widget.alt, widgets=[name])
    view["caption"] = (
        Markup(composer.material.typeset.glyph_cache(view["caption"])) + view["caption"]
    )
    return composer.templates.render_page(
        "dev.html", page=page, pages=navigation, root="../", widget=view
    )


def data_files(material: Material) -> Files:
    """Return the data of figures and widgets as scripts, every table as CSV, and the ledger."""
    files: Files = {}
    for name, figure in material.figures.items():
        drawing = {"data": figure.data, "layout": figure.layout}
        files[f"data/figure-{name}.js"] = receive_script(f"figure-{name}", drawing).encode()
        files[f"data/figure-{name}.csv"] = csv_table(figure.table).encode()
    if material.ledger.page:
        files[FILE] = material.ledger.document()
    for name, widget in material.widgets.items():
        payloads = {"": widget.data} | {f"-{key}": part for key, part in widget.parts.items()}
        for suffix, payload in payloads.items():
            script = receive_script(f"widget-{name}{suffix}", payload)
            files[f"data/widget-{name}{suffix}.js"] = script.encode()
    wanted = [name for widget in material.widgets.values() for name in widget.networks]
    files |= {path: text.encode() for path, text in network_files(material.results, wanted)}
    for entry in material.shared["downloads"]:
        tables = material.results[entry.experiment].series
        for name in tables:
            if (path := csv_name(entry.experiment, name)) in entry.csv:
                files[path] = csv_table(flat(tables[name])).encode()
    return files
