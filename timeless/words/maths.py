r"""Maths: TeX in finished pages becomes SVG when the site is built; no reader's browser runs TeX.

Markdown has found the formulas: ``\(…\)`` inline, ``\[…\]`` and ``$$…$$`` displayed; a single
dollar is a dollar. Each stands in a page as ``<script type="math/tex">``. One Node process runs
MathJax for all formulas of all pages that are not in the cache, which is keyed by the source of
the formula and of everything that typesets it.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from timeless.errors import refuse_if_any
from timeless.node import answer_of, version_of
from timeless.results.artifacts import write_atomically
from timeless.results.cache import sealed, unsealed
from timeless.results.reading import read_text

# A displayed formula that is all of its paragraph stands in its place.
_FORMULA = re.compile(
    r"""
    (?P<alone> <p>\s* (?=<script[ ]type="math/tex;) )?
    <script[ ]type="math/tex (?P<display>;[ ]mode=display)? ">
    (?P<tex> (?:(?!</script>).)* ) </script>
    (?(alone) \s*</p> )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Formula:
    """One formula: its TeX, and whether it stands on a line of its own."""

    tex: str
    display: bool


SCRIPTS = ("tex.mjs", "formula-text.mjs")  # what typesets, in the folder of sources

Entry = Mapping[str, Any]  # "html", and "glyphs": the outlines it refers to, by id


def typeset(
    pages: Mapping[str, str], written: Mapping[str, str], *, sources: Path, cache: Path
) -> dict[str, str]:
    """Return finished pages with every formula as SVG, from the cache where it is known.

    ``written`` holds the texts that pages are made of, by the names that errors give them. A
    cache that cannot be read or written only costs time.

    Raises TimelessError that names text and line of each formula MathJax cannot read, or that
    says what to install where Node or MathJax is missing.
    """
    found = [_formula(match) for html in pages.values() for match in _FORMULA.finditer(html)]
    entries = _entries(list(dict.fromkeys(found)), written, sources, cache)
    return {name: _shown(html, entries) for name, html in pages.items()}


def _formula(match: re.Match[str]) -> Formula:
    return Formula(match["tex"].strip(), bool(match["display"]))


def _shown(html: str, entries: Mapping[Formula, Entry]) -> str:
    """Return a page with SVG for TeX, and the glyphs it refers to at the top of its body."""
    numbers = count(1)
    used = [entries[_formula(match)]["glyphs"] for match in _FORMULA.finditer(html)]
    if not used:
        return html
    shown = _FORMULA.sub(lambda match: _element(match, entries[_formula(match)], numbers), html)
    glyphs = {key: outline for each in used for key, outline in each.items()}
    paths = "".join(f'<path id="{key}" d="{outline}"/>' for key, outline in glyphs.items())
    outlines = f'<svg class="maths-glyphs" aria-hidden="true"><defs>{paths}</defs></svg>'
    body = re.search(r"<body[^>]*>", shown)
    top = body.end() if body else len(shown)
    return f"{shown[:top]}\n{outlines}{shown[top:]}"


def _element(match: re.Match[str], entry: Entry, numbers: Iterator[int]) -> str:
    """Return a formula as a ``span.maths``, or as ``.maths-display`` with its number.

    Nobody sees the number: it tells one scrolling box from the next for who cannot see them.
    """
    if not match["display"]:
        return f'<span class="maths">{entry["html"]}</span>'
    tag = "div" if match["alone"] else "span"  # within a paragraph there is no div
    name = f'tabindex="0" role="group" aria-label="Formula {next(numbers)}"'
    return f'<{tag} class="maths-display" {name}>{entry["html"]}</{tag}>'


def _entries(
    formulas: list[Formula], written: Mapping[str, str], sources: Path, cache: Path
) -> dict[Formula, Entry]:
    """Return each formula as typeset; those that are not in the cache are put there."""
    folder = cache / "maths" / _typesetter_version(sources)
    files = {each: folder / f"{_digest(each.tex, each.display)}.formula" for each in formulas}
    known: dict[Formula, Entry] = {
        each: held for each, file in files.items() if (held := _cached(file, each))
    }
    missing = [each for each in formulas if each not in known]
    made = _made(missing, _answer(missing, sources), written) if missing else {}
    for each, entry in made.items():
        with suppress(OSError):
            write_atomically(files[each], _sealed(each, entry))
    return known | made


def _sealed(formula: Formula, entry: Entry) -> bytes:
    """Return an entry of the cache, with the formula that it is of."""
    kept = json.dumps([formula.tex, formula.display, entry], ensure_ascii=False)
    return sealed(kept.encode())


def _cached(file: Path, formula: Formula) -> Entry | None:
    """Return what the cache holds of a formula; a file damaged, or of another, holds nothing."""
    kept = unsealed(file)
    if kept is None:
        return None
    tex, display, entry = json.loads(kept)
    return entry if Formula(tex, display) == formula else None


def _made(
    formulas: list[Formula], answer: Mapping[str, Any], written: Mapping[str, str]
) -> dict[Formula, Entry]:
    """Return MathJax's answer, formula by formula; raises TimelessError for those it refused."""
    results = dict(zip(formulas, answer["formulas"], strict=True))
    refuse_if_any(
        [
            f"{place}: {result['error']}, in {formula.tex}"
            for formula, result in results.items()
            if "error" in result
            for place in _places(formula.tex, written)
        ],
        what="TeX that MathJax cannot read",
    )
    return {
        formula: {
            "html": result["html"],
            "glyphs": {key: answer["glyphs"][key] for key in _glyph_ids(result["html"])},
        }
        for formula, result in results.items()
    }


def _places(tex: str, written: Mapping[str, str]) -> list[str]:
    """Return each text in which some TeX stands, with the line where it first does."""
    wanted = re.compile(r"\s+".join(map(re.escape, tex.split())))
    hits = {where: wanted.search(text) for where, text in written.items()}
    lines = {w: written[w].count("\n", 0, hit.start()) + 1 for w, hit in hits.items() if hit}
    return [f"{where}:{line}" for where, line in lines.items()] or ["a text made by a call"]


def _answer(formulas: list[Formula], sources: Path) -> Any:
    """Return what tex.mjs answers, as many formulas as it was asked."""
    return answer_of(
        sources / "tex.mjs",
        "mathjax-full",
        lambda answer: len(answer["formulas"]) == len(formulas),
        {"formulas": [{"tex": f.tex, "display": f.display} for f in formulas]},
    )


def _typesetter_version(sources: Path) -> str:
    """Return a digest of what, besides the formula, decides how it looks."""
    mathjax = version_of("mathjax-full", sources)
    scripts = [read_text(sources / name) for name in SCRIPTS]
    return _digest(mathjax, *scripts)[:12]


def _glyph_ids(html: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="#(MJX-[^"]+)"', html)))


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
