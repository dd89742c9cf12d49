"""Measured values: what was measured, where it stands, and how it reads as HTML and as text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

import numpy as np

from timeless.errors import TimelessError, unknown_name
from timeless.results.artifacts import Artifact, Results

SECTIONS = ("config", "provenance", "summary")
FLOAT = ".4g"
_TIMES = "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}"
_PLACE = re.compile(r"^-?\d+$")
_EXPONENT = re.compile(r"^(-?[\d.,]+)e([+-]\d+)$")
_MARKDOWN = re.compile(r"[\\`*_\[\]$]")
_SUPERSCRIPT = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Value:
    """A value as measured, with the place it is from: ``artifacts/NAME.json: summary.key``.

    Integers get thousands separators, lists an "and"; ``spec`` is Python's format, or "run" for
    the keys of runs in words. Null, such as the grokking epoch of a run that never got there, is
    shown as ``otherwise``. Showing it raises TimelessError that names the place if it is null and
    has no ``otherwise``, if it is a group of values, or if the format does not fit.
    """

    raw: Any
    place: str
    spec: str | None = None
    otherwise: str = ""

    @property
    def html(self) -> str:
        """Return an element that carries the raw value and says where it comes from."""
        return as_data(self._typeset(), self.raw, self.place)

    @property
    def text(self) -> str:
        """Return the value as text alone, for pictures, where no element may stand."""
        return plain(self._typeset())

    def _typeset(self) -> str:
        if self.raw is not None:
            return _typeset(self.raw, self)
        if not self.otherwise:
            raise TimelessError(
                "is null", where=self.place, remedy='say what to show: value("…", otherwise="…")'
            )
        return escape(self.otherwise)


def look_up(results: Results, path: str, spec: str | None = None, otherwise: str = "") -> Value:
    """Return a value by ``artifact.key`` or ``artifact.section.key``; see `value_of`.

    Raises TimelessError with the closest known name.
    """
    name, _, key = path.partition(".")
    if name not in results:
        known = [file.stem for file in results.directory.glob("*.json") if file.stem != "manifest"]
        raise unknown_name("artifact", name, known)
    if not key:
        raise TimelessError(f'value("{path}") names no key', remedy=f'try "{name}.summary.…"')
    return value_of(results[name], key, spec, otherwise)


def value_of(artifact: Artifact, key: str, spec: str | None = None, otherwise: str = "") -> Value:
    """Return a value of the summary, or of the section that ``key`` begins with.

    A number picks from a list, -1 its last. What is part of a null is null: what never happened
    has no epoch either. Raises TimelessError with the closest known name.
    """
    keys, file = key.split("."), f"artifacts/{artifact.experiment}.json"
    if keys[0] not in SECTIONS:
        keys = ["summary", *keys]
    node: Any = {section: getattr(artifact, section) for section in SECTIONS}
    for depth, step in enumerate(keys):
        if node is None:
            break
        node = _step(node, step, f"{file}: {'.'.join(keys[:depth]) or 'top level'}")
    return Value(node, f"{file}: {'.'.join(keys)}", spec, otherwise)


def _step(node: Any, key: str, where: str) -> Any:
    if isinstance(node, Mapping):
        if key not in node:
            raise unknown_name("value", key, node, where=where)
        return node[key]
    if isinstance(node, list) and _PLACE.match(key) and -len(node) <= int(key) < len(node):
        return node[int(key)]
    extent = f"a list of {len(node)}" if isinstance(node, list) else repr(node)
    raise TimelessError(f'no value "{key}" in {extent}', where=where)


def _typeset(raw: Any, value: Value) -> str:
    """Return a scalar or a list of scalars as HTML, numbers typeset as a printer would."""
    if isinstance(raw, list):
        items = [_typeset(item, value) for item in raw]
        return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]])) or "none"
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if isinstance(raw, int | float):
        return _number(raw, value)
    if isinstance(raw, str):
        return _as_text(run_name(raw) if value.spec == "run" else raw)
    raise TimelessError(
        f"is a group with the keys {', '.join(raw)}", where=value.place, remedy="name one of them"
    )


def _as_text(raw: str) -> str:
    """Return a string as HTML in which nothing of it is markup, nor Markdown."""
    return _MARKDOWN.sub(lambda mark: f"&#{ord(mark[0])};", escape(raw, quote=False))


def _number(raw: float, value: Value) -> str:
    try:
        text = format(raw, value.spec or ("," if isinstance(raw, int) else FLOAT))
    except ValueError as error:
        raise TimelessError(f"is {raw}, and {error}", where=value.place) from None
    exponent = _EXPONENT.match(text)
    if exponent:
        text = f"{exponent[1]}{_TIMES}10<sup>{int(exponent[2])}</sup>"
    return text.replace("-", "−")


def run_name(run: str) -> str:
    """Return a run's name in words: "addition, 10%" for frac10_seed0."""
    kind, _, key = run.partition(" ")
    if kind == "variant":
        return _variant_name(key)
    if kind == "variant_seeds":
        variant, _, seed = key.rpartition("_")
        of = variant if variant.startswith("heads") else f"heads1_{variant}"
        return f"{_variant_name(f'{of}_{seed}')}, {seed.replace('seed', 'seed ')}"
    if kind == "full_size":
        key = _TASK_SHARE.sub(r", \1%\2", key)
        key = re.sub(r"^(on|off)_\d+", r"decay \1", key)
    if kind in _OF_SEVERAL and "seed" in key:
        return f"{_OF_SEVERAL[kind]}{_key_words(key)}"
    if not run.startswith("frac"):
        return run
    percent, _, seed = run.removeprefix("frac").partition("_seed")
    return f"addition, {percent}%" + (f", seed {seed}" if seed != "0" else "")


