"""Where the parts of a site lie, and how its figures and instruments are found by name.

The product is one `Site`; every golden mini-site of the tests is another with other paths.
"""

import importlib
import pkgutil
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from timeless.errors import TimelessError, unknown_name

NAME = "Timeless"
AUTHOR = "The Timeless authors"
DESCRIPTION = (
    "A study of grokking: small transformers that memorise modular arithmetic, and long "
    "afterwards, suddenly, generalise. Measured, taken apart, and open to play with, offline."
)


@dataclass(frozen=True)
class Site:
    """The folders a build reads, and the packages of its figures, instruments and experiments."""

    pages: Path
    templates: Path
    sources: Path  # css/, js/, kit/, images/, references.bib
    packages: Path  # package-lock.json, node_modules/, tex.mjs, maths.css
    artifacts: Path
    runs: Path
    cache: Path
    figures: str = "timeless.figures"
    instruments: str = "timeless.instruments"
    experiments: str = "timeless.experiments"

    @classmethod
    def at(cls, root: Path) -> "Site":
        """Return the site of a checkout of this project."""
        return cls(
            pages=root / "site_src" / "pages",
            templates=root / "templates",
            sources=root / "site_src",
            packages=root / "site_src",
            artifacts=root / "artifacts",
            runs=root / "runs",
            cache=root / ".cache",
        )


@dataclass(frozen=True)
class Catalogue:
    """The modules of one kind in one package, by the names that pages use for them.

    An instrument is a folder of the package: a page says ``dft-2d`` where it is ``dft_2d``. A
    figure is a file in a folder, that of its page: ``logit-spectrum`` is
    ``fourier/logit_spectrum.py``. Each module defines ``ARTIFACTS``, the names of the artifacts
    it reads, and a function of the name of the kind: ``figure(results)`` or ``widget(results)``.
    """

    kind: str
    package: str

    def names(self) -> list[str]:
        """Return every known name, sorted."""
        return sorted(self._modules)

    @cached_property
    def _modules(self) -> dict[str, str]:
        """Return the path of each module by its name; raises TimelessError if two share one."""
        within = [m.name for m in pkgutil.iter_modules([str(self.folder())]) if m.ispkg]
        if self.kind == "figure":
            within = [
                f"{page}.{module.name}"
                for page in within
                for module in pkgutil.iter_modules([str(self.folder() / page)])
            ]
        found: dict[str, str] = {}
        for path in within:
            name = path.rpartition(".")[2].replace("_", "-")
            if name in found:
                raise TimelessError(
                    f'two files make the {self.kind} "{name}"',
                    where=str(self.folder()),
                    remedy="rename one of them",
                )
            found[name] = f"{self.package}.{path}"
        return found

    def folder(self) -> Path:
        """Return the folder of the package."""
        return Path(str(importlib.import_module(self.package).__file__)).parent

    def load(self, name: str) -> ModuleType:
        """Return the module behind a name; raises TimelessError if there is none."""
        modules = self._modules
        if name not in modules:
            raise unknown_name(self.kind, name, modules)
        module = importlib.import_module(modules[name])
        for attribute in ("ARTIFACTS", self.kind):
            if not hasattr(module, attribute):
                raise TimelessError(
                    f"{attribute} is not defined",
                    where=str(module.__file__),
                    remedy=f"a {self.kind} module defines ARTIFACTS and {self.kind}(results)",
                )
        return module

    def make(self, name: str, results: object) -> Any:
        """Return what the module makes of the results; any failure names the file and line."""
        module = self.load(name)
        try:
            return getattr(module, self.kind)(results)
        except TimelessError as error:
            where = self._innermost_line(module)
            raise TimelessError(str(error), where=where) from error
        except Exception as error:
            where = self._innermost_line(module)
            raise TimelessError(
                f"{type(error).__name__}: {_in_short(error)}", where=where
            ) from error

    def file(self, name: str) -> str:
        """Return the file behind a name as errors give it, ``figures/PAGE/NAME.py``."""
        return self._file(self.load(name))

    def _file(self, module: ModuleType) -> str:
        return Path(str(module.__file__)).relative_to(self.folder().parent).as_posix()

    def _innermost_line(self, module: ModuleType) -> str:
        """Return the file with the module's last line before the current failure."""
        line = 0
        trace = sys.exc_info()[2]
        while trace:
            if trace.tb_frame.f_code.co_filename == str(module.__file__):
                line = trace.tb_lineno
            trace = trace.tb_next
        return self._file(module) + (f":{line}" if line else "")


def _in_short(error: Exception) -> str:
    """Return what an error says; of the properties that Plotly lists, the names alone."""
    said, listed, properties = str(error).partition("Valid properties:")
    names = [line for line in properties.splitlines() if not line.startswith(" " * 12)]
    return said + listed + "\n".join(names)
