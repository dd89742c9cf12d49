"""Formulas: what counts as one, and what MathJax and the cache make of it."""

import re
from pathlib import Path

import pytest

from tests.sites import ROOT
from timeless.errors import TimelessError
from timeless.words.maths import Formula, formulas_in, replace_formulas, typeset

SOURCES = ROOT / "site_src"


def test_both_kinds_are_found_with_their_lines() -> None:
    text = "a \\(x_1\\)\n\n$$\n\\frac{1}{2}\n$$\n\\[ y \\]"
    assert formulas_in(text, "page.md") == [
        Formula("x_1", display=False, where="page.md:1"),
        Formula("\\frac{1}{2}", display=True, where="page.md:3"),
        Formula("y", display=True, where="page.md:6"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "it costs $5 and $6",
        "`\\(code\\)`",
        "``a ` \\(code\\)``",
        "```\n$$ code $$\n```",
        "~~~ python\n\\[ code \\]\n~~~",
        "- a list\n\n    ```\n    \\(code\\)\n    ```\n",
    ],
)
def test_what_is_no_formula_stays(text: str) -> None:
    assert formulas_in(text, "") == []
    assert replace_formulas(text, "", lambda _: "!") == text


def test_line_numbers_stay_true() -> None:
    text = "one\n$$\na\nb\n$$\nlast"
    assert replace_formulas(text, "", lambda _: "F") == "one\nF\n\n\n\nlast"


@pytest.mark.node
def test_a_formula_is_svg_with_mathml_and_shared_glyphs(tmp_path: Path) -> None:
    one, two = Formula("x + x", display=False), Formula("x^2", display=True)
    made = typeset([one, two], sources=SOURCES, cache=tmp_path)
    html = made.show(one, 0) + made.show(two, 1)
    assert html.count("<math") == 2
    assert 'aria-label="Formula 1"' in html
    glyphs = made.glyph_cache(html)
    used, defined = set(re.findall('href="#([^"]+)"', html)), re.findall(' id="([^"]+)"', glyphs)
    assert sorted(used) == sorted(defined)
    assert not set(re.findall(' id="([^"]+)"', html))


@pytest.mark.node
def test_formulas_do_not_depend_on_their_company(tmp_path: Path) -> None:
    """Nothing that one formula defines changes the next, so that each can be cached alone."""
    probe = Formula("\\omega_k", display=False)
    company = [Formula("\\underbrace{x}_{y}", display=True), probe]
    alone = typeset([probe], sources=SOURCES, cache=tmp_path / "a")
    among = typeset(company, sources=SOURCES, cache=tmp_path / "b")
    assert alone.show(probe, 0) == among.show(probe, 0)


@pytest.mark.node
@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff", b'{"html": "x"}'])
def test_a_damaged_cache_entry_is_made_again(damage: bytes, tmp_path: Path) -> None:
    formula = Formula("x", display=False)
    made = typeset([formula], sources=SOURCES, cache=tmp_path)
    (entry,) = tmp_path.rglob("*.json")
    whole = entry.read_bytes()
    entry.write_bytes(damage)
    assert typeset([formula], sources=SOURCES, cache=tmp_path) == made
    assert entry.read_bytes() == whole


@pytest.mark.node
def test_a_cache_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    formula = Formula("x", display=False)
    made = typeset([formula], sources=SOURCES, cache=tmp_path / "file")
    assert "<svg" in made.show(formula, 0)


@pytest.mark.node
@pytest.mark.parametrize("tex", ["\\frac{1}", "\\nosuch", "\\newcommand{\\a}{b}", "{"])
def test_a_mistake_names_page_and_line(tex: str, tmp_path: Path) -> None:
    with pytest.raises(TimelessError, match=re.escape("page.md:7: ")):
        typeset([Formula(tex, display=False, where="page.md:7")], sources=SOURCES, cache=tmp_path)


def test_without_mathjax_the_error_says_what_to_run(tmp_path: Path) -> None:
    for name in ("package-lock.json", "tex.mjs"):
        (tmp_path / name).write_bytes((SOURCES / name).read_bytes())
    with pytest.raises(TimelessError, match="make site"):
        typeset([Formula("x", display=False)], sources=tmp_path, cache=tmp_path / "cache")
