"""One experiment that needs no torch."""

import importlib
from types import ModuleType
from typing import Any

from tests.sites.shared.experiments import toy


def names() -> tuple[str, ...]:
    return ("toy",)


def load(name: str) -> ModuleType:
    assert name == "toy"
    return toy


def runner(name: str) -> Any:
    return importlib.import_module(f"{__name__}.{name}.run").run
