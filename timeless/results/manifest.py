"""The manifest: size and SHA-256 of every artifact file.

With it a build tells a result from a damaged, truncated, missing or foreign file.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from timeless.errors import refuse_if_any
from timeless.results.artifacts import write_atomically
from timeless.results.reading import read_json

MANIFEST = "manifest.json"
_RESTORE = (
    "restore the folder from version control (git checkout -- artifacts), "
    "or make the results again with: python build.py --train"
)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(
    directory: Path,
    kept: Mapping[str, Mapping[str, Any]] | None = None,
    adopt: Callable[[str], bool] = lambda _: True,
) -> Path:
    """Record size and SHA-256 of every artifact file in ``directory/manifest.json``.

    Entries that are ``kept`` stay as they were recorded, whatever their files hold now; of other
    files, those are recorded whose names ``adopt`` accepts. A link is never followed.
    """
    kept = kept or {}
    measured = {
        name: {"bytes": path.stat().st_size, "sha256": sha256(path)}
        for name, path in files_in(directory).items()
        if name not in kept and adopt(name) and not path.is_symlink()
    }
    files = {name: kept.get(name) or measured[name] for name in sorted({*measured, *kept})}
    path = directory / MANIFEST
    content = json.dumps({"schema": "timeless/manifest/1", "files": files}, indent=1)
    write_atomically(path, (content + "\n").encode())
    return path


def read_manifest(directory: Path) -> dict[str, dict[str, Any]]:
    """Return ``{file name: {"bytes": …, "sha256": …}}`` as recorded.

    Raises TimelessError if the manifest is missing or cannot be read.
    """
    path = directory / MANIFEST
    document = read_json(path, "manifest", what="the manifest", remedy=_RESTORE)
    return {
        name: {"bytes": entry["bytes"], "sha256": entry["sha256"]}
        for name, entry in document["files"].items()
    }


def verify_manifest(directory: Path) -> dict[str, dict[str, Any]]:
    """Return the manifest as `read_manifest` does, after checking every file against it.

    Raises one TimelessError that names each damaged, truncated, missing and foreign file.
    """
    recorded = read_manifest(directory)
    present = files_in(directory)
    problems = [_file_problem(name, entry, present.get(name)) for name, entry in recorded.items()]
    problems += [
        f"{name} is foreign: the manifest does not list it" for name in present.keys() - recorded
    ]
    refuse_if_any(
        sorted(filter(None, problems)),
        what="artifacts do not match the manifest",
        where=str(directory),
        remedy=_RESTORE,
    )
    return recorded


def _file_problem(name: str, entry: Mapping[str, Any], path: Path | None) -> str:
    if path is None:
        return f"{name} is missing"
    if path.is_symlink():
        return f"{name} is a link: put the file itself there"
    size = path.stat().st_size
    if size < entry["bytes"]:
        return f"{name} is truncated: {size:,} bytes of {entry['bytes']:,}"
    if size != entry["bytes"] or sha256(path) != entry["sha256"]:
        return f"{name} is damaged: its SHA-256 is not the recorded one"
    return ""


def files_in(directory: Path) -> dict[str, Path]:
    """Return every artifact file, and every link, by its name within the directory, sorted."""
    return {
        path.relative_to(directory).as_posix(): path
        for path in sorted(directory.rglob("*"))
        if (path.is_symlink() or path.is_file())
        and path.name != MANIFEST
        and not path.name.startswith(".")
    }
