"""Measured values in prose: ``value("addition.grok_epoch")`` looks one up and typesets it."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from timeless.errors import TimelessError, unknown_name
from timeless.results.artifacts import Results

SECTIONS = ("config", "provenance", "summary")
FLOAT = ".4g"
_PLACE = re.compile(r"^-?\d+$")
_EXPONENT = re.compile(r"^(-?[\d.,]+)e([+-]\d+)$")


def measured(results: Results, path: str, spec: str | None = None, otherwise: str = "") -> str:
    """Return a value of an artifact as HTML that says where it comes from.

    ``path`` is ``artifact.key`` or ``artifact.section.key`` with the section config, provenance
    or summary; a number picks from a list, -1 its last. Integers get thousands separators,
    lists an "and"; ``spec`` is Python's format, or "run" for the keys of runs in words. A value
    that is null, such as the grokking epoch of a run that never got there, or is part of a null,
    is shown as ``otherwise``.

    Raises TimelessError with the closest known name, or if a null has no ``otherwise``.
    """
    raw, place = look_up(results, path)
    if raw is None and not otherwise:
        raise TimelessError(
            f'value("{path}") is null', remedy='say what to show: value("…", otherwise="…")'
        )
    shown = escape(otherwise) if raw is None else typeset_value(raw, spec, path)
    return as_data(shown, raw, place)


def as_data(shown: str, raw: Any, place: str) -> str:
    """Return HTML as an element that carries the raw value and says where it comes from."""
    attributes = f'value="{escape(_plain(raw))}" title="{escape(place)}"'
    return f'<data class="measured" {attributes}>{shown}</data>'


def plain_value(results: Results, path: str, spec: str | None = None) -> str:
    """Return a value of an artifact as text alone, for pictures, where no element may stand.

    Raises TimelessError with the closest known name, or if the value is null.
    """
    raw, place = look_up(results, path)
    if raw is None:
        raise TimelessError(f'plain("{path}") is null', where=place)
    return typeset_value(raw, spec, path)


def look_up(results: Results, path: str) -> tuple[Any, str]:
    """Return the value at a path, and its place in words: ``artifacts/NAME.json: summary.key``."""
    name, *keys = path.split(".")
    if name not in results:
        known = [file.stem for file in results.directory.glob("*.json") if file.stem != "manifest"]
        raise unknown_name("artifact", name, known)
    if not keys:
        raise TimelessError(f'value("{path}") names no key', remedy=f'try "{name}.summary.…"')
    artifact = results[name]
    if keys[0] not in SECTIONS:
        keys = ["summary", *keys]
    node: Any = {section: getattr(artifact, section) for section in SECTIONS}
    for depth, key in enumerate(keys):
        if node is None:  # what never happened has no epoch either
            break
        node = _step(node, key, f"artifacts/{name}.json: {'.'.join(keys[:depth]) or 'top level'}")
    return node, f"artifacts/{name}.json: {'.'.join(keys)}"


def _step(node: Any, key: str, where: str) -> Any:
    if isinstance(node, Mapping):
        if key not in node:
            raise unknown_name("value", key, node, where=where)
        return node[key]
    if isinstance(node, list) and _PLACE.match(key) and -len(node) <= int(key) < len(node):
        return node[int(key)]
    extent = f"a list of {len(node)}" if isinstance(node, list) else repr(node)
    raise TimelessError(f'no value "{key}" in {extent}', where=where)


def typeset_value(raw: Any, spec: str | None, path: str) -> str:
    """Return a scalar or a list of scalars as HTML, numbers typeset as a printer would."""
    if isinstance(raw, list):
        items = [typeset_value(item, spec, path) for item in raw]
        return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]])) or "none"
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if isinstance(raw, int | float):
        return _number(raw, spec, path)
    if isinstance(raw, str):
        return escape(run_name(raw) if spec == "run" else raw, quote=False)
    raise TimelessError(
        f'value("{path}") is a group with the keys {", ".join(raw)}', remedy="name one of them"
    )


def run_name(run: str) -> str:
    """Return a run's name in words: "addition, 10%" for frac10_seed0."""
    if not run.startswith("frac"):
        return run
    percent, _, seed = run.removeprefix("frac").partition("_seed")
    return f"addition, {percent}%" + (f", seed {seed}" if seed != "0" else "")


def _number(raw: float, spec: str | None, path: str) -> str:
    try:
        text = format(raw, spec or ("," if isinstance(raw, int) else FLOAT))
    except ValueError as error:
        raise TimelessError(f'value("{path}") is {raw}, and {error}') from None
    exponent = _EXPONENT.match(text)
    if exponent:
        text = f"{exponent[1]} × 10<sup>{int(exponent[2])}</sup>"
    return text.replace("-", "−")


def _plain(raw: Any) -> str:
    if isinstance(raw, list):
        return ", ".join(map(_plain, raw))
    return "" if raw is None else str(raw)
