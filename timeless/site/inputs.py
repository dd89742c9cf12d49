"""Inputs: digests of all that a site is built from, by which a build sees what has not changed.

The cache remembers them for each folder that was built, and the folder itself what it must hold.
Where nothing but texts of pages has changed, what a build has made before is right as it is, but
for those pages.
"""

import hashlib
import importlib
import json
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from timeless.folders import Site
from timeless.options import Options
from timeless.results.artifacts import write_atomically
from timeless.site.files import Files
from timeless.site.pages import Source
from timeless.site.publishing import files_made, is_whole

_CODE = Path(__file__).parents[1]
_FOREIGN = {"node_modules", "__pycache__"}
_PLACES = {"figure", "widget", "ledger", "glossary"}  # calls that other pages link to


@dataclass(frozen=True)
class Inputs:
    """Digests of the text of each page, by its name, and of everything else."""

    pages: Mapping[str, str]
    others: str


@dataclass(frozen=True)
class Former:
    """A site that is there, whole, and made from what it would be made from now, but for pages.

    ``pages`` are digests of their texts then, ``same`` the names of those that have not changed,
    ``outline`` is what pages said of each other.
    """

    out: Path
    pages: Mapping[str, str]
    same: frozenset[str]
    outline: str

    def kept(self, sources: Iterable[Source]) -> Files:
        """Return the files that are right as they are: none if pages say else of each other."""
        sources = list(sources)
        if outline_of(sources) != self.outline:
            return {}
        stale = {source.name for source in sources} - self.same
        gone = {f"{name}.html" for name in stale} | {f"cards/{name}.png" for name in stale}
        paths = {name: self.out / name for name in files_made(self.out) if name not in gone}
        # Of finished pages the links are checked, and the words listed for the search.
        return {n: p.read_bytes() if n.endswith(".html") else p for n, p in paths.items()}


def fingerprint(site: Site, options: Options) -> Inputs:
    """Return the SHA-256 of every file a build reads, of what it is asked and of what it uses."""
    asked = replace(options, out=Path(), train=None, frozen=False)
    parts = [repr((asked, sys.version, _packages()))]
    pages = {}
    for path in _files(site):
        if path.parent == site.pages and path.suffix == ".md":
            pages[path.stem] = _sha256(path)
        else:
            parts.append(f"{path}\0{_sha256(path)}")
    return Inputs(pages, hashlib.sha256("\n".join(parts).encode()).hexdigest())


def outline_of(sources: Iterable[Source]) -> str:
    """Return a digest of what pages say of each other: their titles, their order, what is where."""
    said = [
        (
            source.name,
            sorted((k, v) for k, v in source.meta.items() if k not in {"lead", "description"}),
            [call for call in source.calls if call[0] in _PLACES],
        )
        for source in sources
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def recall(site: Site, out: Path, inputs: Inputs) -> Former | None:
    """Return what ``out`` holds, if it was built from these inputs but for texts of pages."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        then = json.loads(_remembered(site, out).read_text(encoding="utf-8"))
        if then["others"] == inputs.others and is_whole(out):
            pages = dict(then["pages"])
            same = frozenset(n for n, digest in inputs.pages.items() if pages.get(n) == digest)
            return Former(out, pages, same, then["outline"])
    return None


def remember(site: Site, out: Path, inputs: Inputs, sources: Iterable[Source]) -> None:
    """Remember from what ``out`` was built; a cache that cannot be written costs time."""
    known = {"pages": inputs.pages, "others": inputs.others, "outline": outline_of(sources)}
    with suppress(OSError):
        write_atomically(_remembered(site, out), json.dumps(known).encode())


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
