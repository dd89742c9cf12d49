"""Metadata: what the artifacts are, said so that a catalogue of data sets can read it.

The form is Croissant 1.0 (https://docs.mlcommons.org/croissant/docs/croissant-spec.html): each
file with its SHA-256, and each table that is also offered as CSV with its columns.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from timeless.folders import AUTHOR
from timeless.results.artifacts import Column, Results
from timeless.site.records import Download, csv_name

FILE = "croissant.json"
LICENSE = "https://spdx.org/licenses/MIT.html"
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_FORMATS = {".json": "application/json", ".csv": "text/csv"}
_TYPES = {"b": "sc:Boolean", "i": "sc:Integer", "u": "sc:Integer", "f": "sc:Float"}


def croissant(results: Results, shared: Mapping[str, Any], tables: Mapping[str, bytes]) -> bytes:
    """Return the metadata of all artifacts as JSON-LD.

    ``shared`` is what pages see of the site, ``tables`` are the CSV files, which no manifest
    lists, by their paths.
    """
    about, downloads = shared["site"], shared["downloads"]
    listed = [(entry["file"], entry["bytes"], entry["sha256"]) for entry in shared["artifacts"]]
    listed += [(path, len(t), hashlib.sha256(t).hexdigest()) for path, t in tables.items()]
    document = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": about["name"],
        "description": about["description"],
        "version": about["version"],
        "license": LICENSE,
        "datePublished": about["artifacts_date"],
        "creator": {"@type": "sc:Organization", "name": AUTHOR},
        **({"url": about["base_url"]} if about["base_url"] else {}),
        "distribution": [_file(about["base_url"], *entry) for entry in listed],
        "recordSet": [table for entry in downloads for table in _tables(results, entry)],
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _file(base_url: str, path: str, size: int, sha256: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": PurePosixPath(path).name,
        "contentUrl": base_url + path,
        "contentSize": f"{size} B",
        "encodingFormat": _FORMATS.get(PurePosixPath(path).suffix, "application/octet-stream"),
        "sha256": sha256,
    }


def _tables(results: Results, entry: Download) -> Iterator[dict[str, Any]]:
    """Yield the tables of an experiment that are offered as CSV.

    A column with further axes is spread over many columns of the file, and is left out.
    """
    for name, table in results[entry.experiment].series.items():
        path = csv_name(entry.experiment, name)
        if path not in entry.csv:
            continue
        identity = f"{entry.experiment}-{name}"
        fields = {key: c for key, c in table.columns.items() if np.asarray(c.values).ndim == 1}
        yield {
            "@type": "cr:RecordSet",
            "@id": identity,
            "name": identity,
            "description": f"{entry.experiment}: {table.description}",
            "field": [_field(identity, key, column, path) for key, column in fields.items()],
        }


def _field(table: str, name: str, column: Column, path: str) -> dict[str, Any]:
    split = f", on {column.split}" if column.split else ""
    return {
        "@type": "cr:Field",
        "@id": f"{table}/{name}",
        "name": name,
        "description": f"{column.description} ({column.unit}{split})",
        "dataType": _TYPES.get(np.asarray(column.values).dtype.kind, "sc:Text"),
        "source": {"fileObject": {"@id": path}, "extract": {"column": name}},
    }
