"""The experiments, a folder each: a question with its configuration, and the answer.

``NAME/__init__.py`` asks: it defines ``CONFIG`` (frozen, stored in the artifact), ``QUICK``, a tiny
one, and ``NEEDS``, the names of the experiments whose artifacts it reads. ``NAME/run.py`` answers:
``run(config, workspace) -> Artifact`` trains or resumes below ``workspace.runs``, writes weights
below ``workspace.artifacts`` and returns the result. Only answers import torch, so a build that
trains nothing does not need it.
"""

import importlib
import pkgutil
from collections.abc import Callable
from graphlib import CycleError, TopologicalSorter
from types import ModuleType
from typing import Any

from timeless.errors import TimelessError, unknown_name
from timeless.results.artifacts import Artifact


def names() -> tuple[str, ...]:
    """Return the names of all experiments, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def load(name: str) -> ModuleType:
    """Return the question of an experiment; raises TimelessError with the closest known name."""
    if name not in names():
        raise unknown_name("experiment", name, names())
    return importlib.import_module(f"{__name__}.{name}")


def runner(name: str) -> Callable[[Any, Any], Artifact]:
    """Return ``run(config, workspace)`` of an experiment. Imports torch."""
    answer: Callable[[Any, Any], Artifact] = importlib.import_module(f"{__name__}.{name}.run").run
    return answer


def needs(package: ModuleType, name: str) -> tuple[str, ...]:
    """Return the experiments whose artifacts an experiment reads."""
    return tuple(getattr(package.load(name), "NEEDS", ()))


def in_order(package: ModuleType) -> list[str]:
    """Return the names of all experiments, each after those it needs.

    Raises TimelessError if one needs an unknown one, or if they need each other in a circle.
    """
    names = package.names()
    graph = {name: needs(package, name) for name in names}
    for name, needed in graph.items():
        for other in needed:
            if other not in names:
                raise unknown_name("experiment", other, names, where=f"NEEDS of {name}")
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " needs ".join(reversed(error.args[1]))
        raise TimelessError(
            f"experiments need each other in a circle: {circle}", remedy="take one of NEEDS away"
        ) from None
