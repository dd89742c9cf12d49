"""One experiment that needs no torch."""

from types import ModuleType

from tests.sites.shared.experiments import toy


def names() -> tuple[str, ...]:
    return ("toy",)


def load(name: str) -> ModuleType:
    assert name == "toy"
    return toy
