"""Data for the browser: scripts that hand a payload to the page, and tables for download.

A page opened from a file cannot fetch, so each payload is a classic script that calls
``Timeless.receive(name, checksum, text)`` with the payload as JSON and the CRC-32 of its UTF-8
bytes, by which the page finds out whether it arrived whole. Numeric arrays travel as base64 of
little-endian bytes, in the form that Plotly reads:
``{"dtype": "f4", "bdata": "…", "shape": "rows, columns"}``.
"""

import base64
import csv
import io
import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.errors import TimelessError

_RECEIVED = re.compile(
    r"Timeless\.receive\('(?P<name>[^']+)','(?P<checksum>\w{8})','(?P<text>.*)'\);\n"
)
_COMPACT = {"i1", "i2", "i4", "u1", "u2", "u4", "f4"}


def receive_script(name: str, payload: object) -> str:
    """Return the script that hands a payload to the page.

    Raises TimelessError if the payload holds NaN or infinity outside an array, or a value that
    JSON does not have.
    """
    try:
        encoded = json.dumps(
            encode(payload), allow_nan=False, ensure_ascii=False, separators=(",", ":")
        )
    except (TypeError, ValueError) as error:
        raise TimelessError(f"its data cannot be written as JSON: {error}", where=name) from None
    checksum = f"{zlib.crc32(encoded.encode()):08x}"
    literal = encoded.replace("\\", "\\\\").replace("'", "\\'")
    return f"Timeless.receive('{name}','{checksum}','{literal}');\n"


def payload_of(script: str) -> Any:
    """Return the payload of such a script, as the page reads it; arrays stay as they travel.

    Raises ValueError if it is not what `receive_script` has written.
    """
    written = _RECEIVED.fullmatch(script)
    if not written:
        raise ValueError(f"not a script that hands a payload over: {script[:60]}")
    text = re.sub(r"\\(.)", r"\1", written["text"])
    if f"{zlib.crc32(text.encode()):08x}" != written["checksum"]:
        raise ValueError(f"the payload of {written['name']} is not what its checksum says")
    return json.loads(text)


def encode(value: Any) -> Any:
    """Return a value with each NumPy array and scalar in the form the browser reads."""
    if isinstance(value, np.ndarray):
        return _encode_array(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    return value


def _encode_array(array: NDArray[Any]) -> Any:
    """Return numbers as typed base64 (floats as f4, wide integers as i4), all else as lists."""
    if array.dtype.kind not in "iuf" or array.ndim == 0:
        return array.tolist()
    dtype = array.dtype.str[1:]
    if dtype not in _COMPACT:
        dtype = "f4" if array.dtype.kind == "f" else "i4"
    if array.dtype.kind != "f" and array.size and not _fits(array, dtype):
        raise ValueError(f"integers from {array.min()} to {array.max()} do not fit {dtype}")
    data = np.ascontiguousarray(array).astype(f"<{dtype}").tobytes()
    shape = ", ".join(str(n) for n in array.shape)
    return {"dtype": dtype, "bdata": base64.b64encode(data).decode(), "shape": shape}


def _fits(array: NDArray[Any], dtype: str) -> bool:
    limits = np.iinfo(dtype)
    return bool(array.min() >= limits.min and array.max() <= limits.max)


def csv_table(columns: Mapping[str, Sequence[Any] | NDArray[Any]]) -> str:
    """Return columns of equal length as CSV with a header row; floats with nine digits.

    Raises TimelessError with the lengths if they differ.
    """
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) != 1:
        raise TimelessError(f"the columns of a table must have one length; got {lengths}")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*map(_cells, columns.values()), strict=True))
    return text.getvalue()


def _cells(values: Sequence[Any] | NDArray[Any]) -> Iterable[Any]:
    column = values.tolist() if isinstance(values, np.ndarray) else values
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        return map("{:.9g}".format, column)
    return (f"{cell:.9g}" if isinstance(cell, float | np.floating) else cell for cell in column)
