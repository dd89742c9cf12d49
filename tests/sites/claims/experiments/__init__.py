"""The toy, and the main experiment with no more than some claims need."""

from types import ModuleType

from tests.sites.claims.experiments import addition, late, seeds
from tests.sites.shared.experiments import toy


def names() -> tuple[str, ...]:
    return ("addition", "late", "seeds", "toy")


def load(name: str) -> ModuleType:
    return {"addition": addition, "late": late, "seeds": seeds, "toy": toy}[name]
