"""Blocks: the pairs of several runs' tasks, as examples that fit a processor's cache."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timeless.training.factorised import Examples
from timeless.training.tasks import Task

CPU_BLOCK, CUDA_BLOCK = 1030, 1 << 15  # examples
SPLITS = ("train", "test", "mirrored", "unseen")  # as in `tasks.Task.splits`


@dataclass(frozen=True)
class Source:
    """The tasks modulo p of runs that share kernels, and where how many threads work on them."""

    tasks: Sequence[Task]
    p: int
    device: torch.device
    threads: int

    def blocks(self, op: int, *, train_only: bool) -> list[Examples]:
        """Return one operation's examples in blocks; shorter splits are padded with weight 0."""
        picks = [self._pick(task, op, train_only) for task in self.tasks]
        longest = max(len(pick) for pick in picks)
        index = np.stack([np.resize(pick, longest) for pick in picks])
        weight = np.stack(
            [
                np.where(np.arange(longest) < len(pick), 1 / task.train_mask.sum(), 0.0)
                for pick, task in zip(picks, self.tasks, strict=True)
            ]
        )
        shift = self.p * np.arange(len(self.tasks))[:, None]
        pairs = self.tasks[0].pairs[index]
        labels = np.stack([task.labels[own] for task, own in zip(self.tasks, index, strict=True)])
        examples = Examples(
            op,
            self._to_device(pairs[..., 0] + shift),
            self._to_device(pairs[..., 1] + shift),
            self._to_device(labels),
            self._to_device(weight).float(),
        )
        return list(examples.blocks(self._block_size(longest)))

    def masks(self, op: int) -> Tensor:
        """Return which pairs of an operation belong to `SPLITS`, float64 [splits, runs, p * p]."""
        masks = [[task.splits[split][self._part(op)] for task in self.tasks] for split in SPLITS]
        return self._to_device(np.array(masks)).double()

    def _pick(self, task: Task, op: int, train_only: bool) -> NDArray[np.intp]:
        part = self._part(op)
        return np.flatnonzero(task.train_mask[part] | (not train_only)) + op * self.p**2

    def _part(self, op: int) -> slice:
        """Return where an operation's examples are among those of a task."""
        return slice(op * self.p**2, (op + 1) * self.p**2)

    def _block_size(self, n: int) -> int:
        """Return a size that gives every thread as many blocks, each small enough for a cache."""
        if self.device.type != "cpu":
            return CUDA_BLOCK
        blocks = self.threads * math.ceil(n / (self.threads * CPU_BLOCK))
        return math.ceil(n / blocks)

    def _to_device(self, array: NDArray[np.generic]) -> Tensor:
        return torch.from_numpy(array).to(self.device)
