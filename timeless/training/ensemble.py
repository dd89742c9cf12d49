"""Networks of equal shape that train side by side: weights, optimiser state, step, evaluation.

Everything lives in a few flat tensors [runs, weights], so the optimiser is a handful of fused
operations and the state of all runs is saved as it stands. On the CPU the runs take turns,
which keeps each one's blocks in the cache; on CUDA they share every kernel, and the step is
captured once as a graph, so the loop never waits for the host.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timeless.config import ModelConfig, TrainConfig
from timeless.errors import TimelessError
from timeless.training.factorised import BlockPass, Examples, Factors, factorise, zero_grads
from timeless.training.model import init_params, parameter_shapes
from timeless.training.tasks import Task, make_task

ADAM_EPSILON = 1e-8
CPU_BLOCK, CUDA_BLOCK = 1030, 1 << 15
METRICS = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")


def device_type(name: str) -> str:
    """Return "cpu", "cuda" or "mps"; "auto" is CUDA where there is one, and otherwise the CPU."""
    if name != "auto":
        return name
    return "cuda" if torch.cuda.is_available() else "cpu"


def torch_device(name: str, loss_dtype: str = "float64") -> torch.device:
    """Return the device called "auto", "cpu", "cuda" or "mps".

    Raises TimelessError if it is not there or cannot compute in ``loss_dtype``.
    """
    name = device_type(name)
    if name == "cuda" and not torch.cuda.is_available():
        raise TimelessError("no CUDA device is available", remedy="use --device cpu")
    if name == "mps" and not torch.backends.mps.is_available():
        raise TimelessError("no MPS device is available", remedy="use --device cpu")
    if name == "mps" and loss_dtype == "float64":
        raise TimelessError("MPS has no float64, which the loss needs", remedy="use --device cpu")
    return torch.device(name)


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
        share_kernels: bool | None = None,
    ) -> None:
        """Draw initial weights; ``share_kernels`` says whether runs share every kernel."""
        self.configs, self.device, self.model = list(configs), device, configs[0].model
        self.loss_dtype: torch.dtype = getattr(torch, configs[0].loss_dtype)
        self._layout = _flat_layout(self.model)
        size = max(stop for _, stop, _ in self._layout.values())
        self.weights = torch.zeros(len(configs), size, device=device)
        self.grads, self.moment1, self.moment2 = (torch.zeros_like(self.weights) for _ in range(3))
        self.n_steps = torch.zeros(1, dtype=torch.float64, device=device)
        self._lr = self._per_run(lambda c: c.lr)
        self._decay = self._per_run(lambda c: c.lr * c.weight_decay)
        for run, config in enumerate(configs):
            self.set_params(run, init_params(config.model, config.seed))
        self._passes: dict[tuple[int, int], BlockPass] = {}
        tasks = [make_task(config) for config in configs]
        together = device.type != "cpu" if share_kernels is None else share_kernels
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

    @torch.no_grad()
    def evaluate(self) -> Tensor:
        """Return `METRICS` of every run and operation, float64 [runs, n_ops, 4], on the device."""
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
        factors = factorise(group.params, op, self.model)
        fixed = Factors(*(tensor.detach() for tensor in factors.tensors()))
        grads = zero_grads(fixed)
        for block in blocks:
            block_pass = self._pass(block)
            block_pass.forward(fixed, block)
            block_pass.losses(block)
            block_pass.backward(fixed, block, grads)
        leaves = list(group.params.values())
        found = torch.autograd.grad(factors.tensors(), leaves, grads.tensors())
        for grad, part in zip(group.grads, found, strict=True):
            grad.add_(part)

    @torch.no_grad()
    def update(self) -> None:
        """Update the weights from ``grads`` by AdamW (Loshchilov and Hutter 2019), with warm-up."""
        beta1, beta2 = self.configs[0].betas
        self.n_steps += 1
        warmup = max(self.configs[0].warmup_steps, 1)
        warm = (self.n_steps / warmup).clamp(max=1.0)
        self.moment1.lerp_(self.grads, 1 - beta1)
        self.moment2.mul_(beta2).addcmul_(self.grads, self.grads, value=1 - beta2)
        unbiased1 = self.moment1 * (warm / (1 - beta1**self.n_steps)).float()
        unbiased2 = self.moment2 * (1 / (1 - beta2**self.n_steps)).float()
        self.weights.mul_((1 - self._decay * warm).float())
        self.weights.sub_(unbiased1.div_(unbiased2.sqrt_().add_(ADAM_EPSILON)).mul_(self._lr))

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
        """Return `METRICS` of a group on one operation, float64 [runs, 4]."""
        fixed = Factors(*(t.detach() for t in factorise(group.params, op, self.model).tensors()))
        losses, hits = [], []
        for block in group.all_pairs[op]:
            block_pass = self._pass(block)
            logits = block_pass.forward(fixed, block)
            losses.append(block_pass.losses(block).double())
            hits.append(logits.argmax(2) == block.labels)
        loss, hit, train = torch.cat(losses, 1), torch.cat(hits, 1).double(), group.masks[op]
        columns = [
            (quantity * split).sum(1) / split.sum(1)
            for split in (train, 1 - train)
            for quantity in (loss, hit)
        ]
        return torch.stack(columns, dim=1)

    # --- set-up --------------------------------------------------------------------------

    def _group(self, span: slice, tasks: Sequence[Task]) -> _Group:
        params = {
            name: view[span].detach().requires_grad_()
            for name, view in self._views(self.weights).items()
        }
        grads = [view[span] for view in self._views(self.grads).values()]
        ops = range(self.model.n_ops)
        train = [self._examples(tasks, op, train_only=True) for op in ops]
        all_pairs = [self._examples(tasks, op, train_only=False) for op in ops]
        masks = [self._masks(tasks, op).double() for op in ops]
        return _Group(params, grads, train, all_pairs, masks)

    def _examples(self, tasks: Sequence[Task], op: int, *, train_only: bool) -> list[Examples]:
        """Return one operation's examples in blocks; shorter splits are padded with weight 0."""
        p = self.model.p
        picks = [self._pick(task, op, train_only) for task in tasks]
        longest = max(len(pick) for pick in picks)
        index = np.stack([np.resize(pick, longest) for pick in picks])
        weight = np.stack(
            [
                np.where(np.arange(longest) < len(pick), 1 / task.train_mask.sum(), 0.0)
                for pick, task in zip(picks, tasks, strict=True)
            ]
        )
        shift = p * np.arange(len(tasks))[:, None]
        tokens, labels = tasks[0].tokens[index], tasks[0].labels[index]
        examples = Examples(
            op,
            self._to_device(tokens[..., 0] + shift),
            self._to_device(tokens[..., 1] + shift),
            self._to_device(labels),
            self._to_device(weight).float(),
        )
        return list(examples.blocks(CPU_BLOCK if self.device.type == "cpu" else CUDA_BLOCK))

    def _pick(self, task: Task, op: int, train_only: bool) -> NDArray[np.intp]:
        return np.flatnonzero(
            (task.tokens[:, 2] == self.model.p + op) & (task.train_mask | (not train_only))
        )

    def _masks(self, tasks: Sequence[Task], op: int) -> Tensor:
        pairs = self.model.p**2
        masks = [task.train_mask[op * pairs : (op + 1) * pairs] for task in tasks]
        return self._to_device(np.stack(masks))

    def _to_device(self, array: NDArray[np.generic]) -> Tensor:
        return torch.from_numpy(array).to(self.device)

    def _per_run(self, choose: Callable[[TrainConfig], float]) -> Tensor:
        return torch.tensor([[choose(config)] for config in self.configs], device=self.device)

    def _pass(self, block: Examples) -> BlockPass:
        runs, n = block.labels.shape
        if (runs, n) not in self._passes:
            like, dtype = self.weights, self.loss_dtype
            self._passes[runs, n] = BlockPass(self.model, runs, n, like, dtype)
        return self._passes[runs, n]

    def _views(self, flat: Tensor) -> dict[str, Tensor]:
        return {
            name: flat[:, start:stop].unflatten(1, shape)
            for name, (start, stop, shape) in self._layout.items()
        }

    def _state_tensors(self) -> dict[str, Tensor]:
        names = ("weights", "moment1", "moment2", "n_steps")
        return {name: getattr(self, name) for name in names}


def _flat_layout(model: ModelConfig) -> dict[str, tuple[int, int, tuple[int, ...]]]:
    """Return start, stop and shape of every weight tensor; each starts at a multiple of 16."""
    layout, start = {}, 0
    for name, shape in parameter_shapes(model).items():
        layout[name] = (start, start + math.prod(shape), shape)
        start = -16 * (-layout[name][1] // 16)
    return layout
