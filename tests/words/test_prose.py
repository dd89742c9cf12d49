"""Prose: Markdown around what was kept, with formulas as TeX."""

import pytest

from timeless.words.prose import Prose, minutes_to_read


def test_what_is_kept_comes_back_untouched() -> None:
    prose = Prose()
    place = prose.keep("<b>*_x_* -- \\(y\\)</b>")
    assert prose.html(f"a *{place}* b") == "<p>a <em><b>*_x_* -- \\(y\\)</b></em> b</p>"


def test_a_block_leaves_its_paragraph() -> None:
    prose = Prose()
    place = prose.keep("<figure>\n\n</figure>", block=True)
    html = prose.html(f"before {place} after")
    assert html == "<p>before </p>\n<figure>\n\n</figure>\n<p>after</p>"


@pytest.mark.parametrize(
    "around", ["1. Then\n\n    {}\n\n    and on", '<div markdown="1">\ntext\n\n{}\n</div>']
)
def test_a_block_keeps_its_place_in_a_list_and_in_html(around: str) -> None:
    prose = Prose()
    place = prose.keep("<figure>*a*\n\n    b</figure>", block=True)
    html = prose.html(around.format(place))
    assert "\n<figure>*a*\n\n    b</figure>\n" in html
    assert html.endswith(("</ol>", "</div>"))


def test_headings_have_ids_and_titles_with_formulas() -> None:
    prose = Prose()
    html = prose.html("## The law of \\(x_1\\)\n\n### Été\n\n### Été")
    found = [(h.id, h.level) for h in prose.headings()]
    assert found == [("the-law-of-x-1", 2), ("ete", 3), ("ete_1", 3)]
    assert prose.headings()[0].title == 'The law of <script type="math/tex">x_1</script>'
    assert '<h2 id="the-law-of-x-1">' in html


def test_what_may_be_wide_can_be_scrolled_by_keyboard() -> None:
    html = Prose().html("| a |\n| - |\n| b |\n\n```\ncode\n```\n")
    assert '<div class="table" tabindex="0"><table>' in html
    assert '<pre tabindex="0">' in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (r"\(a_1*b*c\)", '<script type="math/tex">a_1*b*c</script>'),
        (r"\(a\)\(b\)", "a</script><script"),
        (r"\(a<b\)*-adic*", "a<b</script><em>-adic"),
        ("$$\n\\{x\\}\n$$", '<script type="math/tex; mode=display">\n\\{x\\}\n</script>'),
        (r"![of \(x_1\)](a.png)", '<img alt="of x_1" src="a.png">'),
        ("from $5 to $6", "<p>from $5 to $6</p>"),
        (r"a \\(b\\)", r"<p>a \(b\)</p>"),
        (r"`\(x\)` and ``a ` \(x\)``", r"<code>a ` \(x\)</code>"),
        (r"<code>\(x_3\) *a*</code>", r"<p><code>\(x_3\) *a*</code></p>"),
        (r"a <!-- \(\nosuch\) --> b", r"<p>a <!-- \(\nosuch\) --> b</p>"),
        ("text\n\n    r'\\(x\\)' \\[ y \\]", "<code>r'\\(x\\)' \\[ y \\]\n</code>"),
        ("~~~ python\n\\[ x \\]\n~~~", '<code class="language-python">\\[ x \\]\n</code>'),
        ('<div markdown="1">\n<pre>\\(x\\)</pre>\n</div>', r">\(x\)</pre>"),
    ],
)
def test_formulas_are_found_and_all_else_stays(text: str, html: str) -> None:
    assert html in Prose().html(text)


def test_reading_takes_its_words_and_neither_tables_nor_tex() -> None:
    words = "<p>" + "word " * 690 + '<script type="math/tex">' + "x " * 999 + "</script></p>"
    assert minutes_to_read(words + "<table><td>" + "1 " * 999 + "</td></table>") == 3
    assert minutes_to_read("<p>Soon.</p>") == 1
