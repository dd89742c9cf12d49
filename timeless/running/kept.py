"""What an experiment found, kept on disk for when it asks the same again."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from timeless.results.artifacts import write_atomically


def kept(
    file: Path, asked: Mapping[str, Any], find: Callable[[], Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what ``find`` returns, with what was ``asked``; from the file if that asked the same.

    Both must be what JSON can hold.
    """
    question = json.loads(json.dumps(asked))
    if file.exists():
        before: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if before["asked"] == question:
            return before
    found = {"asked": question, **find()}
    write_atomically(file, json.dumps(found).encode())
    return found
