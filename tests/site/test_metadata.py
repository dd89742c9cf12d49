"""The metadata of the artifacts: every file by its hash, every table by its columns."""

import hashlib
import json
from typing import Any

import mlcroissant
import pytest

from tests.sites import SITES
from timeless.results.artifacts import Results
from timeless.results.encoding import csv_table
from timeless.results.manifest import verify_manifest
from timeless.site.metadata import croissant
from timeless.site.records import downloads, flat

ARTIFACTS = SITES / "shared" / "artifacts"


CSV = "artifacts/csv/toy-curve.csv"


@pytest.fixture
def csv() -> bytes:
    return csv_table(flat(Results(ARTIFACTS)["toy"].series["curve"])).encode()


@pytest.fixture
def document(csv: bytes) -> dict[str, Any]:
    results, manifest = Results(ARTIFACTS), verify_manifest(ARTIFACTS)
    about = {"name": "T", "description": "d", "version": "1.0.0", "artifacts_date": "2026-01-02"}
    shared = {
        "site": {**about, "base_url": "https://example.org/"},
        "downloads": downloads(results, manifest),
        "artifacts": [{"file": f"artifacts/{name}", **entry} for name, entry in manifest.items()],
    }
    found: dict[str, Any] = json.loads(croissant(results, shared, {CSV: csv}))
    return found


def test_it_describes_each_file_and_each_column_of_a_table(
    document: dict[str, Any], csv: bytes
) -> None:
    hashes = {entry["@id"]: entry["sha256"] for entry in document["distribution"]}
    assert hashes == {
        "artifacts/toy.json": hashlib.sha256((ARTIFACTS / "toy.json").read_bytes()).hexdigest(),
        CSV: hashlib.sha256(csv).hexdigest(),
    }
    (table,) = document["recordSet"]
    assert table["description"] == "toy: one row an epoch"
    fields = {field["name"]: field for field in table["field"]}
    assert list(fields) == csv.decode().splitlines()[0].split(",")
    assert fields["loss"]["description"] == "mean loss (nats, on train)"
    assert fields["loss"]["dataType"] == "sc:Float"
    assert fields["loss"]["source"]["fileObject"]["@id"] == CSV


@pytest.mark.filterwarnings("ignore::DeprecationWarning:mlcroissant")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_its_own_tool_reads_it(document: dict[str, Any]) -> None:
    found = mlcroissant.Dataset(jsonld=document).metadata
    assert not found.ctx.issues.errors
    assert [table.uuid for table in found.record_sets] == ["toy-curve"]
    document["recordSet"][0]["field"][0]["source"]["fileObject"]["@id"] = "artifacts/csv/none.csv"
    with pytest.raises(mlcroissant.ValidationError):
        mlcroissant.Dataset(jsonld=document)
