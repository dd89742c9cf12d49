"""One checkpoint on all pairs: what the network computes there, and which pairs it has seen."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timeless.analysis.fourier import Floats
from timeless.analysis.groups import Group, group_of
from timeless.config import TrainConfig
from timeless.results.weights import TRAIN_INDEX, Arrays
from timeless.training.factorised import all_pairs
from timeless.training.tasks import make_task

SPLITS = ("all", "train", "test")


def as_tensors(weights: Arrays, dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    """Return a network's weights (any float type) as tensors of ``dtype``."""
    return {
        name: torch.from_numpy(array).to(dtype)
        for name, array in weights.items()
        if name != TRAIN_INDEX
    }


@dataclass(frozen=True)
class Network:
    """One checkpoint, with what it computes on all pairs of a group of order n.

    ``logits`` [n*n, n] (the classes in the group's order), ``mlp_post`` [n*n, d_mlp], float32.
    ``first_number`` is the row of W_E that holds the number 0; with tokens by position, a's.
    """

    weights: Arrays
    logits: NDArray[np.float32]
    mlp_post: NDArray[np.float32]
    group: Group
    first_number: int = 0

    @classmethod
    def of(
        cls, weights: Arrays, config: TrainConfig, op: int = 0, group: Group | None = None
    ) -> "Network":
        """Return the network with these weights (any float type) and its activations.

        Pairs, classes and tokens are those of ``group``, by default that of operation ``op``.
        """
        found = all_pairs(as_tensors(weights), op, config.model)
        group = group or group_of(config.operations[op], config.model.p)
        pairs = group.pairs()
        logits = found["logits"].numpy()[pairs][:, group.tokens]
        first = config.model.first_number(op, position=0)
        return cls(weights, logits, found["mlp_post"].numpy()[pairs], group, first)

    @property
    def number_rows(self) -> NDArray[np.int64]:
        """Return which rows of W_E are the group's numbers, in its order [n]."""
        return self.first_number + self.group.tokens

    @property
    def number_embedding(self) -> NDArray[np.floating[Any]]:
        """Return the rows of W_E that belong to the group's numbers, in its order [n, d_model]."""
        return self.weights["W_E"][self.number_rows]

    @property
    def logit_weights(self) -> NDArray[np.floating[Any]]:
        """Return W_logit = W_out·W_U with the classes in the group's order [d_mlp, n]."""
        return np.asarray(self.weights["W_out"] @ self.weights["W_U"][:, self.group.tokens])

    def accuracy(self, labels: NDArray[np.int64]) -> float:
        """Return the share of all pairs that are answered right."""
        return float((self.logits.argmax(1) == labels).mean())


def split_means(losses: Floats, train_mask: NDArray[np.bool_], name: str) -> dict[str, float]:
    """Return the mean of per-example losses over all, train and test pairs, suffixed by split."""
    parts = {"all": losses, "train": losses[train_mask], "test": losses[~train_mask]}
    return {f"{name}_{split}": float(part.mean()) for split, part in parts.items()}


@dataclass(frozen=True)
class Split:
    """The pairs of a group: ``labels`` [n*n], positions of the answers, and ``train_mask``."""

    labels: NDArray[np.int64]
    train_mask: NDArray[np.bool_]

    @classmethod
    def of(cls, config: TrainConfig, op: int = 0, group: Group | None = None) -> "Split":
        """Return the labels and the split of operation number ``op``, by default in its group."""
        group, task = group or group_of(config.operations[op], config.model.p), make_task(config)
        return cls(group.labels(task, op), group.train_mask(task, op))
