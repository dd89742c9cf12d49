"""Planning: what is left to train, and how long that takes at most, by steps timed here and now."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import torch

from timeless.config import TrainConfig, as_dict
from timeless.running.workspace import Workspace
from timeless.training.campaign import Campaign
from timeless.training.devices import torch_device
from timeless.training.ensemble import Ensemble
from timeless.training.processor import one_thread, subnormals_flushed

TIMED_STEPS = 5


@dataclass(frozen=True)
class Plan:
    """What an experiment still has to train.

    ``epochs`` counts every run's epochs up to its budget, ``seconds`` what they take here, one
    campaign after another. Both are upper bounds where a run may end early.
    """

    runs: int
    finished: int
    epochs: int
    seconds: float


class Planner:
    """Plans the runs of experiments; runs of one shape are timed once."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._seconds: dict[str, float] = {}

    def plan(self, experiment: str, configs: Mapping[str, TrainConfig], hold: int | None) -> Plan:
        """Return what is left of an experiment's runs, given what is saved on disk.

        Raises TimelessError if a folder holds runs of another configuration.
        """
        finished, epochs, seconds = 0, 0, 0.0
        for arguments in self.workspace.campaigns(experiment, configs, hold).values():
            left, each = self._left(*arguments)
            group = arguments[0]
            finished += 0 if left else len(group)
            epochs += left * len(group)
            seconds += left * each
        return Plan(len(configs), finished, epochs, seconds)

    def _left(
        self, group: Mapping[str, TrainConfig], directory: Path, device: str, hold: int | None
    ) -> tuple[int, float]:
        """Return the epochs left of a campaign, and the seconds each takes."""
        first = next(iter(group.values()))
        place, threads = torch_device(device, first.loss_dtype), torch.get_num_threads()
        ensemble = Ensemble(list(group.values()), place, threads=threads)
        campaign = Campaign(group, directory, ensemble, hold)
        left = first.epochs - campaign.resume()
        if not left or campaign.is_settled():
            return 0, 0.0
        shape = json.dumps([as_dict(config) | {"seed": 0} for config in group.values()])
        if shape not in self._seconds:
            self._seconds[shape] = seconds_per_epoch(ensemble, first.log_every)
        return left, self._seconds[shape]


def seconds_per_epoch(ensemble: Ensemble, log_every: int) -> float:
    """Return the time of one epoch: a step, and its part of an evaluation.

    The ensemble is trained a few steps by this, and should be thrown away.
    """
    with one_thread(), subnormals_flushed():
        ensemble.step()  # the first one allocates
        step = median(_seconds(ensemble.step, ensemble) for _ in range(TIMED_STEPS))
        return step + _seconds(ensemble.evaluate, ensemble) / log_every


def _seconds(work: Callable[[], object], ensemble: Ensemble) -> float:
    start = time.perf_counter()
    work()
    ensemble.optimiser.n_steps.item()  # waits until an accelerator has finished
    return time.perf_counter() - start


def plan_table(plans: Mapping[str, Plan | None]) -> str:
    """Return the plans as lines of text, by experiment; None is one that does not tell its runs."""
    known = [plan for plan in plans.values() if plan]
    rows = [("experiment", "runs", "finished", "epochs left", "time at most")]
    rows += [(name, *_cells(plan)) for name, plan in plans.items()]
    if len(known) > 1:
        total = Plan(
            sum(plan.runs for plan in known),
            sum(plan.finished for plan in known),
            sum(plan.epochs for plan in known),
            sum(plan.seconds for plan in known),
        )
        rows.append(("all", *_cells(total)))
    lines = _aligned(rows)
    note = (
        "Timed by a few steps just now, one campaign after another on this machine. A run that\n"
        "settles ends earlier; analysis, and what is no such run, comes on top."
    )
    return "\n".join([*lines, note] if any(plan.epochs for plan in known) else lines)


def _cells(plan: Plan | None) -> tuple[str, str, str, str]:
    if plan is None:
        return ("?", "?", "?", "?")
    return (str(plan.runs), str(plan.finished), f"{plan.epochs:,}", duration(plan.seconds))


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def duration(seconds: float) -> str:
    """Return a time in words that are exact enough to plan with: "2 h 05 min", "40 s"."""
    minutes = round(seconds / 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes} min" if seconds >= 90 else f"{round(seconds)} s"
