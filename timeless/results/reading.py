"""Reading: whatever is read from disk is checked here once, against the schema that documents it.

The schemas are JSON Schema, in ``schemas/``, and are published with the site. Behind this module a
document is what its schema says; an error names the file and the place in it.
"""

import codecs
import json
import reprlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from timeless.errors import TimelessError, refuse_if_any

SCHEMAS = Path(__file__).parent / "schemas"
_SHOWN_AT_MOST = 5  # problems of one document


def read_text(path: Path, where: str = "") -> str:
    """Return a text as its author sees it, whichever editor wrote it on whichever system.

    It is UTF-8, or UTF-16 that says so; a byte order mark is no part of it, and lines end in one
    newline. Raises TimelessError with ``where``, the path if not given, and the line.
    """
    content = path.read_bytes()
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise TimelessError(
            f"not UTF-8 ({error.reason})",
            where=f"{where or path}:{line}",
            remedy="save the file as UTF-8",
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_json(
    path: Path,
    schema: str,
    *,
    what: str,
    remedy: str,
    shrink: Callable[[dict[str, Any]], Any] | None = None,
) -> Any:
    """Return the document in a JSON file, after checking it against ``schemas/SCHEMA.json``.

    ``shrink`` is given each mapping as soon as it is read, and returns what to keep of it.

    Raises TimelessError with the ``remedy`` if the file is missing or is no JSON, and with the
    places in it where it is not what the schema says. ``what`` names its kind: "the artifact".
    """
    where = str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = json.loads(text, parse_constant=_refuse_constant, object_hook=shrink)
    except FileNotFoundError:
        raise TimelessError(f"{what} is missing", where=where, remedy=remedy) from None
    except RecursionError:
        raise TimelessError("nested too deeply", where=where, remedy=remedy) from None
    except ValueError as error:
        raise TimelessError(f"not valid JSON ({error})", where=where, remedy=remedy) from None
    check(document, schema, where=where, remedy=remedy)
    return document


def _refuse_constant(name: str) -> None:
    raise ValueError(f"it holds {name}")


def check(document: object, schema: str, *, where: str, remedy: str) -> None:
    """Raise TimelessError that names each place where a document is not what its schema says."""
    found = _validator(schema).iter_errors(document)
    errors = sorted(found, key=lambda error: (not error.absolute_path, error.json_path))
    problems = [f"{_place(error.absolute_path)}: {_in_short(error)}" for error in errors]
    more = len(problems) - _SHOWN_AT_MOST
    shown = problems[:_SHOWN_AT_MOST] + ([f"and {more} more"] if more > 0 else [])
    refuse_if_any(shown, what=f"not as schemas/{schema}.json says", where=where, remedy=remedy)


@cache
def _validator(schema: str) -> Any:
    # Imported here, for a command that reads nothing would wait for it.
    from jsonschema import Draft202012Validator  # noqa: PLC0415
    from jsonschema.validators import extend  # noqa: PLC0415

    arrays = Draft202012Validator.TYPE_CHECKER.redefine(
        "array", lambda _, value: isinstance(value, list | np.ndarray)
    )
    document = json.loads((SCHEMAS / f"{schema}.json").read_text("utf-8"))
    return extend(Draft202012Validator, type_checker=arrays)(document)


def _place(path: Any) -> str:
    return ".".join(map(str, path)) or "the whole"


def _in_short(error: Any) -> str:
    """Return what the validator says, with a long value cut."""
    return str(error.message).replace(repr(error.instance), reprlib.repr(error.instance))


def not_finite(value: object, place: str) -> list[str]:
    """Return the places within a document that hold NaN or infinity, each with a word about it."""
    if isinstance(value, Mapping):
        found = [not_finite(v, f"{place}.{k}" if place else str(k)) for k, v in value.items()]
        return [problem for part in found for problem in part]
    if isinstance(value, list | tuple):
        return [] if _all_finite(value) else [f"{place} holds NaN or infinity"]
    return [] if _all_finite(value) else [f"{place} is {value}"]


def _all_finite(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(map(_all_finite, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_all_finite, value))
    return not isinstance(value, float) or value - value == 0
