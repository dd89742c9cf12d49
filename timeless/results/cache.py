"""The cache: what lies in it is below a digest of itself, and is believed only when it fits."""

import hashlib
from pathlib import Path


def sealed(text: str) -> bytes:
    """Return a text as the cache holds it."""
    return f"{_digest(text)}\n{text}".encode()


def unsealed(file: Path) -> str | None:
    """Return the text that a file of the cache holds; one missing or damaged holds none."""
    try:
        digest, _, text = file.read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError):
        return None
    return text if digest == _digest(text) else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
