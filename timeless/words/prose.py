"""Prose: Markdown to HTML, in which formulas are TeX still and finished HTML passes untouched."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from markdown import Markdown
from markdown.inlinepatterns import HtmlInlineProcessor
from markdown.util import HTML_PLACEHOLDER_RE
from markupsafe import Markup

# What may be wider than a phone scrolls in a box of its own, which the keyboard can reach;
# a heading ends with a link to itself.
_FINISHED = {
    r"<p></p>\n?": "",  # a paragraph of nothing but guards
    r"<table>.*?</table>": r'<div class="table" tabindex="0">\g<0></div>',
    r"<pre>": '<pre tabindex="0">',
    r'(<h[23] id="([^"]+)">.*?)(</h[23]>)': (
        r'\1 <a class="permalink" href="#\2" aria-label="Link to this section">#</a>\3'
    ),
}
_EXTENSIONS = [
    "tables",
    "fenced_code",
    "footnotes",
    "attr_list",
    "def_list",
    "md_in_html",
    "mdx_math",  # python-markdown-math: TeX becomes <script type="math/tex">
    "smarty",
    "toc",
]
_WORDS_PER_MINUTE = 230
_CODE_OR_COMMENT = r"(<!--.*?-->|<(code|pre|script|style)\b.*?</\2>)"


@dataclass(frozen=True)
class Heading:
    """One line of a page's table of contents; ``title`` is HTML."""

    id: str
    title: str
    level: int


class Prose:
    """The text of one page."""

    def __init__(self) -> None:
        self._blocks: set[str] = set()
        self._markdown = Markdown(
            extensions=_EXTENSIONS,
            extension_configs={"toc": {"slugify": _slug, "toc_depth": "2-3"}},
            output_format="html",
        )
        # Formulas are scripts within a text: no line breaks around them.
        self._markdown.block_level_elements.remove("script")
        # It takes the places that `keep` gives for stray characters; `html` does its work.
        self._markdown.preprocessors.deregister("normalize_whitespace")
        # Code and comments in HTML are no text: after code in backticks, before formulas (185).
        raw = HtmlInlineProcessor(_CODE_OR_COMMENT, self._markdown)
        self._markdown.inlinePatterns.register(raw, "code_or_comment", 187)

    def keep(self, html: str, *, block: bool = False) -> Markup:
        """Return the place in a text where `html` puts this HTML; a block leaves its paragraph."""
        place = self._markdown.htmlStash.store(html.strip())
        self._blocks |= {place} if block else set()
        return Markup(place)  # noqa: S704 (no character of it means anything in HTML)

    def html(self, text: str) -> str:
        """Return Markdown as HTML, with all that was kept in its place."""
        lines = (self._apart(line) for line in text.expandtabs(4).split("\n"))
        html = self._markdown.convert("\n".join(lines) + "\n\n")
        for plain, finished in _FINISHED.items():
            html = re.sub(plain, finished, html, flags=re.DOTALL)
        return html

    def headings(self) -> list[Heading]:
        """Return the headings of levels 2 and 3 in the text that `html` has last returned."""
        tree = self._markdown.toc_tokens  # type: ignore[attr-defined]  # set by "toc"
        return [Heading(entry["id"], entry["html"], entry["level"]) for entry in _flat(tree)]

    def _apart(self, line: str) -> str:
        """Return a line with empty lines around each block, at its indent; one of spaces, empty."""
        if not line.strip():
            return ""
        margin = line[: len(line) - len(line.lstrip())]
        return HTML_PLACEHOLDER_RE.sub(
            lambda place: (
                f"\n\n{margin}{place[0]}\n\n{margin}" if place[0] in self._blocks else place[0]
            ),
            line,
        )


def minutes_to_read(html: str) -> int:
    """Return in how many minutes its words are read, at least 1; tables, code and TeX aside."""
    text = re.sub(r"<(table|pre|script|svg|style)\b.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)
    return max(1, round(len(text.split()) / _WORDS_PER_MINUTE))


def _slug(title: str, separator: str) -> str:
    """Return a heading's id: lower case ASCII words."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return separator.join(re.findall(r"[a-z0-9]+", plain)) or "section"


def _flat(tree: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the headings of a tree in the order of the page."""
    return [entry for top in tree for entry in (top, *_flat(top["children"]))]
