"""A thrown ball: its height, grids of throws written as tokens, and boxes of real-valued throws.

    y = x·tan θ − g·x² / (2·v0²·cos² θ)

θ is the angle of the throw in degrees, v0 its speed in m/s, x the distance along the ground and
y the height, both in metres; air is left out. NumPy only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

GRAVITY = 9.81
SPLITS = ("train", "test", "ood_theta", "ood_v0", "ood_both")


def height(theta: ArrayLike, v0: ArrayLike, x: ArrayLike) -> Floats:
    """Return the height in metres at distance ``x`` in metres, for θ in degrees and v0 in m/s."""
    angle, along = np.radians(theta), np.asarray(x, dtype=np.float64)
    drop = GRAVITY * along**2 / (2 * np.asarray(v0, dtype=np.float64) ** 2 * np.cos(angle) ** 2)
    return np.asarray(along * np.tan(angle) - drop)


@dataclass(frozen=True)
class Axis:
    """``n`` evenly spaced values from ``first`` to ``last``, both included."""

    first: float
    last: float
    n: int

    def values(self) -> Floats:
        """Return the values [n]."""
        return np.linspace(self.first, self.last, self.n)

    @property
    def width(self) -> float:
        """Return the distance from the first value to the last."""
        return self.last - self.first


@dataclass(frozen=True)
class Throws:
    """A grid of throws: one token for each value of θ (degrees), v0 (m/s) and x (m).

    In every throw of the grid the ball is still above the ground. Of θ and of v0, every
    ``held_out_every``-th value is kept out of training, none of them at the rim; of the
    combinations of the other values, ``frac_train`` are trained on, drawn by ``seed``. The
    answer is the height in bins of ``bin_width`` metres.
    """

    theta: Axis = Axis(20.0, 70.0, 26)
    v0: Axis = Axis(20.0, 44.0, 25)
    x: Axis = Axis(1.0, 26.0, 26)
    bin_width: float = 1.0
    held_out_every: int = 6
    frac_train: float = 0.3
    seed: int = 0

    @property
    def n_tokens(self) -> int:
        """Return the number of token ids: the values of θ, of v0, of x, then "="."""
        return self.theta.n + self.v0.n + self.x.n + 1

    def held_out(self, axis: Axis) -> NDArray[np.bool_]:
        """Return which values of an axis never occur in training [n]."""
        return np.asarray(np.arange(axis.n) % self.held_out_every == self.held_out_every // 2)


@dataclass(frozen=True)
class TokenTask:
    """Every throw of a grid, flattened with x fastest and θ slowest.

    ``index`` [n, 3] are its places on the axes, ``tokens`` [n, 4] the ids of θ, v0, x and "=",
    ``heights`` [n] its height in metres, ``labels`` [n] its bin, and ``split`` [n] the place in
    `SPLITS` of the split it belongs to. Bin b holds heights from ``lowest`` + b·width on.
    """

    index: NDArray[np.int64]
    tokens: NDArray[np.int64]
    heights: Floats
    labels: NDArray[np.int64]
    split: NDArray[np.int64]
    lowest: float
    n_bins: int

    def where(self, split: str) -> NDArray[np.intp]:
        """Return the places of one split's throws."""
        return np.flatnonzero(self.split == SPLITS.index(split))


def make_throws(throws: Throws) -> TokenTask:
    """Return every throw of the grid with its bin and its split.

    ``train`` and ``test`` hold combinations of trained values only, ``ood_theta`` those with an
    angle kept out and a trained speed, ``ood_v0`` the other way round, ``ood_both`` the rest.
    """
    axes = (throws.theta, throws.v0, throws.x)
    index = np.stack(
        [grid.ravel() for grid in np.meshgrid(*(np.arange(a.n) for a in axes), indexing="ij")], 1
    )
    values = [axis.values()[index[:, i]] for i, axis in enumerate(axes)]
    heights = height(*values)
    starts = np.array([0, throws.theta.n, throws.theta.n + throws.v0.n])
    tokens = np.column_stack([index + starts, np.full(len(index), throws.n_tokens - 1)])
    lowest = float(np.floor(heights.min() / throws.bin_width) * throws.bin_width)
    labels = np.floor((heights - lowest) / throws.bin_width).astype(np.int64)
    return TokenTask(
        index, tokens, heights, labels, _splits(throws, index), lowest, int(labels.max()) + 1
    )


def _splits(throws: Throws, index: NDArray[np.int64]) -> NDArray[np.int64]:
    new_theta = throws.held_out(throws.theta)[index[:, 0]]
    new_v0 = throws.held_out(throws.v0)[index[:, 1]]
    names = np.where(
        new_theta,
        np.where(new_v0, SPLITS.index("ood_both"), SPLITS.index("ood_theta")),
        np.where(new_v0, SPLITS.index("ood_v0"), SPLITS.index("test")),
    )
    inside = np.flatnonzero(names == SPLITS.index("test"))
    order = np.random.default_rng([throws.seed, 1]).permutation(len(inside))
    names[inside[order[: int(throws.frac_train * len(inside))]]] = SPLITS.index("train")
    return names


def nearest_labels(task: TokenTask) -> NDArray[np.int64]:
    """Return for every throw the bin of the nearest training throw [n], a table look-up.

    Nearest in grid steps; of several the first. A training throw finds itself.
    """
    known = task.where("train")
    points = task.index.astype(np.float32)
    found = []
    for block in np.array_split(points, max(1, len(points) // 1000)):
        squares = np.square(block).sum(1)[:, None] + np.square(points[known]).sum(1)
        found.append((squares - 2 * block @ points[known].T).argmin(1))
    return np.asarray(task.labels[known[np.concatenate(found)]])


@dataclass(frozen=True)
class Box:
    """The ranges of θ (degrees), v0 (m/s) and x (m) that real-valued throws are drawn from."""

    theta: tuple[float, float] = (20.0, 70.0)
    v0: tuple[float, float] = (20.0, 44.0)
    x: tuple[float, float] = (1.0, 26.0)

    def ranges(self) -> Floats:
        """Return lower and upper ends [3, 2]."""
        return np.array([self.theta, self.v0, self.x], dtype=np.float64)

    def draw(self, n: int, rng: np.random.Generator) -> Floats:
        """Return n throws [n, 3], uniform in the box."""
        low, high = self.ranges().T
        return np.asarray(low + (high - low) * rng.random((n, 3)))

    def normalised(self, throws: Floats) -> Floats:
        """Return throws [n, 3] with the box's ranges mapped to -1 … 1."""
        low, high = self.ranges().T
        return np.asarray((2 * throws - low - high) / (high - low))
