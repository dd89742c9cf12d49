"""Prose: Markdown around what was set aside."""

from timeless.words.maths import Typeset
from timeless.words.prose import Prose

MATHS = Typeset({("x", False): "SVG", ("y", True): "BIG"}, {})


def test_what_is_set_aside_comes_back_untouched() -> None:
    prose = Prose(MATHS)
    token = prose.set_aside("<b>*_x_*</b>")
    assert prose.html(f"a *{token}* b") == "<p>a <em><b>*_x_*</b></em> b</p>"


def test_a_block_leaves_its_paragraph() -> None:
    prose = Prose(MATHS)
    token = prose.set_aside("<figure></figure>", block=True)
    assert prose.html(f"before {token} after") == "<p>before</p>\n<figure></figure>\n<p>after</p>"


def test_headings_have_ids_without_formulas_and_titles_with_them() -> None:
    html, headings = Prose(MATHS).html_and_headings("## The law of \\(x\\)\n\n### Été\n\n### Été")
    assert [(h.id, h.level) for h in headings] == [("the-law-of", 2), ("ete", 3), ("ete_1", 3)]
    assert headings[0].title == 'The law of <span class="maths">SVG</span>'
    assert '<h2 id="the-law-of">' in html


def test_display_formulas_are_numbered() -> None:
    html = Prose(MATHS).html("$$y$$\n\n$$y$$")
    assert html.index('"Formula 1"') < html.index('"Formula 2"')


def test_what_may_be_wide_can_be_scrolled_by_keyboard() -> None:
    html = Prose(MATHS).html("| a |\n| - |\n| b |\n\n```\ncode\n```\n")
    assert '<div class="table" tabindex="0"><table>' in html
    assert '<pre tabindex="0">' in html
