"""Links: what is refused, and what is not."""

import pytest

from timeless.errors import TimelessError
from timeless.site.links import check_links

BASE = "https://example.org/timeless/"


def check(link: str, name: str = "index.html", base_url: str = BASE) -> None:
    files = {
        "index.html": b"",
        "other.html": b'<h2 id="there">x</h2>',
        "dev/dial.html": b"",
        "css/site.css": b'@font-face { src: url("../fonts/a.woff2") }',
        "fonts/a.woff2": b"",
    }
    check_links(files | {name: link.encode()}, base_url)


@pytest.mark.parametrize(
    "link",
    [
        '<a href="other.html">x</a>',
        '<a href="other.html#there">x</a>',
        '<a href="other.html#spectrum=k:14">x</a>',
        '<p id="here"><a href="#here">x</a>',
        '<a href="https://example.com/">x</a>',
        f'<a href="{BASE}other.html">x</a>',
        '<link rel="canonical" href="https://example.org/elsewhere.html">',
        '<img src="data:image/gif;base64,x">',
        '<link rel="stylesheet" href="css/site.css">',
    ],
)
def test_a_good_link_passes(link: str) -> None:
    check(link)


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ('<a href="others.html">x</a>', "others.html is not in the site"),
        ('<a href="./">x</a>', "./ is not in the site"),
        ('<a href="/other.html">x</a>', "/other.html works only at the root of a host"),
        ('<a href="other.html#their">x</a>', 'other.html has no anchor "their"'),
        ('<a href="#here">x</a>', 'index.html has no anchor "here"'),
        ('<a href="javascript:alert(1)">x</a>', "javascript:alert(1) is no address"),
        ('<a href="&#9;JavaScript:x">x</a>', "\tJavaScript:x is no address"),
        ('<a href="vbscript:x">x</a>', "vbscript:x is no address"),
        ('<a href="data:text/html,x">x</a>', "data:text/html,x is no address"),
        ('<svg><a xlink:href="javascript:x">x</a></svg>', "javascript:x is no address"),
        ('<object data="data:text/html,x"></object>', "data:text/html,x is no address"),
        ('<button onclick="x()">x</button>', "<button> has a script in onclick"),
        ('<img src="x.png" onerror="x()">', "<img> has a script in onerror"),
        ('<p id="a"><p id="a">', 'the id "a" is used twice'),
        ('<img src="https://example.com/x.png">', "<img> would load"),
        ('<script src="//example.com/x.js"></script>', "<script> would load"),
        (f'<a href="{BASE}others.html">x</a>', "others.html is not in the site"),
    ],
)
def test_a_bad_link_is_named_with_its_line(link: str, problem: str) -> None:
    with pytest.raises(TimelessError) as error:
        check(f"\n{link}")
    assert f"index.html:2: {problem}" in str(error.value)


def test_links_are_relative_to_their_page() -> None:
    check('<a href="../other.html">x</a>', "dev/dial.html")
    with pytest.raises(TimelessError):
        check('<a href="other.html">x</a>', "dev/dial.html")


def test_style_sheets_are_read_too() -> None:
    with pytest.raises(TimelessError, match=r"css/site.css: url\(../fonts/b.woff2\)"):
        check('a { src: url("../fonts/b.woff2") }', "css/site.css")
