"""Data flows one way: an import only ever points up this list, and publishing needs no torch."""

import ast
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sites import ROOT

PACKAGE = ROOT / "timeless"

COMPUTING = [
    "errors",
    "results",
    "config",
    "rules",
    "training",
    "analysis",
    "running",
    "projectile",
    "protocols",
    "probe",
    "projectile_tokens",
    "projectile_regression",
    "token_results",
    "regression_results",
    "trials",
    "interventions",
    "attention",
    "normalisation",
    "directions",
    "perturbations",
    "decay",
    "routing",
    "rounding",
    "stages",
    "rows",
    "bench",
    "laboratory_results",
    "modular_results",
    "particles",
    "experiments",
    "needs",
]
PUBLISHING = [
    "words",
    "figures",
    "instruments",
    "folders",
    "claims",
    "options",
    "refresh",
    "site",
    "build",
]
ORDER = ("__init__", *COMPUTING, *PUBLISHING)
MODULES = sorted(PACKAGE.rglob("*.py"))


def part(name: str) -> str:
    """Return the part of the package that a dotted name belongs to."""
    return [*name.split("."), "__init__"][1]


def imported(path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names += (
                [f"{node.module}.{a.name}" for a in node.names] if node.module == "timeless" else []
            )
            names.append(node.module)
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return [name for name in names if name.split(".")[0] == "timeless" and name != "timeless"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_up(path: Path) -> None:
    own = path.relative_to(PACKAGE).with_suffix("").parts[0]
    assert own in ORDER, f"give {own} its place in ORDER"
    above = ORDER[: ORDER.index(own) + 1]
    known = [name for name in imported(path) if part(name) in ORDER]
    assert [name for name in known if part(name) not in above] == []


def below(package: str) -> list[str]:
    """Return the modules of a package that loads them only when they are asked for."""
    found = pkgutil.walk_packages([str(PACKAGE / package)], f"timeless.{package}.")
    return [module.name for module in found]


def test_publishing_imports_no_torch() -> None:
    lazy = [
        name
        for package in ("figures", "instruments", "experiments", "claims", "words", "site")
        for name in below(package)
    ]
    assert {"timeless.figures.grokking.curves", "timeless.experiments.addition"} <= set(lazy)
    parts = (
        "results.artifacts",
        "results.weights",
        "config",
        "rules",
        "training",
        "analysis",
        "experiments",
        "analysis.published",
        *PUBLISHING,
    )
    modules = [*(f"timeless.{name}" for name in parts), *lazy]
    code = f"import sys; sys.modules['torch'] = None; import {', '.join(modules)}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
