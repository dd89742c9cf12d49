"""Data flows one way: a package stands on few others, in no circle; publishing needs no torch."""

import ast
import pkgutil
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.sites import ROOT

PACKAGE = ROOT / "timeless"

STANDS_ON = {  # what each may import; `errors`, `system` and the version, all may
    "results": "",
    "training": "config rules results",
    "analysis": "config rules results training",
    "running": "config results training",
    "experiments": "config rules results training analysis running node",
    "node": "results",
    "words": "results node",
    "figures": "rules results analysis words",
    "cards": "figures",
    "instruments": "rules results analysis experiments words figures",
    "claims": "rules results analysis words",
    "refresh": "config results running experiments folders options",
    "site": "results node words figures cards instruments claims folders options",
    "serve": "refresh site folders options",
    "build": "refresh serve site folders options",
}
ALONE = {"errors", "system", "config", "rules", "folders", "options", "__init__"}
# Whatever a default build imports; of the experiments the questions alone.
PUBLISHING = ("results", "words", "figures", "cards", "instruments", "claims", "site")
MODULES = sorted(PACKAGE.rglob("*.py"))


def part(name: str) -> str:
    """Return the part of the package that a dotted name belongs to."""
    return [*name.split("."), "__init__"][1]


def imported(path: Path) -> set[str]:
    """Return the parts of the package that a file imports."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return {part(name) for name in names if name.split(".")[0] == "timeless"} - {"__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_package_imports_only_what_it_stands_on(path: Path) -> None:
    own = path.relative_to(PACKAGE).with_suffix("").parts[0]
    assert own in STANDS_ON or own in ALONE, f"say in STANDS_ON what {own} stands on"
    allowed = {own, "errors", "system", *STANDS_ON.get(own, "").split()}
    assert imported(path) - allowed == set()


def test_no_package_stands_on_itself_by_a_circle() -> None:
    order = TopologicalSorter({name: below.split() for name, below in STANDS_ON.items()})
    assert list(order.static_order())[-1] == "build"


def modules_of(package: str) -> list[str]:
    found = pkgutil.walk_packages([str(PACKAGE / package)], f"timeless.{package}.")
    return [module.name for module in found]


def test_publishing_imports_no_torch() -> None:
    published = [name for package in PUBLISHING for name in modules_of(package)]
    questions = [
        f"timeless.experiments.{path.parent.name}"
        for path in (PACKAGE / "experiments").glob("*/__init__.py")
    ]
    assert "timeless.figures.grokking.curves" in published
    assert "timeless.experiments.addition" in questions
    modules = ["timeless.build", "timeless.refresh", *published, *questions]
    code = f"import sys; sys.modules['torch'] = None; import {', '.join(modules)}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
