r"""Prose: Markdown to HTML around pieces of finished HTML.

Formulas, measured values, citations and figures are finished before Markdown runs. Each is
set aside and stands in the text as a token, one character run that neither Jinja nor Markdown
takes apart, and comes back at the end.
"""

import re
import unicodedata
from dataclasses import dataclass
from html import unescape
from typing import Any

from markdown import Markdown

from timeless.words.maths import Formula, Typeset, replace_formulas

# From Unicode's private use area, so that no text contains them.
_OPEN, _CLOSE, _BLOCK = "\ue000", "\ue001", "\ue002"
_TOKEN = re.compile(f"{_OPEN}(\\d+){_BLOCK}?{_CLOSE}")
_BLOCK_TOKEN = re.compile(f"[ \\t]*({_OPEN}\\d+{_BLOCK}{_CLOSE})[ \\t]*")
_LONE_BLOCK = re.compile(f"<p>\\s*({_OPEN}\\d+{_BLOCK}{_CLOSE})\\s*</p>")
# What may be wider than a phone scrolls in a box of its own, which the keyboard can reach.
_SCROLLS = {
    "<table>": '<div class="table" tabindex="0"><table>',
    "</table>": "</table></div>",
    "<pre>": '<pre tabindex="0">',
}
_EXTENSIONS = [
    "tables",
    "fenced_code",
    "footnotes",
    "attr_list",
    "def_list",
    "md_in_html",
    "smarty",
    "toc",
]


@dataclass(frozen=True)
class Heading:
    """One line of a page's table of contents; ``title`` is HTML."""

    id: str
    title: str
    level: int


class Prose:
    """The text of one page: sets finished HTML aside, and renders Markdown around it."""

    def __init__(self, typeset: Typeset) -> None:
        self._typeset = typeset
        self._pieces: list[str] = []
        self._displayed = 0

    def set_aside(self, html: str, *, block: bool = False) -> str:
        """Return the token that stands for a piece of HTML; a block stands on lines of its own."""
        self._pieces.append(html)
        return f"{_OPEN}{len(self._pieces) - 1}{_BLOCK if block else ''}{_CLOSE}"

    def set_formulas_aside(self, text: str, where: str = "") -> str:
        """Return the text with a token for each formula."""

        def put(formula: Formula) -> str:
            self._displayed += formula.display
            html = self._typeset.show(formula, self._displayed)
            return self.set_aside(html, block=formula.display)

        return replace_formulas(text, where, put)

    def html(self, text: str) -> str:
        """Return Markdown with tokens and formulas as HTML."""
        return self.html_and_headings(text)[0]

    def html_and_headings(self, text: str) -> tuple[str, list[Heading]]:
        """Return Markdown with tokens and formulas as HTML, and its headings of levels 2 and 3."""
        markdown = Markdown(
            extensions=_EXTENSIONS,
            extension_configs={"toc": {"slugify": _slug, "toc_depth": "2-3"}},
            output_format="html",
        )
        html = markdown.convert(_blocks_on_own_lines(self.set_formulas_aside(text)))
        html = _LONE_BLOCK.sub(r"\1", html)
        for plain, finished in _SCROLLS.items():
            html = html.replace(plain, finished)
        headings = [
            Heading(entry["id"], self._restore(entry["name"]), entry["level"])
            for entry in _flat(markdown.toc_tokens)  # type: ignore[attr-defined]  # by "toc"
        ]
        return self._restore(html), headings

    def _restore(self, html: str) -> str:
        while _TOKEN.search(html):  # a caption with a formula is itself a piece
            html = _TOKEN.sub(lambda match: self._pieces[int(match[1])], html)
        return html


def _blocks_on_own_lines(text: str) -> str:
    """Return the text with blank lines around each block, at the indent of its line."""
    return "\n".join(
        _split_line(line) if _BLOCK_TOKEN.search(line) else line for line in text.split("\n")
    )


def _split_line(line: str) -> str:
    indent = re.match(r"\s*", line)
    margin = indent[0] if indent else ""
    return _BLOCK_TOKEN.sub(lambda token: f"\n\n{margin}{token[1]}\n\n{margin}", line.rstrip())


def _slug(title: str, separator: str) -> str:
    """Return a heading's id: lower case ASCII words, without what stands for formulas."""
    plain = unicodedata.normalize("NFKD", unescape(_TOKEN.sub("", title)))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower())
    return separator.join(words) or "section"


def _flat(tree: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the headings of a tree in the order of the page."""
    return [entry for top in tree for entry in (top, *_flat(top["children"]))]
