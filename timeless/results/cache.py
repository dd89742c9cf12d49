"""The cache: what lies in it is below a digest of itself, and is believed only when it fits."""

import hashlib
from pathlib import Path


def sealed(content: bytes) -> bytes:
    """Return what is kept as the cache holds it."""
    return _digest(content) + b"\n" + content


def unsealed(file: Path) -> bytes | None:
    """Return what a file of the cache keeps; one missing or damaged keeps nothing."""
    try:
        digest, _, content = file.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if digest == _digest(content) else None


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