_OF_SEVERAL = {
    "seeds": "addition",
    "mirrors": "addition, closed split",
    "multiplication_seeds": "multiplication",
    "shares": "addition, 1 head",
    "full_size": "larger steps",
    "joint": "larger steps",
}


# The share that a task's arm ends in, "joint_40_seed1": those of interventions have other numbers.
_TASK_SHARE = re.compile(r"(?<!off)(?<!on)(?<!decay)_(\d+)(_seed)")


def _key_words(key: str) -> str:
    """Return what a run adds to its experiment: ", 15%, seed 1" for share15_seed1."""
    arm, _, seed = f"_{key}".rpartition("_seed")
    arm = re.sub(r"share(\d+)", r"\1%", arm.strip("_"))
    words = [*([arm.replace("_", " ")] if arm else []), f"seed {seed.replace(' ', ', ')}"]
    return "".join(f", {each}" for each in words)


def _variant_name(key: str) -> str:
    """Return a variant's name in words: "addition, 1 head, GELU" for heads1_gelu_float64_seed0."""
    heads, act, dtype, _ = key.split("_")
    n = heads.removeprefix("heads")
    words = ["addition", "1 head" if n == "1" else f"{n} heads"]
    words += ["GELU"] if act == "gelu" else []
    return ", ".join(words + (["float32 loss"] if dtype == "float32" else []))


@dataclass(frozen=True)
class Quoting:
    """Quotes numbers of one experiment's artifact; ``spec`` is Python's format."""

    results: Results
    experiment: str

    def __call__(self, key: str, spec: str | None = None) -> str:
        """Return a value of the summary, or of another section that ``key`` begins with."""
        return value_of(self.results[self.experiment], key, spec, otherwise="none").html

    def found(self, value: Any, table: str, spec: str | None = None) -> str:
        """Return a number, or a list of numbers, that a figure has worked out from a table."""
        place = f"computed from artifacts/{self.experiment}.json: series.{table}"
        return Value(np.asarray(value).tolist(), place, spec).html


def as_data(shown: str, raw: Any, place: str) -> str:
    """Return HTML as an element that carries the raw value and says where it comes from."""
    attributes = f'value="{escape(_listed(raw))}" title="{escape(place)}"'
    return f'<data class="measured" {attributes}>{shown}</data>'


def _listed(raw: Any) -> str:
    if isinstance(raw, list):
        return ", ".join(map(_listed, raw))
    return "" if raw is None else str(raw)


def plain(html: str) -> str:
    """Return typeset HTML as plain text, exponents as superscript characters."""
    raised = re.sub(r"<sup>(.*?)</sup>", lambda sup: sup[1].translate(_SUPERSCRIPT), html)
    lowered = re.sub(r"<sub>(.*?)</sub>", r"_\1", raised)
    return unescape(re.sub(r"<[^>]+>", "", lowered))
