"""Kernels: what trains a network in a page, compiled to WebAssembly when the site is built.

The sources are AssemblyScript, ``site_src/kernels/``, and ``kernels.mjs`` compiles them. The result
is kept in the cache by its sources and its compiler, and travels as a data file that a page asks
for when its reader starts a training.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from timeless.folders import Site
from timeless.node import answer_of, version_of
from timeless.results.artifacts import write_atomically
from timeless.results.cache import sealed, unsealed
from timeless.results.encoding import receive_script
from timeless.results.reading import read_text

COMPILER = "assemblyscript"
FILE = "data/kernels.js"
MODULES = {"simd", "fused"}  # without and with relaxed SIMD, see kernels.mjs


def kernels(site: Site) -> bytes:
    """Return the data file that hands the page both modules.

    Raises TimelessError that says what the compiler refuses, or what is not installed. A cache that
    cannot be read or written only costs time.
    """
    made = _made(site.packages, site.cache / "kernels")
    coded = {name: {"dtype": "u1", "bdata": module} for name, module in made.items()}
    return receive_script("kernels", coded).encode()


def _made(packages: Path, cache: Path) -> Mapping[str, str]:
    """Return the modules in base64, from the cache if the same sources have been compiled."""
    version = _version(packages)
    file = cache / version
    held = unsealed(file)
    if held is not None and json.loads(held)["version"] == version:
        return dict(json.loads(held)["modules"])
    modules: dict[str, str] = answer_of(
        packages / "kernels.mjs", COMPILER, lambda answer: set(answer) == MODULES
    )
    with suppress(OSError):
        kept = json.dumps({"version": version, "modules": modules})
        write_atomically(file, sealed(kept.encode()))
    return modules


def _version(packages: Path) -> str:
    """Return a digest of the sources, their names, and what compiles them."""
    sources = [packages / "kernels.mjs", *sorted((packages / "kernels").glob("*.ts"))]
    texts = [(path.name, read_text(path)) for path in sources]
    made_of = repr((version_of(COMPILER, packages), texts))
    return hashlib.sha256(made_of.encode()).hexdigest()[:24]
