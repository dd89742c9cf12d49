"""The metadata of the artifacts: every file by its hash, every table by its columns."""

import hashlib
import json

from tests.sites import SITES
from timeless.results.artifacts import Results
from timeless.results.encoding import csv_table
from timeless.results.manifest import verify_manifest
from timeless.site.metadata import croissant
from timeless.site.records import downloads, flat

ARTIFACTS = SITES / "shared" / "artifacts"


def test_it_describes_each_file_and_each_column_of_a_table() -> None:
    results, manifest = Results(ARTIFACTS), verify_manifest(ARTIFACTS)
    about = {"name": "T", "description": "d", "version": "1", "artifacts_date": "2026-01-02"}
    shared = {
        "site": {**about, "base_url": "https://example.org/"},
        "downloads": downloads(results, manifest),
        "artifacts": [{"file": f"artifacts/{name}", **entry} for name, entry in manifest.items()],
    }
    csv = csv_table(flat(results["toy"].series["curve"])).encode()
    path = "artifacts/csv/toy-curve.csv"
    document = json.loads(croissant(results, shared, {path: csv}))
    hashes = {entry["@id"]: entry["sha256"] for entry in document["distribution"]}
    assert hashes == {
        "artifacts/toy.json": hashlib.sha256((ARTIFACTS / "toy.json").read_bytes()).hexdigest(),
        path: hashlib.sha256(csv).hexdigest(),
    }
    (table,) = document["recordSet"]
    assert table["description"] == "toy: one row an epoch"
    fields = {field["name"]: field for field in table["field"]}
    assert list(fields) == csv.decode().splitlines()[0].split(",")
    assert fields["loss"]["description"] == "mean loss (nats, on train)"
    assert fields["loss"]["dataType"] == "sc:Float"
    assert fields["loss"]["source"]["fileObject"]["@id"] == path
