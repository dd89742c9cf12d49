"""What the browser gets: scripts with typed arrays, and CSV."""

import base64

import numpy as np
import pytest

from timeless.errors import TimelessError
from timeless.results.encoding import csv_table, encode, payload_of, receive_script


@pytest.mark.parametrize(
    ("array", "dtype"),
    [
        (np.array([[1.5, 2.5, 3.5]]), "f4"),
        (np.array([1, 2]), "i4"),
        (np.array([[1], [2]], dtype=np.int16), "i2"),
        (np.zeros((2, 3, 4), dtype=np.float32), "f4"),
        (np.arange(6).reshape(2, 3).T, "i4"),
        (np.array([1.0, np.nan], dtype=">f8"), "f4"),
    ],
)
def test_numbers_come_back_as_they_were(array: np.ndarray, dtype: str) -> None:
    sent = encode(array)
    assert sent["dtype"] == dtype
    shape = [int(n) for n in sent["shape"].split(",")]
    back = np.frombuffer(base64.b64decode(sent["bdata"]), f"<{dtype}").reshape(shape)
    np.testing.assert_array_equal(back, array)


def test_all_else_is_json() -> None:
    payload = {"names": np.array(["a", "b"]), "n": np.int64(3), "x": (np.float32(0.5), None)}
    assert encode(payload) == {"names": ["a", "b"], "n": 3, "x": [0.5, None]}


def test_a_script_hands_its_payload_over_and_one_changed_character_is_found() -> None:
    payload = {"a": [1, "é"], "quotes": "'\"\\", "line": "\n\u2028"}
    script = receive_script("figure-x", payload)
    assert script.startswith("Timeless.receive('figure-x','")
    assert "\n" not in script[:-1]
    assert payload_of(script) == payload
    with pytest.raises(ValueError, match="the payload of figure-x is not what its checksum says"):
        payload_of(script.replace("[1,", "[3,"))


@pytest.mark.parametrize("bad", [float("nan"), object(), np.array([2**40])])
def test_what_json_does_not_have_is_refused(bad: object) -> None:
    with pytest.raises(TimelessError, match="figure-x: its data cannot be written as JSON"):
        receive_script("figure-x", {"a": bad})


def test_csv_has_a_header_and_few_digits() -> None:
    table = csv_table(
        {"k": np.arange(2), "loss": np.array([0.1, 1e-7], np.float32), "n": ["a,b", ""]}
    )
    assert table == 'k,loss,n\n0,0.100000001,"a,b"\n1,1.00000001e-07,\n'


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(TimelessError, match=r"got \{'a': 2, 'b': 1\}"):
        csv_table({"a": [1, 2], "b": [1]})
