"""Orders of the same rows: how concentrated the spectrum of an embedding is in each of them.

An order is an array of tokens [n]: which number stands at each place of the circle. The rows and
their energy are the same in every order; what differs is how many waves they take. NumPy only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.fourier import Floats, dft, power_shares, row_frequencies
from timeless.analysis.groups import PRIMITIVE_ROOT, powers, primitive_roots
from timeless.analysis.progress import gini, spectral_entropy

Tokens = NDArray[np.int64]


@dataclass(frozen=True)
class Concentration:
    """How concentrated the energy about the mean is in each of m orders.

    ``held`` [m, floor(n/2)] is the share that an order's k strongest frequencies hold, at k-1;
    ``gini`` [m] the Gini coefficient of its components, ``entropy`` [m] that of its shares in nats.
    """

    held: Floats
    gini: Floats
    entropy: Floats

    @classmethod
    def of(cls, embedding: NDArray[np.floating], orders: Iterable[Tokens]) -> "Concentration":
        """Return that of the rows of an embedding [p, d] in each order."""
        found = [_concentration(embedding[tokens]) for tokens in orders]
        held, ginis, entropies = zip(*found, strict=True)
        return cls(np.array(held), np.array(ginis), np.array(entropies))

    def lead(self, others: "Concentration") -> float:
        """Return by how much the first order holds more than the best of others, at the worst k.

        Each order counts its own k strongest, for every k below the number of all; positive only
        if none of the others holds as much at any k.
        """
        return float((self.held[0] - others.held.max(0))[:-1].min())


def _concentration(rows: NDArray[np.floating]) -> tuple[Floats, float, float]:
    components = np.linalg.norm(dft(rows)[1:], axis=1)
    power = np.bincount(row_frequencies(len(rows))[1:], np.square(components))[1:]
    shares = power_shares(np.sqrt(power))
    return np.cumsum(np.sort(shares)[::-1]), gini(components), spectral_entropy(shares)


def random_orders(tokens: Tokens, n: int, seed: int) -> Iterator[Tokens]:
    """Yield n random orders of these tokens."""
    rng = np.random.default_rng([seed, 3])
    return (rng.permutation(tokens) for _ in range(n))


def shifted_logarithms(p: int) -> Iterator[Tokens]:
    """Yield the order by log_g(a + c) for c = 1 … p-1; number p-c has no place in it.

    They are made as the order of the logarithms is, and belong to no multiplication.
    """
    return ((powers(p, PRIMITIVE_ROOT) - shift) % p for shift in range(1, p))


def logarithms(p: int) -> Iterator[Tokens]:
    """Yield the order by logarithms to each primitive root: the same waves, other frequencies."""
    return (powers(p, root) for root in primitive_roots(p))
