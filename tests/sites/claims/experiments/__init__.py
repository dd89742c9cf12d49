"""The toy, and the main experiment with no more than some claims need."""

from types import ModuleType

from tests.sites.claims.experiments import addition, seeds
from tests.sites.shared.experiments import toy


def names() -> tuple[str, ...]:
    return ("addition", "seeds", "toy")


def load(name: str) -> ModuleType:
    return {"addition": addition, "seeds": seeds, "toy": toy}[name]
