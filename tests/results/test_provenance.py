"""What an artifact records of its making."""

import json
from importlib.metadata import version

import pytest

from timeless import __version__
from timeless.results import provenance as module
from timeless.results.provenance import code_version, device_name, provenance, workplace


def answers(monkeypatch, commit, changes):
    replies = {"rev-parse": commit, "status": changes}
    monkeypatch.setattr(module, "_git", lambda command, *_: replies[command])


@pytest.mark.parametrize(
    ("commit", "changes", "expected"),
    [
        ("0123456789ab", "", f"{__version__} (0123456789ab)"),
        ("0123456789ab", " M timeless/training/model.py", f"{__version__} (0123456789ab+changes)"),
        ("", "", __version__),
    ],
)
def test_the_code_is_named_by_version_and_commit(monkeypatch, commit, changes, expected):
    answers(monkeypatch, commit, changes)
    assert code_version() == expected


def test_without_git_there_is_no_commit(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert code_version() == __version__


def test_the_record_is_plain_and_complete(monkeypatch):
    answers(monkeypatch, "0123456789ab", "")
    trained = workplace("cpu", 2)
    record = provenance(trained, seconds=12.345, seeds=(0, 1))
    assert record["analysis"].keys() == {"date", "code_version", "python_version", "numpy_version"}
    assert json.loads(json.dumps(record)) == record
    assert record["numpy_version"] == version("numpy")
    assert (record["threads"], record["seconds"], record["seeds"]) == (2, 12.3, [0, 1])
    assert record["device_name"] == device_name("cpu") != ""
    assert len(record["date"]) == len("2020-01-31")


def test_a_library_that_is_not_there_is_said_not_to_be():
    assert module._installed("no-such-distribution") == "not installed"
