"""The door: whatever is read from disk is checked here once, against the schema that documents it.

The schemas are JSON Schema, in ``schemas/``, and are published with the site. Behind the door a
document is what its schema says; an error names the file and the place in it.
"""

import json
import reprlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from timeless.errors import TimelessError, refuse_if_any

SCHEMAS = Path(__file__).parent / "schemas"
_SHOWN_AT_MOST = 5  # problems of one document


def read_json(path: Path, schema: str, *, what: str, remedy: str) -> Any:
    """Return the document in a JSON file, after checking it against ``schemas/SCHEMA.json``.

    Raises TimelessError with the ``remedy`` if the file is missing or is no JSON, and with the
    places in it where it is not what the schema says. ``what`` names its kind: "the artifact".
    """
    where = str(path)
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_refuse_constant)
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
    from jsonschema import Draft202012Validator  # noqa: PLC0415 (half of what a command imports)

    return Draft202012Validator(json.loads((SCHEMAS / f"{schema}.json").read_text("utf-8")))


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
