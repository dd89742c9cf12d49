"""Filling: what a page can call between double braces, and the page that comes of it.

The order of work: calls are carried out, and leave finished HTML in its place; Markdown makes
HTML around it, with TeX where formulas are. Every error names page and line.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from markupsafe import Markup, escape

from timeless.errors import TimelessError, unknown_name
from timeless.figures import Figure
from timeless.folders import Site
from timeless.instruments import Widget
from timeless.site.content import Content
from timeless.site.pages import Page, Source
from timeless.site.templates import Templates
from timeless.words.conclusions import conclusion
from timeless.words.listings import listing
from timeless.words.prose import Heading, Prose, minutes_to_read
from timeless.words.references import Citations
from timeless.words.values import look_up

_T = TypeVar("_T")


class Filler:
    """Fills pages with their text, with the templates and the content of one site."""

    def __init__(self, site: Site, content: Content) -> None:
        self.content = content
        self.templates = Templates(site.templates, content.shared)
        self._quick = content.shared["site"]["quick"]

    def fill(self, page: Page, source: Source) -> None:
        """Give a page its text; raises TimelessError with page and line of what is wrong."""
        prose = Prose()
        citations = Citations(self.content.bibliography)
        known = {**self._functions(page, prose, citations), **self.content.shared}
        known["keep"] = prose.keep
        page.lead = Markup(prose.html(source.lead.fill(known)))
        page.body = Markup(prose.html(source.body.fill(known)))
        page.minutes = minutes_to_read(page.body)
        page.references = citations.references()
        page.toc = [Heading(h.id, Markup(h.title), h.level) for h in prose.headings()]

    def _functions(
        self, page: Page, prose: Prose, citations: Citations
    ) -> dict[str, Callable[..., Markup]]:
        """Return what a page can call between double braces."""

        def value(path: str, spec: str | None = None, otherwise: str = "") -> Markup:
            try:
                return prose.keep(look_up(self.content.results, path, spec, otherwise).html)
            except TimelessError:
                if self._quick:  # a trial has fewer runs, and they grok nothing
                    return prose.keep("none")
                raise

        def cite(*keys: str) -> Markup:
            return prose.keep(citations.cite(*keys))

        def claim(name: str) -> Markup:
            return prose.keep(self.show_verdict(name))

        def holds(condition: str) -> Markup:
            self._check(condition)
            return prose.keep("")  # not even an empty line, which would end a paragraph

        def term(name: str, words: str = "") -> Markup:
            return prose.keep(self.show_term(name, words))

        functions = (value, cite, claim, holds, term)
        return {f.__name__: f for f in functions} | self._blocks(page, prose)

    def _blocks(self, page: Page, prose: Prose) -> dict[str, Callable[..., Markup]]:
        """Return the calls that stand for a block of their own: pictures, tables, listings."""

        def plain(path: str, spec: str | None = None) -> str:
            return look_up(self.content.results, path, spec).text

        def diagram(name: str) -> Markup:
            return prose.keep(self.templates.render_diagram(name, plain=plain), block=True)

        def code(path: str) -> Markup:
            return prose.keep(listing(path), block=True)

        def figure(name: str, see: str = "") -> Markup:
            shown = _only_once("figure", name, self.content.figures, page.figures)
            view = _view(shown, name, len(page.figures), prose, see)
            view |= {"height": shown.height, "csv": f"data/figure-{name}.csv"}
            return prose.keep(
                self.templates.render("figure.html", figure=view, root=""), block=True
            )

        def widget(name: str, see: str = "") -> Markup:
            shown = _only_once("widget", name, self.content.widgets, page.widgets)
            page.trains |= shown.trains
            view = _view(shown, name, len(page.widgets), prose, see)
            return prose.keep(
                self.templates.render("widget.html", widget=view, root=""), block=True
            )

        def ledger() -> Markup:
            page.ledger = True
            shown = self.templates.render("ledger.html", ledger=self.content.ledger, root="")
            return prose.keep(shown, block=True)

        def tally() -> Markup:
            shown = self.templates.render("tally.html", ledger=self.content.ledger)
            return prose.keep(shown, block=True)

        def glossary() -> Markup:
            entries = [
                {"anchor": term.anchor, "names": term.names, "html": Markup(prose.html(term.says))}
                for term in self.content.glossary.terms
            ]
            return prose.keep(self.templates.render("glossary.html", entries=entries), block=True)

        blocks = (code, ledger, tally, glossary, diagram, figure, widget)
        return {block.__name__: block for block in blocks}

    def _check(self, condition: str) -> None:
        """Raise TimelessError if the artifacts do not bear out what a sentence concludes.

        The networks of a quick trial need not.
        """
        concluded = conclusion(condition)
        if not self._quick:
            concluded.check(self._find)

    def _find(self, path: str) -> Any:
        """Return a measured value, or the verdict on a claim: ``claims.click``."""
        kind, _, name = path.partition(".")
        if kind == "claims":
            return self.content.ledger.ledger[name].verdict.value
        return look_up(self.content.results, path).raw

    def show_verdict(self, claim: str) -> str:
        """Return the verdict on a claim as a link to its place in the ledger.

        Raises TimelessError if there is no such claim, or no page that shows the ledger.
        """
        placed = self.content.ledger
        entry = placed.ledger[claim]
        if not placed.page:
            raise TimelessError(
                "no page shows the ledger", remedy="write {{ ledger() }} in one of them"
            )
        return self.templates.render("verdict.html", entry=entry, page=placed.page)

    def show_term(self, name: str, words: str) -> str:
        """Return a term, in other ``words`` if given, as a link to its definition.

        Raises TimelessError if there is no such term, or no page that shows the glossary.
        """
        term, page = self.content.glossary[name], self.content.glossary_page
        if not page:
            raise TimelessError(
                "no page shows the glossary", remedy="write {{ glossary() }} in one of them"
            )
        return f'<a class="term" href="{page}#{term.anchor}">{escape(words or name)}</a>'

    def alone(self, name: str, widget: Widget, navigation: list[Page]) -> bytes:
        """Return the page dev/NAME.html, which shows one widget alone."""
        page = Page(name, f"dev/{name}.html", widget.title, widget.alt)
        page.widgets.append(name)
        page.trains = widget.trains
        view = _view(widget, name, 1, Prose())
        return self.templates.render_page(
            "dev.html", page=page, pages=navigation, root="../", widget=view
        )


def _view(
    shown: Figure | Widget, name: str, number: int, prose: Prose, see: str = ""
) -> dict[str, Any]:
    """Return what the template of a figure or of a widget shows; ``see``: the one thing to see."""
    return {
        "name": name,
        "number": number,
        "title": shown.title,
        "see": Markup(prose.html(see)),
        "caption": Markup(prose.html(shown.caption)),
        "alt": shown.alt,
    }


def _only_once(kind: str, name: str, known: Mapping[str, _T], used: list[str]) -> _T:
    if name not in known:
        raise unknown_name(kind, name, known)
    if name in used:
        raise TimelessError(f'the {kind} "{name}" is on this page already', remedy="link to it")
    used.append(name)
    return known[name]
