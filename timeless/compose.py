"""Composing: a page's text with its formulas, values, figures, widgets and citations.

The order of work: formulas are set aside, Jinja fills in what the page calls, Markdown makes
HTML, and what was set aside comes back. Every error names page and line.
"""

import traceback
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from jinja2 import Environment, StrictUndefined, TemplateError, TemplateSyntaxError
from markupsafe import Markup

from timeless.errors import TimelessError, unknown_name
from timeless.figures import Figure
from timeless.instruments import Widget
from timeless.material import Material
from timeless.pages import Page, Source
from timeless.site import Site
from timeless.templates import Templates
from timeless.words.listings import listing
from timeless.words.prose import Heading, Prose
from timeless.words.references import Citations
from timeless.words.values import measured, plain_value

_T = TypeVar("_T")


class Composer:
    """Fills pages with their text, with the templates and the material of one site."""

    def __init__(self, site: Site, material: Material) -> None:
        self.material = material
        self.templates = Templates(site.templates, material.shared)
        self._text = Environment(autoescape=True, undefined=StrictUndefined)  # no template files

    def fill(self, page: Page, source: Source) -> None:
        """Give a page its text; raises TimelessError with page and line of what is wrong."""
        prose = Prose(self.material.typeset)
        citations = Citations(self.material.bibliography)
        functions = self._functions(page, prose, citations)
        page.lead = Markup(prose.html(self._jinja(source.lead, source, prose, functions)))
        body, page.toc = prose.html_and_headings(self._jinja(source.body, source, prose, functions))
        page.body = Markup(body)
        page.references = citations.references()
        page.toc = [Heading(h.id, Markup(h.title), h.level) for h in page.toc]
        page.maths_svg = Markup(self.material.typeset.glyph_cache(page.lead + page.body))

    def _functions(
        self, page: Page, prose: Prose, citations: Citations
    ) -> dict[str, Callable[..., str]]:
        """Return what a page can call between double braces."""

        def value(path: str, spec: str | None = None, otherwise: str = "") -> str:
            return prose.set_aside(measured(self.material.results, path, spec, otherwise))

        def cite(*keys: str) -> str:
            return prose.set_aside(citations.cite(*keys))

        def claim(name: str) -> str:
            return prose.set_aside(self.show_verdict(name))

        return {"value": value, "cite": cite, "claim": claim, **self._blocks(page, prose)}

    def _blocks(self, page: Page, prose: Prose) -> dict[str, Callable[..., str]]:
        """Return the calls that stand for a block of their own: pictures, tables, listings."""

        def plain(path: str, spec: str | None = None) -> str:
            return plain_value(self.material.results, path, spec)

        def diagram(name: str) -> str:
            return prose.set_aside(self.templates.render_diagram(name, plain=plain), block=True)

        def code(path: str) -> str:
            return prose.set_aside(listing(path), block=True)

        def figure(name: str) -> str:
            shown = _only_once("figure", name, self.material.figures, page.figures)
            return prose.set_aside(self.show_figure(shown, name, page, prose), block=True)

        def widget(name: str) -> str:
            shown = _only_once("widget", name, self.material.widgets, page.widgets)
            number = len(page.widgets)
            return prose.set_aside(self.show_widget(shown, name, number, prose), block=True)

        def ledger() -> str:
            page.ledger = True
            shown = self.templates.render("ledger.html", ledger=self.material.ledger, root="")
            return prose.set_aside(shown, block=True)

        return {
            "code": code,
            "ledger": ledger,
            "diagram": diagram,
            "figure": figure,
            "widget": widget,
        }

    def show_figure(self, figure: Figure, name: str, page: Page, prose: Prose) -> str:
        """Return a figure's place in the page, by the template figure.html."""
        view = {
            "name": name,
            "number": len(page.figures),
            "title": figure.title,
            "caption": Markup(prose.html(figure.caption)),
            "alt": figure.alt,
            "height": figure.height,
            "csv": f"data/figure-{name}.csv",
        }
        return self.templates.render("figure.html", figure=view, root="")

    def show_widget(self, widget: Widget, name: str, number: int, prose: Prose) -> str:
        """Return a widget's place in the page, by the template widget.html."""
        view = widget_view(widget, name, number, prose)
        return self.templates.render("widget.html", widget=view, root="")

    def show_verdict(self, claim: str) -> str:
        """Return the verdict on a claim as a link to its place in the ledger.

        Raises TimelessError if there is no such claim, or no page that shows the ledger.
        """
        placed = self.material.ledger
        entry = placed.ledger[claim]
        if not placed.page:
            raise TimelessError(
                "no page shows the ledger", remedy="write {{ ledger() }} in one of them"
            )
        return self.templates.render("verdict.html", entry=entry, page=placed.page).strip()

    def _jinja(
        self, written: str, source: Source, prose: Prose, functions: Mapping[str, Any]
    ) -> str:
        """Return a text with its formulas set aside and its calls carried out."""
        text = prose.set_formulas_aside(written, source.where)
        try:
            return self._text.from_string(text).render(**functions, **self.material.shared)
        except TemplateSyntaxError as error:
            raise TimelessError(str(error), where=f"{source.where}:{error.lineno}") from None
        except (TimelessError, TemplateError, TypeError) as error:
            raise TimelessError(str(error), where=_line_of(error, source)) from error


def widget_view(widget: Widget, name: str, number: int, prose: Prose) -> dict[str, Any]:
    """Return what the template widget.html shows."""
    caption = Markup(prose.html(widget.caption))
    return {
        "name": name,
        "number": number,
        "title": widget.title,
        "caption": caption,
        "alt": widget.alt,
    }


def _only_once(kind: str, name: str, known: Mapping[str, _T], used: list[str]) -> _T:
    if name not in known:
        raise unknown_name(kind, name, known)
    if name in used:
        raise TimelessError(f'the {kind} "{name}" is on this page already', remedy="link to it")
    used.append(name)
    return known[name]


def _line_of(error: BaseException, source: Source) -> str:
    """Return ``pages/NAME.md:LINE``; Jinja gives its frames the line numbers of the text."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == "<template>"]
    return f"{source.where}:{lines[-1]}" if lines else source.where
