"""The experiments: each module is a question, its configuration, and ``run`` that answers it.

A module defines ``CONFIG`` (frozen, stored in the artifact), ``NEEDS``, the names of the
experiments whose artifacts it reads, and ``run(config, workspace) -> Artifact``, which trains or
resumes below ``workspace.runs``, writes weights below ``workspace.weights`` and returns the result.
torch is imported only inside ``run``, so a build that trains nothing does not need it.
"""

import importlib
import pkgutil
from types import ModuleType

from timeless.errors import unknown_name


def names() -> tuple[str, ...]:
    """Return the names of all experiments, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def load(name: str) -> ModuleType:
    """Return the module of an experiment; raises TimelessError with the closest known name."""
    if name not in names():
        raise unknown_name("experiment", name, names())
    return importlib.import_module(f"{__name__}.{name}")
