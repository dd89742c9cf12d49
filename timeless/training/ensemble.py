"""Networks of equal shape that train side by side: weights, optimiser state, step, evaluation.

Everything lives in a few flat tensors [runs, weights], so the optimiser is a handful of fused
operations and the state of all runs is saved as it stands. On the CPU the runs take turns,
which keeps each one's blocks in the cache, and threads share a run's blocks; on CUDA the runs
share every kernel, and the step is captured once as a graph, so the loop never waits for the host.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timeless.config import ModelConfig, TrainConfig
from timeless.training.adamw import AdamW
from timeless.training.blocks import SPLITS, Source
from timeless.training.factorised import BlockPass, Examples, Shared, factorise
from timeless.training.model import init_params, parameter_shapes
from timeless.training.perpendicular import project
from timeless.training.tasks import Task, make_task

if HAS_TABLES := find_spec("numba") is not None:
    from timeless.training.tables import TablePass, tabulate

_T = TypeVar("_T")
METRICS = tuple(f"{split}_{quantity}" for split in SPLITS for quantity in ("loss", "accuracy"))


@dataclass(frozen=True)
class _Group:
    """Runs that share kernels: weights and gradients (views of the flat tensors), examples."""

    params: Mapping[str, Tensor]
    grads: Sequence[Tensor]
    train: Sequence[Sequence[Examples]]
    all_pairs: Sequence[Sequence[Examples]]
    masks: Sequence[Tensor]


class Ensemble:
    """R networks with one flat tensor each for weights, gradients and Adam's two moments.

    ``step()`` is one epoch of every run, ``evaluate()`` measures all pairs. ``state()`` is
    everything a resume needs and ``load_state`` takes it back.
    """

    def __init__(
        self,
        configs: Sequence[TrainConfig],
        device: torch.device,
        *,
        threads: int = 1,
        share_kernels: bool | None = None,
        tables: bool = HAS_TABLES,
    ) -> None:
        """Draw initial weights; ``share_kernels`` says whether runs share every kernel.

        ``threads`` work on blocks side by side on the CPU. Each does so alone, so torch itself
        should be set to one thread. ``tables`` lets a network on the CPU train
        by `tables` and not by `factorised`.
        """
        self.configs, self.device, self.model = list(configs), device, configs[0].model
        self.loss_dtype: torch.dtype = getattr(torch, configs[0].loss_dtype)
        self._layout = flat_layout(self.model)
        size = max(stop for _, stop, _ in self._layout.values())
        self.weights = torch.zeros(len(configs), size, device=device)
        self.grads = torch.zeros_like(self.weights)
        self.optimiser = AdamW(
            self.weights,
            lr=self._per_run(lambda c: c.lr),
            betas=configs[0].betas,
            warmup_steps=configs[0].warmup_steps,
            epsilon=self._per_run(lambda c: c.epsilon),
        )
        self._decay = self._per_run(lambda c: c.lr * c.weight_decay)
        self._decay_span = [
            self._per_run(lambda c: c.decay_from),
            self._per_run(lambda c: math.inf if c.decay_until is None else c.decay_until),
        ]
        self._fixed = self._per_run(lambda c: c.fixed_norm).bool()
        self._any_fixed = any(config.fixed_norm for config in configs)
        for run, config in enumerate(configs):
            self.set_params(run, init_params(config.model, config.seed))
        self.threads = threads if device.type == "cpu" else 1
        self._workers = threads > 1 and ThreadPoolExecutor(
            threads, initializer=torch.set_flush_denormal, initargs=(True,)
        )
        self._first_norms = self.sum_sq_weights().sqrt().unsqueeze(1)
        self._passes: dict[tuple[int, int, int], Any] = {}
        tasks = [make_task(config) for config in configs]
        together = device.type != "cpu" if share_kernels is None else share_kernels
        self._by_tables = tables and device.type == "cpu" and not together
        spans = [slice(0, len(tasks))] if together else [slice(r, r + 1) for r in range(len(tasks))]
        self._groups = [self._group(span, tasks[span]) for span in spans]
        self.step: Callable[[], None] = self._step
        if device.type == "cuda":
            self.step = self._captured_step()

    def params(self, run: int) -> dict[str, NDArray[np.float32]]:
        """Return a copy of one run's weights by name."""
        return {
            name: view[run].detach().cpu().numpy().copy()
            for name, view in self._views(self.weights).items()
        }

    def set_params(self, run: int, params: Mapping[str, NDArray[np.float32]]) -> None:
        """Overwrite one run's weights by name; its moments stay as they are."""
        for name, view in self._views(self.weights).items():
            view[run].copy_(torch.from_numpy(params[name]))

    def state(self) -> dict[str, NDArray[np.float64] | NDArray[np.float32]]:
        """Return weights, moments and step count as NumPy arrays."""
        tensors = self._state_tensors()
        return {name: tensor.detach().cpu().numpy().copy() for name, tensor in tensors.items()}

    def load_state(self, state: Mapping[str, NDArray[np.float64] | NDArray[np.float32]]) -> None:
        """Overwrite weights, moments and step count with those `state` returned."""
        for name, tensor in self._state_tensors().items():
            tensor.copy_(torch.from_numpy(np.array(state[name])))

    def begin_with(self, state: Mapping[str, NDArray[np.float64] | NDArray[np.float32]]) -> None:
        """Let every run begin with the state of one run, in place of initial weights.

        A norm that is held fixed is the one there. Raises ValueError if it is of another shape.
        """
        for name, tensor in self._state_tensors().items():
            if name not in state or state[name].shape[1:] != tensor.shape[1:]:
                raise ValueError(f"{name} is of another shape, or not there")
        self.load_state(state)
        self._first_norms = self.sum_sq_weights().sqrt().unsqueeze(1)

    @torch.no_grad()
    def evaluate(self) -> Tensor:
        """Return `METRICS` of every run and operation, float64 [runs, n_ops, metrics]."""
        parts = [
            torch.stack([self._measure(group, op) for op in range(self.model.n_ops)], dim=1)
            for group in self._groups
        ]
        return torch.cat(parts)

    def sum_sq_weights(self) -> Tensor:
        """Return the sum of squared weights of every run, float64 [runs]."""
        return self.weights.double().square().sum(1)

    # --- one epoch -----------------------------------------------------------------------

    def _step(self) -> None:
        self.grads.zero_()
        for group in self._groups:
            for op, blocks in enumerate(group.train):
                self._accumulate(group, op, blocks)
        self.update()

    def _accumulate(self, group: _Group, op: int, blocks: Sequence[Examples]) -> None:
        """Add the gradient of one operation's examples to the group's part of ``grads``."""
        shared = self._shared(group, op)
        fixed = shared.detached()

        def work(worker: int, part: Sequence[Examples]) -> Shared:
            grads = fixed.zeros()
            for block in part:
                block_pass = self._pass(worker, block)
                block_pass.forward(fixed, block)
                block_pass.losses(block)
                block_pass.backward(fixed, block, grads)
            return grads

        first, *others = self._spread(work, blocks)
        for other in others:
            for total, part in zip(first.tensors(), other.tensors(), strict=True):
                total.add_(part)
        leaves = list(group.params.values())
        found = torch.autograd.grad(shared.tensors(), leaves, first.tensors())
        for grad, part in zip(group.grads, found, strict=True):
            grad.add_(part)

    @torch.no_grad()
    def update(self) -> None:
        """Update the weights from ``grads``, as far as they decay and their norm is free."""
        if self.configs[0].perpendicular:
            for grad, weights in zip(
                self._views(self.grads).values(), self._views(self.weights).values(), strict=True
            ):
                project(grad, weights)
        start, stop = self._decay_span
        epoch = self.optimiser.n_steps
        self.optimiser.step(self.grads, self._decay * ((epoch >= start) & (epoch < stop)))
        if self._any_fixed:
            back = self._first_norms / self.sum_sq_weights().sqrt().unsqueeze(1)
            self.weights.mul_(torch.where(self._fixed, back, 1.0).float())

    def _shared(self, group: _Group, op: int) -> Shared:
        make = tabulate if self._by_tables else factorise
        return make(group.params, op, self.model)

    def _spread(
        self, work: Callable[[int, Sequence[Examples]], _T], blocks: Sequence[Examples]
    ) -> list[_T]:
        """Return what each thread makes of its blocks, in the order of the blocks."""
        if not self._workers:
            return [work(0, blocks)]
        bounds = [len(blocks) * i // self.threads for i in range(self.threads + 1)]
        shares = [blocks[start:stop] for start, stop in pairwise(bounds)]
        return list(self._workers.map(work, range(self.threads), shares))

    def _captured_step(self) -> Callable[[], None]:
        """Return the step as one CUDA graph; warming up leaves the state as it was."""
        before = self.state()
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self._step()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._step()
        self.load_state(before)
        return graph.replay

    def _measure(self, group: _Group, op: int) -> Tensor:
        """Return `METRICS` of a group on one operation, float64; NaN over a split without pairs."""
        fixed = self._shared(group, op).detached()

        def work(worker: int, part: Sequence[Examples]) -> list[Tensor]:
            found = []
            for block in part:
                block_pass = self._pass(worker, block)
                right = block_pass.forward(fixed, block).argmax(2) == block.labels
                found.append(torch.stack([block_pass.losses(block).double(), right.double()]))
            return found

        found = [block for part in self._spread(work, group.all_pairs[op]) for block in part]
        quantities, masks = torch.cat(found, 2), group.masks[op]  # [2, runs, n], [splits, runs, n]
        sums = torch.einsum("qrn,srn->rsq", quantities, masks)
        return (sums / masks.sum(2).t().unsqueeze(2)).flatten(1)

    # --- set-up --------------------------------------------------------------------------

    def _group(self, span: slice, tasks: Sequence[Task]) -> _Group:
        params = {
            name: view[span].detach().requires_grad_()
            for name, view in self._views(self.weights).items()
        }
        grads = [view[span] for view in self._views(self.grads).values()]
        ops = range(self.model.n_ops)
        source = Source(tasks, self.model.p, self.device, self.threads)
        train = [source.blocks(op, train_only=True) for op in ops]
        all_pairs = [source.blocks(op, train_only=False) for op in ops]
        masks = [source.masks(op) for op in ops]
        return _Group(params, grads, train, all_pairs, masks)

    def _per_run(self, choose: Callable[[TrainConfig], float]) -> Tensor:
        return torch.tensor([[choose(config)] for config in self.configs], device=self.device)

    def _pass(self, worker: int, block: Examples) -> Any:
        """Return the buffers in which this worker passes over a block of this shape."""
        runs, n = block.labels.shape
        if (worker, runs, n) not in self._passes:
            like, dtype, loss = self.weights, self.loss_dtype, self.configs[0].loss
            self._passes[worker, runs, n] = (
                TablePass(self.model, n, like, dtype, loss=loss)
                if self._by_tables
                else BlockPass(self.model, runs, n, like, dtype, loss=loss)
            )
        return self._passes[worker, runs, n]

    def _views(self, flat: Tensor) -> dict[str, Tensor]:
        return {
            name: flat[:, start:stop].unflatten(1, shape)
            for name, (start, stop, shape) in self._layout.items()
        }

    def _state_tensors(self) -> dict[str, Tensor]:
        return {"weights": self.weights, **self.optimiser.state()}


def flat_layout(model: ModelConfig) -> dict[str, tuple[int, int, tuple[int, ...]]]:
    """Return start, stop and shape of every weight tensor; each starts at a multiple of 16."""
    layout, start = {}, 0
    for name, shape in parameter_shapes(model).items():
        layout[name] = (start, start + math.prod(shape), shape)
        start = -16 * (-layout[name][1] // 16)
    return layout
