"""Fourier analysis over the integers mod n: bases, one- and two-dimensional transforms.

Frequencies are k = 1 … floor(n/2), with omega_k = 2πk/n. Every basis vector has unit length, so
squared coefficients are shares of the energy (Parseval). NumPy only.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from timeless.errors import TimelessError

Floats = NDArray[np.float64]


@cache
def fourier_basis(n: int) -> Floats:
    """Return the orthonormal basis [n, n] with rows const, cos 1, sin 1, cos 2, and so on.

    For even n the last row is the alternating one, cos(πt), which has no sine. The array is made
    once for each n, and cannot be written to.
    """
    t = np.arange(n)
    rows = [np.full(n, 1 / np.sqrt(n))]
    for freq in range(1, (n - 1) // 2 + 1):
        angle = 2 * np.pi * freq * t / n
        rows += [np.sqrt(2 / n) * np.cos(angle), np.sqrt(2 / n) * np.sin(angle)]
    if n % 2 == 0:
        rows.append(np.where(t % 2 == 0, 1.0, -1.0) / np.sqrt(n))
    basis = np.stack(rows)
    basis.setflags(write=False)
    return basis


def row_frequencies(n: int) -> NDArray[np.int64]:
    """Return the frequency of each row of `fourier_basis`: 0, 1, 1, 2, 2, … [n]."""
    return (np.arange(n) + 1) // 2


def frequencies(n: int) -> NDArray[np.int64]:
    """Return 1 … floor(n/2), the frequencies of the integers mod n."""
    return np.arange(1, n // 2 + 1)


def dft(x: NDArray[np.floating]) -> Floats:
    """Return the coefficients of x [n, …] along its first axis, in the rows of `fourier_basis`."""
    return np.tensordot(fourier_basis(len(x)), x.astype(np.float64), axes=1)


def spectrum(x: NDArray[np.floating]) -> Floats:
    """Return, for each frequency, the norm of x's coefficients [floor(n/2)].

    ``x`` has shape [n, d]: n positions on the circle, d channels. Cosine and sine of one
    frequency are combined, and all channels.
    """
    power = np.square(dft(x)).reshape(len(x), -1).sum(1)
    return np.asarray(np.sqrt(np.bincount(row_frequencies(len(x)), power)[1:]))


def power_shares(norms: NDArray[np.floating]) -> Floats:
    """Return each frequency's share of the energy of all non-constant ones; the shares sum to 1."""
    power = np.square(np.asarray(norms, dtype=np.float64))
    return np.asarray(power / power.sum(-1, keepdims=True))


def dft_2d(x: NDArray[np.floating], n: int) -> Floats:
    """Return the coefficients [n, n, …] of x [n*n, …] (pairs flattened as a*n + b).

    Entry [i, j] belongs to row i of `fourier_basis` over a and row j over b.
    """
    basis = fourier_basis(n)
    grid = x.astype(np.float64).reshape(n, n, -1)
    over_b = np.einsum("jb,abx->ajx", basis, grid, optimize=True)
    both = np.einsum("ia,ajx->ijx", basis, over_b, optimize=True)
    return np.asarray(both.reshape(n, n, *x.shape[1:]))


def spectrum_2d(coefficients: Floats) -> Floats:
    """Return norms [floor(n/2)+1, floor(n/2)+1] by pair of frequencies from `dft_2d`'s result.

    Row and column 0 are the constants. Trailing axes of the coefficients are combined.
    """
    n = len(coefficients)
    power = np.square(coefficients).reshape(n, n, -1).sum(2)
    to_freq = np.eye(n // 2 + 1)[:, row_frequencies(n)]
    return np.asarray(np.sqrt(to_freq @ power @ to_freq.T))


def waves(n: int, freqs: Sequence[int]) -> Floats:
    """Return the rows of `fourier_basis` that belong to ``freqs``, in their order.

    The shape is [2*len(freqs), n], cosine and sine by turns; the alternating frequency of an
    even n has no sine, and so one row. Raises TimelessError if there is no such frequency.
    """
    if any(not 1 <= freq <= n // 2 for freq in freqs):
        raise TimelessError(f"frequencies mod {n} are 1 to {n // 2}; got {list(freqs)}")
    rows = [row for freq in freqs for row in (2 * freq - 1, 2 * freq) if row < n]
    return fourier_basis(n)[rows]


def without(x: NDArray[np.floating], freqs: Sequence[int]) -> Floats:
    """Return x [n, d] without the components of these frequencies along its first axis."""
    rows = fourier_basis(len(x))[np.isin(row_frequencies(len(x)), freqs)]
    return np.asarray(x - rows.T @ (rows @ x.astype(np.float64)))


def sum_directions(n: int, freqs: Sequence[int]) -> Floats:
    """Return the unit vectors cos omega_k(a+b), sin omega_k(a+b) over all pairs.

    The shape is [n*n, 2*len(freqs)]; the columns are in the order of the rows of `waves`.
    """
    total = np.add.outer(np.arange(n), np.arange(n)).ravel() % n
    return np.asarray(waves(n, freqs)[:, total].T / np.sqrt(n))
