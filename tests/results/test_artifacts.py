"""Artifacts come back as they were saved, or the reader is told which file is wrong and how."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from timeless.errors import TimelessError
from timeless.results.artifacts import (
    SCHEMA,
    Artifact,
    Results,
    Table,
    column,
    load_artifact,
    save_artifact,
    write_atomically,
)
from timeless.results.manifest import sha256, verify_manifest, write_manifest


def toy(summary=None, series=None, **fields):
    columns = {
        "epoch": column([0, 10], "epochs", "number of updates made"),
        "norm": column([[0.5, 1.5], [2.5, 3.5]], "1", "per frequency", split="train"),
    }
    tables = {"curves": Table("Losses.", columns)} if series is None else series
    summary = {"grok_epoch": 10, "delay": None} if summary is None else summary
    return Artifact("toy", {"lr": 1e-3}, {"device": "cpu"}, summary, tables, **fields)


def refusal(work, *arguments):
    with pytest.raises(TimelessError) as error:
        work(*arguments)
    return str(error.value)


# --- saving and loading ------------------------------------------------------------------


def test_an_artifact_comes_back_as_it_was_saved(tmp_path):
    path = save_artifact(toy(), tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "toy.json"
    found = load_artifact(path.parent, "toy")
    assert (found.experiment, found.config, found.provenance) == (
        "toy",
        {"lr": 1e-3},
        {"device": "cpu"},
    )
    assert found.summary == {"grok_epoch": 10, "delay": None}
    assert found["curves"].description == "Losses."
    np.testing.assert_array_equal(found["curves"]["epoch"], [0, 10])
    np.testing.assert_array_equal(found["curves"]["norm"], [[0.5, 1.5], [2.5, 3.5]])
    norm = found["curves"].columns["norm"]
    assert (norm.unit, norm.description, norm.split) == ("1", "per frequency", "train")
    assert found["curves"].columns["epoch"].split is None


def test_saving_what_was_loaded_changes_no_byte(tmp_path):
    path = save_artifact(toy(), tmp_path)
    before = path.read_bytes()
    save_artifact(load_artifact(tmp_path, "toy"), tmp_path)
    assert path.read_bytes() == before


def test_the_file_is_documented_json_with_a_line_for_each_column(tmp_path):
    text = save_artifact(toy(), tmp_path).read_text()
    document = json.loads(text)
    assert list(document) == [
        *("schema", "experiment", "config", "provenance", "summary", "series")
    ]
    assert document["schema"] == SCHEMA
    assert '"values": [[0.5,1.5],[2.5,3.5]]\n' in text


@pytest.mark.parametrize(
    ("digits", "expected"),
    [(6, [0.123457, 1.23457e-09, 123457.0]), (3, [0.123, 1.23e-09, 123000.0])],
)
def test_columns_keep_significant_digits(tmp_path, digits, expected):
    values = column([0.123456789, 1.23456789e-9, 123456.789], "1", "x", digits=digits)
    save_artifact(toy(series={"t": Table("", {"x": values})}), tmp_path)
    assert load_artifact(tmp_path, "toy")["t"]["x"].tolist() == expected


def test_the_summary_and_whole_numbers_keep_every_digit(tmp_path):
    table = Table("", {"n": column([123_456_789_012], "1", "x")})
    save_artifact(toy({"x": 1 / 3}, {"t": table}), tmp_path)
    found = load_artifact(tmp_path, "toy")
    assert found.summary["x"] == 1 / 3
    assert found["t"]["n"].tolist() == [123_456_789_012]


def test_float32_columns_are_cut_in_decimal(tmp_path):
    values = np.array([0.1, 16777217.0], np.float32)
    save_artifact(toy(series={"t": Table("", {"x": column(values, "1", "x")})}), tmp_path)
    assert '"values": [0.1,16777200.0]' in (tmp_path / "toy.json").read_text()


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused_with_its_place(tmp_path, bad):
    columns = {"fine": column([1.0], "1", ""), "norm": column([[0.0, bad]], "1", "")}
    artifact = Artifact(
        "toy",
        {"train": {"lr": bad}},
        {"seconds": bad},
        {"fve": bad, "list": [1.0, [bad]], "runs": [{"loss": bad}], "null": None},
        {"curves": Table("", columns)},
    )
    message = refusal(save_artifact, artifact, tmp_path)
    assert message.startswith("toy.json: the result cannot be saved: 6 problems")
    for place in ("config.train.lr is", "provenance.seconds is", "summary.fve is"):
        assert f"\n  - {place} {bad}" in message
    for place in ("summary.list", "summary.runs", "series.curves.columns.norm.values"):
        assert f"\n  - {place} holds NaN or infinity" in message
    assert not (tmp_path / "toy.json").exists()


def test_columns_of_unequal_length_are_refused(tmp_path):
    table = Table("", {"epoch": column([0, 1, 2], "", ""), "loss": column([1.0, 2.0], "", "")})
    message = refusal(save_artifact, toy(series={"curves": table}), tmp_path)
    assert "series.curves: columns of unequal length {'epoch': 3, 'loss': 2}" in message


def test_a_refused_result_leaves_the_old_one(tmp_path):
    before = save_artifact(toy(), tmp_path).read_bytes()
    refusal(save_artifact, toy({"fve": math.nan}), tmp_path)
    assert (tmp_path / "toy.json").read_bytes() == before


# --- what is not an artifact -------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "the artifact is missing"),
        (b"", "not valid JSON"),
        (b'{"schema": "timeless/art', "not valid JSON"),
        (b"\xff\xfe\x00", "not valid JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"fve": NaN}', "not valid JSON (it holds NaN)"),
        (b"[1, 2]", "the whole: [1, 2] is not of type 'object'"),
        (b'{"schema": "timeless/artifact/2"}', f"schema: '{SCHEMA}' was expected"),
    ],
)
def test_what_is_no_artifact_is_named(tmp_path, content, message):
    if content is not None:
        (tmp_path / "toy.json").write_bytes(content)
    found = refusal(load_artifact, tmp_path, "toy")
    assert found.startswith(f"{tmp_path / 'toy.json'}: ")
    assert message in found
    assert found.endswith("python build.py --train toy")


@pytest.mark.parametrize("part", ["experiment", "config", "provenance", "summary", "series"])
def test_an_artifact_without_a_part_is_refused(tmp_path, part):
    path = save_artifact(toy(), tmp_path)
    document = json.loads(path.read_text())
    del document[part]
    path.write_text(json.dumps(document))
    assert f"'{part}' is a required property" in refusal(load_artifact, tmp_path, "toy")


def test_every_place_in_an_artifact_that_is_not_as_its_schema_says_is_named(tmp_path):
    path = save_artifact(toy(), tmp_path)
    document = json.loads(path.read_text())
    columns = document["series"]["curves"]["columns"]
    columns["epoch"] |= {"split": "trian", "unit": 3, "values": "0 100"}
    path.write_text(json.dumps(document))
    message = refusal(load_artifact, tmp_path, "toy")
    assert f"{path}: not as schemas/artifact.json says: 3 problems" in message
    for place in ("split: 'trian' is not one of", "unit: 3 is not of", "values: '0 100' is not of"):
        assert f"\n  - series.curves.columns.epoch.{place}" in message


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ([0, [1, 2]], "rows of unequal shape"),
        ([0, None], "must be numbers alone, or texts alone"),
        ([0, "1"], "must be numbers alone, or texts alone"),
        ([0, 1e999], "not valid JSON (it holds Infinity)"),
        ([0], "columns of unequal length {'epoch': 1, 'norm': 2}"),
    ],
)
def test_a_column_that_is_none_is_named(tmp_path, values, problem):
    path = save_artifact(toy(), tmp_path)
    document = json.loads(path.read_text())
    document["series"]["curves"]["columns"]["epoch"]["values"] = values
    path.write_text(json.dumps(document))
    assert problem in refusal(load_artifact, tmp_path, "toy")


def test_a_number_too_large_to_hold_is_named_with_its_place(tmp_path):
    path = save_artifact(toy({"fve": 1.5, "runs": [2.5]}), tmp_path)
    path.write_text(path.read_text().replace("1.5", "1e999").replace("2.5", "1e999"))
    message = refusal(load_artifact, tmp_path, "toy")
    assert "\n  - summary.fve is inf" in message
    assert "\n  - summary.runs holds NaN or infinity" in message


def test_an_artifact_under_another_name_is_refused(tmp_path):
    save_artifact(toy(), tmp_path).rename(tmp_path / "other.json")
    message = refusal(load_artifact, tmp_path, "other")
    assert f'{tmp_path / "other.json"}: holds the experiment "toy"' in message


def test_unknown_tables_and_columns_name_the_known_ones():
    message = refusal(toy().__getitem__, "curvs")
    assert message == 'toy.json: no table "curvs": known tables: curves'
    message = refusal(toy()["curves"].__getitem__, "loss")
    assert message == 'no column "loss": known columns: epoch, norm'


# --- atomic writes -----------------------------------------------------------------------


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "x.bin"
    write_atomically(path, b"old")

    def fail(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        write_atomically(path, b"new and longer")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_content_is_on_disk_before_it_takes_the_name(tmp_path, monkeypatch):
    order = []
    replace = Path.replace
    monkeypatch.setattr("os.fsync", lambda _: order.append("sync"))
    monkeypatch.setattr(Path, "replace", lambda *a: order.append("replace") or replace(*a))
    write_atomically(tmp_path / "folder" / "x.bin", b"new")
    assert order == ["sync", "replace"]
    assert (tmp_path / "folder" / "x.bin").read_bytes() == b"new"


def test_what_is_written_can_be_read_by_a_web_server(tmp_path):
    write_atomically(tmp_path / "x.bin", b"")
    assert (tmp_path / "x.bin").stat().st_mode & 0o777 == 0o644


# --- the manifest ------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    save_artifact(toy(), tmp_path)
    for name in ("one", "two"):
        write_atomically(tmp_path / "weights" / f"{name}.safetensors", name.encode() * 100)
    write_manifest(tmp_path)
    return tmp_path


def test_the_manifest_lists_every_file_with_size_and_hash(folder):
    found = verify_manifest(folder)
    assert list(found) == ["toy.json", "weights/one.safetensors", "weights/two.safetensors"]
    assert found["weights/one.safetensors"] == {
        "bytes": 300,
        "sha256": sha256(folder / "weights" / "one.safetensors"),
    }


def test_sha256_is_the_published_one_of_a_known_text(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    assert sha256(tmp_path / "abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_writing_the_manifest_again_changes_no_byte(folder):
    before = (folder / "manifest.json").read_bytes()
    write_manifest(folder)
    assert (folder / "manifest.json").read_bytes() == before


def test_every_wrong_file_is_named_in_one_message(folder):
    (folder / "toy.json").unlink()
    one, two = (folder / "weights" / f"{name}.safetensors" for name in ("one", "two"))
    one.write_bytes(one.read_bytes()[:-7])
    two.write_bytes(b"x" + two.read_bytes()[1:])
    (folder / "weights" / "three.safetensors").write_bytes(b"")
    message = refusal(verify_manifest, folder)
    assert message.startswith(f"{folder}: artifacts do not match the manifest: 4 problems")
    for problem in (
        "toy.json is missing",
        "weights/one.safetensors is truncated: 293 bytes of 300",
        "weights/two.safetensors is damaged: its SHA-256 is not the recorded one",
        "weights/three.safetensors is foreign: the manifest does not list it",
    ):
        assert f"\n  - {problem}" in message
    assert "git checkout -- artifacts" in message


def test_a_link_is_no_result_and_never_followed(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret"
    elsewhere.write_text("not for the public")
    (folder / "toy.json").unlink()
    (folder / "toy.json").symlink_to(elsewhere)
    assert "\n  - toy.json is a link: put the file itself there" in refusal(verify_manifest, folder)
    write_manifest(folder)
    assert "toy.json" not in json.loads((folder / "manifest.json").read_text())["files"]
    assert "toy.json is foreign" in refusal(verify_manifest, folder)


def test_a_file_that_has_grown_is_damaged(folder):
    with (folder / "toy.json").open("a") as file:
        file.write(" ")
    assert "toy.json is damaged" in refusal(verify_manifest, folder)


def test_what_a_killed_write_left_behind_is_no_artifact(folder):
    (folder / ".toy.json.k3j2").write_bytes(b"half")
    verify_manifest(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "the manifest is missing"),
        (b"{", "not valid JSON"),
        (b"[]", "the whole: [] is not of type 'object'"),
        (b'{"schema": "timeless/manifest/1", "files": []}', "files: [] is not of type 'object'"),
        (b'{"files": {"toy.json": {"bytes": "3"}}}', "files.toy.json.bytes: '3' is not of type"),
        (b'{"files": {"../toy.json": {}}}', "files: '../toy.json' does not match"),
        (b'{"files": {}}', "the whole: 'schema' is a required property"),
    ],
)
def test_a_manifest_that_is_none_is_named(folder, content, message):
    path = folder / "manifest.json"
    path.unlink() if content is None else path.write_bytes(content)
    found = refusal(verify_manifest, folder)
    assert found.startswith(f"{path}: ")
    assert message in found


# --- results -----------------------------------------------------------------------------


def test_results_are_read_when_first_asked_for_and_once(tmp_path):
    results = Results(tmp_path)
    save_artifact(toy(), tmp_path)
    first = results["toy"]
    (tmp_path / "toy.json").unlink()
    assert results["toy"] is first
    assert "the artifact is missing" in refusal(results.__getitem__, "other")
