"""Needs: the order of experiments, each after those whose artifacts it reads."""

from graphlib import CycleError, TopologicalSorter
from types import ModuleType

from timeless.errors import TimelessError, unknown_name


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
