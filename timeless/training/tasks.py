"""A task: every pair of numbers with its operation, the right answer, and the train mask."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from timeless.config import ACCELERATION, TrainConfig

ANSWERS: dict[str, Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]] = {
    "addition": lambda a, b: a + b,
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

    tokens: NDArray[np.int64]
    labels: NDArray[np.int64]
    train_mask: NDArray[np.bool_]


def make_task(config: TrainConfig) -> Task:
    """Return the examples and the split of a configuration.

    Each operation gives int(frac_train * p * p) of its pairs to the training split, drawn
    without replacement from a generator seeded with (seed, 1, index of the operation).
    """
    p = config.model.p
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(p), np.arange(p), indexing="ij"))
    n_train = int(config.frac_train * p * p)
    tokens, labels, masks = [], [], []
    for index, operation in enumerate(config.operations):
        order = np.random.default_rng([config.seed, 1, index]).permutation(p * p)
        mask = np.zeros(p * p, dtype=bool)
        mask[order[:n_train]] = True
        tokens.append(np.stack([a, b, np.full(p * p, p + index)], axis=1))
        labels.append(ANSWERS[operation](a, b) % p)
        masks.append(mask)
    return Task(np.concatenate(tokens), np.concatenate(labels), np.concatenate(masks))
