"""Rendering: everything that a build writes itself, in memory, before anything is published."""

from collections.abc import Iterable, Mapping

from timeless.errors import TimelessError, refuse_if_any
from timeless.folders import Site
from timeless.site.content import Content
from timeless.site.files import MARK, MARKER, Files
from timeless.site.fill import Filler
from timeless.site.pages import Page, Source, outline
from timeless.words import maths


def render(site: Site, sources: list[Source], content: Content) -> Files:
    """Return every HTML page, the widgets' own pages, the sitemap and the marker; TeX is TeX.

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
        files[f"dev/{name}.html"] = filler.alone(name, widget, navigation)
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


def typeset(site: Site, sources: Iterable[Source], content: Content, files: Files) -> Files:
    """Return the files of a build with every formula of its pages as SVG; raises as `maths`."""
    written = {source.where: source.written for source in sources}
    for kind, items in (("figure", content.figures), ("widget", content.widgets)):
        written |= {f"the caption of {kind} {name}": item.caption for name, item in items.items()}
    pages = {
        name: file.decode()
        for name, file in files.items()
        if isinstance(file, bytes) and name.endswith(".html")
    }
    done = maths.typeset(pages, written, sources=site.packages, cache=site.cache)
    return files | {name: html.encode() for name, html in done.items()}
