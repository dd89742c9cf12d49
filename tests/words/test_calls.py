"""Calls: read once with their lines, and never found in code, comments and formulas."""

import pytest
from markupsafe import escape

from timeless.errors import TimelessError
from timeless.words.calls import Call, read, shield_code
from timeless.words.prose import Prose


def filled(text: str, **known: object) -> str:
    return read(text, "pages/a.md").fill(known)


def test_calls_are_found_with_their_lines() -> None:
    text = (
        '\n{{ figure("curve") }}\n{% if x %}\n{{ value("a.b", ".1%") }} {{ ledger() }}{% endif %}'
    )
    assert read(f"{text} {{{{ value(path) }}}}", "pages/a.md").calls == (
        Call("figure", "curve", 2),
        Call("value", "a.b", 4),
        Call("ledger", "", 4),
    )


@pytest.mark.parametrize(
    "text",
    [
        "`char b[] = {{0}, {7}};`",
        "`{# a remark #}` and ``a ` {% b %}``",
        "```yaml\npassword: ${{ vault.key }}\n```",
        "~~~\n```\n\n{{ a }}\n~~~",
        "text\n\n    {{ a }}\n\n    {% b %}",
        "1. item\n\n        {{ a }}",
        "<code>{{ a }}</code> and <pre>{{{ b }}}</pre>",
        "<pre>\n\n{{ a }}\n</pre>",
        "<!-- {{ a }} -->",
        "<!--\n\n{% a %}\n-->",
        r"\(x^{{a}}\) and $$ {{b}} $$ and \[ {%c \]",
    ],
)
def test_code_comments_and_formulas_are_never_filled_in(text: str) -> None:
    assert filled(text) == text
    assert shield_code(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a stray ` here\n\n{{ x }} and ` there", "a stray ` here\n\n1 and ` there"),
        ("{{ '`' ~ x ~ '`' }} `{{ x }}`", "`1` `{{ x }}`"),
        ("1. a\n\n    {{ x }}\n\n    1. b\n\n        {{ x }}", "1\n\n    1. b\n\n        1"),
        ("<div>\n\n    <p>{{ x }}</p>\n</div>", "<p>1</p>"),
        ("<!-- a --> {{ x }} <code>{{ x }}</code>", "<!-- a --> 1 <code>{{ x }}</code>"),
        ("```\nnever closed {{ x }}", "never closed 1"),
        ("{{ '```' }}\n{{ x }}\n{{ '```' }}", "```\n1\n```"),
        ("{{ (x ~ '<') | as_code }}", "<code>1&lt;</code>"),
        ("text\n    {{ x }}", "text\n    1"),
        ("{% raw %}`{{ x }}`{% endraw %}", "`{{ x }}`"),
    ],
)
def test_all_else_is_filled_in(text: str, expected: str) -> None:
    assert expected in filled(text, x=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n`{{ a }}`\n{{ b", "pages/a.md:3: "),
        ("\n```\n{{ a }}\n```\n{{ b }}", "pages/a.md:5: 'b' is undefined"),
        ("\n{{ x | nosuch }}", "pages/a.md:2: No filter named 'nosuch'."),
    ],
)
def test_a_mistake_names_its_line(text: str, message: str) -> None:
    with pytest.raises(TimelessError) as error:
        filled(text, x=1)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    "name",
    [
        "[Xeon](javascript:x)",
        "*E5* `v4` __x__",
        "<b onclick=x>&amp;",
        r"\(x\) $$y$$",
        "# 1 | 2",
        '"a"',
    ],
)
def test_a_value_is_text_whatever_it_looks_like(name: str) -> None:
    prose = Prose()
    text = "# At {{ name }}\n\n{{ name }}, [{{ name }}](x.html){{ ' ' ~ name }}"
    html = prose.html(read(text, "pages/a.md").fill({"name": name, "keep": prose.keep}))
    shown = str(escape(name))
    assert f"At {shown}</h1>" in html
    assert f'<p>{shown}, <a href="x.html">{shown}</a> {shown}</p>' in html
