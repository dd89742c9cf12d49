"""Descent: full-batch AdamW on any loss, recorded and resumed exactly. One step is one epoch.

The network of the study trains in `ensemble`, made fast for its one task; this is the plain
loop for everything else, with the same optimiser. ``state.safetensors`` holds weights, moments
and measures, ``e000500.safetensors`` the weights of an epoch.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timeless.config import Schedule, as_dict, changes
from timeless.errors import TimelessError
from timeless.results.provenance import workplace
from timeless.results.weights import Arrays, checkpoint_file, load_weights, save_weights
from timeless.training.adamw import ADAM_EPSILON, AdamW
from timeless.training.processor import subnormals_flushed
from timeless.training.reporting import report_progress
from timeless.training.saved import STATE, alone_in, load_state, raised_budget, refuse_missing

Params = Mapping[str, Tensor]


class Scheduled(Protocol):
    """A configuration, a dataclass, that says how long and how to train."""

    @property
    def schedule(self) -> Schedule:
        """Return how long and how to train."""


@dataclass(frozen=True)
class Problem:
    """What to minimise: initial weights by name, the loss, and what to measure on the way.

    ``decay`` gives each tensor's weight decay, one that broadcasts to its shape. ``measure``
    returns float64 numbers in any fixed shape; ``config`` is the configuration that a saved state
    must agree with.
    """

    initial: Arrays
    loss: Callable[[Params], Tensor]
    measure: Callable[[Params], Tensor]
    decay: Mapping[str, NDArray[np.float64]]
    config: Scheduled


@dataclass(frozen=True)
class Descent:
    """A finished training: ``measures[log, ...]`` at ``epochs[log]``, and weights kept."""

    epochs: NDArray[np.int64]
    measures: NDArray[np.float64]
    checkpoints: Mapping[int, Path]
    seconds: float
    workplace: Mapping[str, Any]

    def weights(self, epoch: int) -> Arrays:
        """Return the weights kept at an epoch."""
        return load_weights(self.checkpoints[epoch])[0]


class _Flat:
    """Weights, moments and decay in flat tensors; the leaves are views of the weights."""

    def __init__(self, problem: Problem) -> None:
        schedule = problem.config.schedule
        arrays = {name: np.asarray(array, np.float32) for name, array in problem.initial.items()}
        self.weights = torch.cat([torch.from_numpy(a.copy()).ravel() for a in arrays.values()])
        self.optimiser = AdamW(
            self.weights,
            lr=schedule.lr,
            betas=schedule.betas,
            warmup_steps=schedule.warmup_steps,
            epsilon=ADAM_EPSILON,
        )
        decays = [
            np.broadcast_to(problem.decay[name], a.shape).ravel() for name, a in arrays.items()
        ]
        self.decay = torch.from_numpy(schedule.lr * np.concatenate(decays))
        self.leaves: dict[str, Tensor] = {}
        start = 0
        for name, array in arrays.items():
            view = self.weights[start : start + array.size].view(array.shape)
            self.leaves[name] = view.detach().requires_grad_()
            start += array.size

    @property
    def state(self) -> dict[str, Tensor]:
        return {"weights": self.weights, **self.optimiser.state()}

    def step(self, loss: Tensor) -> None:
        """Update the weights by the gradient of the loss."""
        found = torch.autograd.grad(loss, list(self.leaves.values()))
        self.optimiser.step(torch.cat([grad.ravel() for grad in found]), self.decay)


@dataclass
class _Record:
    """What a training has measured so far, the seconds it took, and where it takes place."""

    epoch: int
    seconds: float
    measures: list[NDArray[np.float64]]
    place: Mapping[str, Any]


@subnormals_flushed()
def descend(problem: Problem, directory: Path) -> Descent:
    """Return the finished training, going on from what ``directory`` holds.

    Trains on the CPU. A budget may have been raised since: the training goes on, and where it
    took place says so. Raises TimelessError if the folder holds another configuration or if a
    measure is not finite. A kill costs the epochs since the last kept weights, nothing else.
    """
    schedule = problem.config.schedule
    flat = _Flat(problem)
    record = _resume(problem, flat, directory)
    if record.epoch < schedule.epochs:
        with alone_in(directory):
            record = _resume(problem, flat, directory)
            _go_on(problem, flat, directory, record)
    kept = {epoch: checkpoint_file(directory, epoch) for epoch in schedule.kept()}
    measures = np.stack(record.measures)
    return Descent(np.array(schedule.logged()), measures, kept, record.seconds, record.place)


def _go_on(problem: Problem, flat: _Flat, directory: Path, record: _Record) -> None:
    """Train from where the record stands to the end, and add to it."""
    schedule = problem.config.schedule
    logged, spent, began = schedule.logged(), record.seconds, time.perf_counter()
    with report_progress(record.epoch, schedule.epochs) as report:
        for epoch in range(record.epoch, schedule.epochs + 1):
            if len(record.measures) == len(logged):
                break  # another process has finished it
            if epoch == logged[len(record.measures)]:
                record.measures.append(_measure(problem, flat, epoch))
            if epoch == schedule.epochs or epoch % schedule.checkpoint_every == 0:
                record.epoch, record.seconds = epoch, spent + time.perf_counter() - began
                _save(problem, flat, directory, record)
                report(epoch, f"loss {float(problem.loss(flat.leaves).detach()):.2e}")
            if epoch < schedule.epochs:
                flat.step(problem.loss(flat.leaves))


def _measure(problem: Problem, flat: _Flat, epoch: int) -> NDArray[np.float64]:
    with torch.no_grad():
        found = problem.measure(flat.leaves).numpy().copy()
    if not np.isfinite(found).all():
        raise TimelessError(
            f"a measure is not finite at epoch {epoch:,}",
            remedy="train again with a smaller learning rate",
        )
    return np.asarray(found, np.float64)


def _save(problem: Problem, flat: _Flat, directory: Path, record: _Record) -> None:
    """Write the weights of an epoch, then the state that a resume starts from."""
    weights = {name: leaf.detach().numpy() for name, leaf in flat.leaves.items()}
    meta = {"epoch": record.epoch, "config": as_dict(problem.config)}
    save_weights(checkpoint_file(directory, record.epoch), weights, meta)
    state = {name: tensor.numpy() for name, tensor in flat.state.items()}
    meta |= {"seconds": record.seconds, "workplace": record.place}
    save_weights(directory / STATE, {**state, "measures": np.stack(record.measures)}, meta)


def _resume(problem: Problem, flat: _Flat, directory: Path) -> _Record:
    """Return what the saved state has recorded, if there is one, and take its tensors."""
    here = workplace("cpu", torch.get_num_threads())
    saved = load_state(directory, [*flat.state, "measures"])
    if saved is None:
        return _Record(0, 0.0, [], here)
    state, metadata = saved
    stored, schedule = metadata["config"], problem.config.schedule
    before = int(stored["schedule"]["epochs"])
    raised = {**stored, "schedule": {**stored["schedule"], "epochs": schedule.epochs}}
    differing = changes(raised, problem.config)
    if differing:
        which = f"the folder holds a training of another configuration ({', '.join(differing)})"
        raise _another(which, directory)
    if before > schedule.epochs:
        raise _another(f"the folder holds a training of {before:,} epochs", directory)
    epoch = int(metadata["epoch"])
    refuse_missing(checkpoint_file(directory, e) for e in schedule.kept() if e <= epoch)
    for name, tensor in flat.state.items():
        tensor.copy_(torch.from_numpy(state[name]))
    # The end of a smaller budget need not be an epoch at which this one measures.
    earlier, wanted = replace(schedule, epochs=before).logged(), set(schedule.logged())
    rows = [row for row in range(len(state["measures"])) if earlier[row] in wanted]
    place = metadata["workplace"] if epoch == schedule.epochs else here
    if epoch < schedule.epochs:
        place |= raised_budget(metadata["workplace"], before, schedule.epochs)
    return _Record(epoch, float(metadata["seconds"]), list(state["measures"][rows]), place)


def _another(problem: str, directory: Path) -> TimelessError:
    remedy = "delete the folder to start again"
    return TimelessError(problem, where=str(directory / STATE), remedy=remedy)
