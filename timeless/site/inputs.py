"""Inputs: a digest of all that a site is built from, by which a build sees that nothing changed.

The cache remembers it for each folder that was built, and the folder itself what it must hold.
"""

import hashlib
import importlib
import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from timeless.folders import Site
from timeless.options import Options
from timeless.results.artifacts import write_atomically
from timeless.site.publishing import is_whole

_CODE = Path(__file__).parents[1]
_FOREIGN = {"node_modules", "__pycache__"}


def fingerprint(site: Site, options: Options) -> str:
    """Return the SHA-256 of every file a build reads, of what it is asked and of what it uses."""
    asked = replace(options, out=Path(), train=None, frozen=False)
    parts = [repr((asked, sys.version, _packages()))]
    parts += [f"{path}\0{_sha256(path)}" for path in _files(site)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_unchanged(site: Site, out: Path, inputs: str) -> bool:
    """Return whether ``out`` was built from these inputs, and holds just that."""
    with suppress(OSError):
        return _remembered(site, out).read_text() == inputs and is_whole(out)
    return False


def remember(site: Site, out: Path, inputs: str) -> None:
    """Remember from which inputs ``out`` was built; a cache that cannot be written costs time."""
    with suppress(OSError):
        write_atomically(_remembered(site, out), inputs.encode())


def _remembered(site: Site, out: Path) -> Path:
    return site.cache / "built" / hashlib.sha256(os.fsencode(out)).hexdigest()


def _packages() -> list[str]:
    """Return what is installed beside Python itself, by name and version."""
    return sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))


def _files(site: Site) -> Iterator[Path]:
    packages = map(importlib.import_module, (site.figures, site.instruments, site.experiments))
    modules = [Path(str(each.__file__)).parent for each in packages if hasattr(each, "__file__")]
    folders = {_CODE, site.pages, site.templates, site.sources, site.packages, site.artifacts}
    for folder in sorted({*folders, *modules}):
        for inside, names, files in os.walk(folder):
            names[:] = sorted(set(names) - _FOREIGN)
            yield from (Path(inside) / name for name in sorted(files))
    yield site.packages / "node_modules" / ".package-lock.json"


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return str(error.errno)
