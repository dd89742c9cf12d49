"""Rendering: everything that a build writes itself, in memory, before anything is published."""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from timeless.errors import TimelessError, refuse_if_any
from timeless.folders import Site
from timeless.instruments import Widget
from timeless.site.content import Content
from timeless.site.files import MARK, MARKER, Files
from timeless.site.fill import Filler, widget_view
from timeless.site.pages import Page, Source, outline
from timeless.words.prose import Prose


def render(site: Site, sources: list[Source], content: Content) -> Files:
    """Return every HTML page, the widgets' own pages, the sitemap and the marker.

    Raises TimelessError that lists what is wrong in each page, or what no page uses.
    """
    pages, navigation = outline(sources)
    filler = Filler(site, content)
    _fill_all(filler, pages, sources)
    _check_all_used(content, pages.values())
    files: Files = {MARKER: MARK}
    for page in pages.values():
        template = "404.html" if page.name == "404" else "page.html"
        files[page.file] = filler.templates.render_page(
            template, page=page, pages=navigation, root=""
        )
    for name, widget in content.widgets.items():
        files[f"dev/{name}.html"] = _harness(filler, name, widget, navigation)
    if content.shared["site"]["base_url"]:
        sitemap = filler.templates.render("sitemap.xml", pages=navigation)
        files["sitemap.xml"] = sitemap.encode()
    return files


def _fill_all(filler: Filler, pages: Mapping[str, Page], sources: Iterable[Source]) -> None:
    """Fill every page; one mistake is raised as it is, several are raised as one list."""
    errors = []
    for source in sources:
        try:
            filler.fill(pages[source.name], source)
        except TimelessError as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    refuse_if_any([str(error) for error in errors], what="pages")


def _check_all_used(content: Content, pages: Iterable[Page]) -> None:
    figures, widgets = set(content.figures), set(content.widgets)
    for page in pages:
        figures -= set(page.figures)
        widgets -= set(page.widgets)
    unused = [f'no page shows the figure "{name}"' for name in sorted(figures)]
    unused += [f'no page shows the widget "{name}"' for name in sorted(widgets)]
    refuse_if_any(unused, what="unused", remedy="show it in a page or remove its module")


def _harness(filler: Filler, name: str, widget: Widget, navigation: list[Page]) -> bytes:
    """Return the page dev/NAME.html, which shows one widget alone."""
    prose = Prose(filler.content.typeset)
    view = widget_view(widget, name, 1, prose)
    page = Page(name, f"dev/{name}.html", widget.title, widget.title, widget.alt, widgets=[name])
    view["caption"] = Markup(filler.content.typeset.glyph_cache(view["caption"])) + view["caption"]
    return filler.templates.render_page(
        "dev.html", page=page, pages=navigation, root="../", widget=view
    )
