"""Every run is listed once, from where its facts stand, and every table has its CSV."""

import numpy as np

from timeless.results.artifacts import Artifact, Results, Table, column, save_artifact
from timeless.results.manifest import write_manifest
from timeless.site.records import COLUMNS_AT_MOST, Record, csv_name, downloads, flat, records

FACTS = {"epochs": 5, "seconds": 2.0, "device_name": "a machine", "hold": 2, "grok_epoch": None}


def results(tmp_path, *artifacts: Artifact) -> Results:
    for artifact in artifacts:
        save_artifact(artifact, tmp_path)
    write_manifest(tmp_path)
    return Results(tmp_path)


def table(**columns) -> Table:
    return Table("a table", {name: column(v, "1", name) for name, v in columns.items()})


def test_runs_are_found_where_a_summary_records_them(tmp_path):
    sweep = Artifact("sweep", {}, {}, {"runs": {"a": FACTS, "b": FACTS | {"epochs": 7}}})
    single = Artifact("single", {}, {}, {"seed": 4, **FACTS})
    found = records(results(tmp_path, sweep, single), ["sweep", "single"])
    assert [(r.experiment, r.run, r.facts["epochs"]) for r in found] == [
        ("sweep", "a", 5),
        ("sweep", "b", 7),
        ("single", "seed4", 5),
    ]


def test_a_run_quoted_from_another_experiment_is_not_listed_again(tmp_path):
    runs = {"own": FACTS, "quoted": FACTS | {"quoted_from": "addition"}}
    found = records(results(tmp_path, Artifact("variants", {}, {}, {"runs": runs})), ["variants"])
    assert [record.run for record in found] == ["own"]


def test_facts_are_shown_with_a_word_where_they_are_null():
    record = Record("x", "a", FACTS | {"delay_one": 1200, "delay_two": None})
    assert record.show("epochs", ",") == "5"
    assert record.show("grok_epoch", ",", "not reached") == "not reached"
    assert record.show("delay", ",", "none") == "1,200, none"
    assert record.show("budget", ",") == ""


def test_downloads_name_json_tables_and_weights(tmp_path):
    weights = tmp_path / "weights"
    weights.mkdir()
    (weights / "one-seed0-final.safetensors").write_bytes(b"12345")
    small, wide = table(x=[1.0, 2.0]), table(grid=np.zeros((2, COLUMNS_AT_MOST + 1)))
    found = results(tmp_path, Artifact("one", {}, {}, {}, {"small": small, "wide": wide}))
    manifest = {
        "one.json": {"bytes": 9, "sha256": "a"},
        "weights/one-seed0-final.safetensors": {"bytes": 5, "sha256": "b"},
    }
    (download,) = downloads(found, manifest)
    assert download.json == ("artifacts/one.json", 9)
    assert download.csv == [csv_name("one", "small")]
    assert download.weights == [("artifacts/weights/one-seed0-final.safetensors", 5, "b")]


def test_a_column_with_further_axes_becomes_several():
    columns = flat(table(epoch=[0, 1], norm=[[1.0, 2.0], [3.0, 4.0]]))
    assert list(columns) == ["epoch", "norm_0", "norm_1"]
    np.testing.assert_array_equal(columns["norm_1"], [2.0, 4.0])
