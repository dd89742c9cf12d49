"""Groups: the order in which an operation's numbers stand on a circle.

Addition mod p is addition on Z_p as it stands. Multiplication of the non-zero numbers mod p is
addition on Z_(p-1) once every number is written as a power of a primitive root g: with a = g^i
and b = g^j, a·b = g^(i+j). Put a network's numbers in that order, and every measure made for
addition applies. NumPy only.
"""

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from timeless.config import is_prime
from timeless.errors import TimelessError
from timeless.training.tasks import Task

PRIMITIVE_ROOT = 2


@dataclass(frozen=True)
class Group:
    """A cyclic group of numbers mod p: ``tokens[i]`` [n] is the number at position i.

    The operation adds positions mod n.
    """

    name: str
    p: int
    tokens: NDArray[np.int64]

    @property
    def n(self) -> int:
        """Return the order of the group."""
        return len(self.tokens)

    def pairs(self) -> NDArray[np.int64]:
        """Return which of the pairs a*p + b stands at i*n + j, [n*n]."""
        return np.add.outer(self.p * self.tokens, self.tokens).ravel()

    def labels(self, task: Task, op: int = 0) -> NDArray[np.int64]:
        """Return the position of the answer to each pair [n*n] of operation number ``op``.

        In the group's own operation it is (i + j) mod n.
        """
        position = np.full(self.p, -1)
        position[self.tokens] = np.arange(self.n)
        return np.asarray(position[task.labels[op * self.p**2 :][self.pairs()]])

    def train_mask(self, task: Task, op: int = 0) -> NDArray[np.bool_]:
        """Return the train mask of the group's pairs [n*n], of operation number ``op``."""
        return np.asarray(task.train_mask[op * self.p**2 :][self.pairs()])


def additive(p: int) -> Group:
    """Return Z_p under addition: the numbers in their own order."""
    return Group("addition", p, np.arange(p))


def multiplicative(p: int, g: int = PRIMITIVE_ROOT) -> Group:
    """Return the non-zero numbers mod p under multiplication, in the order 1, g, g², ….

    Raises TimelessError if g is not a primitive root modulo the prime p.
    """
    return Group("multiplication", p, powers(p, g))


def powers(p: int, g: int) -> NDArray[np.int64]:
    """Return g^0, g^1, …, g^(p-2) mod p; raises TimelessError if they are not all different."""
    found = [1]
    while len(found) < p - 1:
        found.append(found[-1] * g % p)
    if not is_prime(p) or len(set(found)) < p - 1 or 0 in found:
        roots = [str(root) for root in primitive_roots(p)[:5]] if is_prime(p) else []
        raise TimelessError(
            f"{g} is not a primitive root modulo {p}",
            remedy=f"use one of {', '.join(roots)}" if roots else "p must be an odd prime",
        )
    return np.array(found)


def primitive_roots(p: int) -> list[int]:
    """Return every primitive root from 2 to p-1 modulo the prime p."""
    factors = [q for q in range(2, p) if (p - 1) % q == 0 and is_prime(q)]
    return [g for g in range(2, p) if all(pow(g, (p - 1) // q, p) != 1 for q in factors)]


def discrete_logarithms(p: int, g: int = PRIMITIVE_ROOT) -> NDArray[np.int64]:
    """Return log_g of 1 … p-1 at their index [p]; entry 0 is -1, for zero has no logarithm."""
    logs = np.full(p, -1)
    logs[powers(p, g)] = np.arange(p - 1)
    return logs


def group_of(operation: str, p: int) -> Group:
    """Return the group of an operation: its own for multiplication, else Z_p."""
    return multiplicative(p) if operation == "multiplication" else additive(p)


def places(freq: int, n: int) -> int:
    """Return at how many different places of its circle a wave of that frequency puts n numbers."""
    return n // gcd(freq, n)


def is_coarse(freq: int, n: int) -> bool:
    """Return whether a wave puts n numbers at fewer than half as many places."""
    return 2 * places(freq, n) < n
