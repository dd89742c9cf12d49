"""A task: every pair of numbers with its operation, the right answer, and the train mask."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from timeless.config import ACCELERATION, TrainConfig

ANSWERS: dict[str, Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]] = {
    "addition": lambda a, b: a + b,
    "subtraction": lambda a, b: a - b,
    "multiplication": lambda a, b: a * b,
    "velocity": lambda v0, t: v0 + ACCELERATION * t,
    "position": lambda v0, t: v0 * t + ACCELERATION // 2 * t**2,
}


@dataclass(frozen=True)
class Task:
    """All examples of a configuration, operation by operation, each flattened as a*p + b.

    ``tokens`` has shape [n_ops*p*p, 3] (a, b, op), ``labels`` [n_ops*p*p], and
    ``train_mask`` [n_ops*p*p] is True where the example is in the training split.
    """

    p: int
    tokens: NDArray[np.int64]
    labels: NDArray[np.int64]
    train_mask: NDArray[np.bool_]

    @property
    def pairs(self) -> NDArray[np.int64]:
        """Return the numbers a and b of every example [n_ops*p*p, 2], whatever their tokens are."""
        a, b = np.divmod(np.arange(len(self.labels)) % self.p**2, self.p)
        return np.stack([a, b], axis=1)

    @property
    def splits(self) -> dict[str, NDArray[np.bool_]]:
        """Return masks of the examples trained on, of all others, and of two parts of these.

        Of a ``mirrored`` one the exchange (b, a) is trained on, of an ``unseen`` one it is not.
        """
        test = ~self.train_mask
        mirror = self.train_mask.reshape(-1, self.p, self.p).transpose(0, 2, 1).ravel()
        return {
            "train": self.train_mask,
            "test": test,
            "mirrored": test & mirror,
            "unseen": test & ~mirror,
        }


def make_task(config: TrainConfig) -> Task:
    """Return the examples and the split of a configuration.

    Each operation gives int(frac_train * p * p) of its pairs to the training split, drawn
    without replacement from a generator seeded with (split seed, 1, index of the operation). A
    ``mirror_closed`` split takes both orders of a pair or neither, and one pair less if need be.
    The labels of ``random_labels`` come from a generator seeded with (split seed, 2, index).
    """
    p, model, seed = config.model.p, config.model, config.seed_of_split
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(p), np.arange(p), indexing="ij"))
    tokens, labels, masks = [], [], []
    for index, operation in enumerate(config.operations):
        first_a, first_b = (model.first_number(index, position) for position in (0, 1))
        op = np.full(p * p, model.operation_token(index))
        tokens.append(np.stack([first_a + a, first_b + b, op], axis=1))
        labels.append(_labels(operation, a, b, p, [seed, 2, index]))
        masks.append(_train_mask(config, [seed, 1, index]))
    return Task(p, np.concatenate(tokens), np.concatenate(labels), np.concatenate(masks))


def _labels(
    operation: str, a: NDArray[np.int64], b: NDArray[np.int64], p: int, seed: list[int]
) -> NDArray[np.int64]:
    if operation == "random_labels":
        return np.random.default_rng(seed).integers(p, size=p * p)
    return ANSWERS[operation](a, b) % p


def _train_mask(config: TrainConfig, seed: list[int]) -> NDArray[np.bool_]:
    p, rng = config.model.p, np.random.default_rng(seed)
    n_train = int(config.frac_train * p * p)
    mask = np.zeros(p * p, dtype=bool)
    if config.split == "random":
        mask[rng.permutation(p * p)[:n_train]] = True
        return mask
    a, b = np.triu_indices(p)
    order = rng.permutation(len(a))
    sizes = np.where(a == b, 1, 2)[order]
    chosen = order[np.cumsum(sizes) <= n_train]
    mask[a[chosen] * p + b[chosen]] = mask[b[chosen] * p + a[chosen]] = True
    return mask
