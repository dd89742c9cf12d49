r"""Calls: what a text calls between double braces, read once, with its lines, and later filled in.

The texts are Jinja. Code of every kind, comments and formulas are not: their braces are what their
author wrote. What counts as code is what Markdown, which reads the filled text, takes for it.
"""

import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from jinja2 import (
    Environment,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
    nodes,
    pass_context,
)
from jinja2.runtime import Context
from markupsafe import Markup, escape

from timeless.errors import TimelessError

_JINJA = Environment(autoescape=True, undefined=StrictUndefined)  # no template files
_JINJA.filters["as_code"] = lambda text: Markup("<code>{}</code>").format(text)


@pass_context
def _as_text(context: Context, value: Any) -> Any:
    """Return a string as a text that Markdown passes by; what is HTML already stays as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = value.strip()
    return Markup(value.replace(text, context.get("keep", escape)(escape(text)), 1))  # noqa: S704


_JINJA.filters["_as_text"] = _as_text

_WITHIN = r"(?:(?!\n[ ]*\n).)"  # a paragraph, which code and formulas in the text never leave
_INLINE = re.compile(
    rf"""
      (?P<jinja>
        \{{%-?\s*raw\b.*?\bendraw\s*-?%\}} | \{{\{{.*?\}}\}} | \{{%.*?%\}} | \{{\#.*?\#\}}
      )
    | (?<![`\\])(?P<ticks>`+)(?!`) {_WITHIN}*? (?<!`)(?P=ticks)(?!`)
    | <!-- .*? -->
    | <(?P<tag>code|pre|script|style)\b .*? </(?P=tag)>
    | \$\$ {_WITHIN}+? \$\$
    | (?<!\\)\\\[ {_WITHIN}+? \\\]
    | (?<!\\)\\\( {_WITHIN}+? \\\)
    """,
    re.VERBOSE | re.DOTALL,
)
_FENCE = re.compile(r"[ ]*(`{3,}|~{3,})[^`]*$")
_RAW = re.compile(r"[ ]{0,3}<(?:(pre|script|style)\b|!--)")
_ITEM = re.compile(r"[ ]*(?:[*+-]|\d+\.|:|\[\^[^\]]*\]:)[ ]")
_ELEMENT = re.compile(r"<(/?)(?:div|dl|table|figure|section|aside|details|ul|ol)\b")


@dataclass(frozen=True)
class Call:
    """One call as written; ``argument`` is the first one, "" without any."""

    function: str
    argument: str
    line: int


@dataclass(frozen=True)
class Text:
    """A text as read: its calls in their order, and what fills them in."""

    where: str
    calls: tuple[Call, ...]
    template: nodes.Template

    def fill(self, functions: Mapping[str, Any]) -> str:
        """Return the text with its calls carried out; raises TimelessError with the line.

        What a call yields as a string is text: ``keep`` among the functions puts it where
        Markdown does not read it.
        """
        try:
            return _JINJA.from_string(self.template).render(functions)
        except (TimelessError, TemplateError, TypeError) as error:
            raise TimelessError(str(error), where=self._line_of(error)) from error

    def _line_of(self, error: BaseException) -> str:
        """Return ``pages/NAME.md:LINE``; Jinja gives its frames the line numbers of the text."""
        if isinstance(error, TemplateSyntaxError):
            return f"{self.where}:{error.lineno}"
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == "<template>"]
        return f"{self.where}:{lines[-1]}" if lines else self.where


def read(text: str, where: str) -> Text:
    """Return a text with its calls; those whose first argument is not written out are left out.

    Raises TimelessError with the line if the text is not Jinja.
    """
    try:
        tree = _JINJA.parse(shield_code(text))
    except TemplateSyntaxError as error:
        raise TimelessError(str(error), where=f"{where}:{error.lineno}") from None
    calls = tuple(_calls(tree))
    for output in tree.find_all(nodes.Output):
        output.nodes = [_filled_as_text(node) for node in output.nodes]
    return Text(where, calls, tree)


def _filled_as_text(node: nodes.Expr) -> nodes.Expr:
    """Return an expression that yields text, unless its author has written it out."""
    if isinstance(node, nodes.TemplateData | nodes.Const):
        return node
    filled = nodes.Filter(node, "_as_text", [], [], None, None, lineno=node.lineno)
    filled.set_environment(_JINJA)
    return filled


def _calls(tree: nodes.Template) -> Iterator[Call]:
    for call in tree.find_all(nodes.Call):
        first = call.args[0] if call.args else nodes.Const("")
        if isinstance(call.node, nodes.Name) and isinstance(first, nodes.Const):
            yield Call(call.node.name, str(first.value), call.lineno)


def shield_code(text: str) -> str:
    """Return a text that Jinja turns into the text given, wherever that is code or a formula."""
    lines = text.split("\n")
    marked = zip(_in_code(lines), lines, strict=True)
    runs = groupby(marked, key=itemgetter(0))
    parts = [(code, "\n".join(line for _, line in run)) for code, run in runs]
    return "\n".join(_literal(part) if code else _INLINE.sub(_kept, part) for code, part in parts)


def _kept(match: re.Match[str]) -> str:
    return match[0] if match["jinja"] else _literal(match[0])


def _literal(code: str) -> str:
    return re.sub(r"\{(?=[{%#])", '{{ "{" }}', code)


def _in_code(lines: Sequence[str]) -> Iterator[bool]:
    """Yield for each line whether it belongs to a block of code, or to a block of comment.

    A block is fenced, an element that holds no text, or indented four spaces deeper than the
    list item it follows. Inside other elements indents mean nothing.
    """
    end, depth, elements, begins = -1, 0, 0, True
    for number, line in enumerate(lines):
        level, blank = (len(line) - len(line.lstrip(" "))) // 4, not line.strip()
        indented = begins and level > depth and not elements and not blank
        if number > end and not indented:
            end = _end_of_block(lines, number)
        yield indented or number <= end
        if indented:
            continue
        if blank or number <= end:
            begins = True
            continue
        elements += sum(-1 if tag[1] else 1 for tag in _ELEMENT.finditer(line))
        if (begins or depth) and _ITEM.match(line):
            depth = level + 1
        elif begins:
            depth = min(depth, level)
        begins = False


def _end_of_block(lines: Sequence[str], first: int) -> int:
    """Return the last line of the block of code or comment that a line begins, or -1."""
    raw = _RAW.match(lines[first])
    if fence := _FENCE.match(lines[first]):
        close = re.compile(rf"[ ]*{fence[1]}[ ]*$")
    elif raw:
        close = re.compile(f".*</{raw[1]}>" if raw[1] else ".*-->")
    else:
        return -1
    if raw and close.match(lines[first]):
        return -1  # its end is on the same line
    return next((n for n in range(first + 1, len(lines)) if close.match(lines[n])), -1)
