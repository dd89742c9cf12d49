"""A campaign: the folder of runs that train together, what they have recorded, and their results.

``state.safetensors`` holds everything needed to go on (weights, optimiser state, curves),
``NAME/e000100.safetensors`` the weights of run NAME at an epoch, and, where a run asks for it,
``NAME/state-e000100.safetensors`` its optimiser's moments, too. All are written atomically, the
state last, so a kill at any moment loses the epochs since the last state and nothing
else, and the resumed run repeats them exactly.
"""

import hashlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from timeless.config import TrainConfig, as_dict, changes
from timeless.errors import TimelessError
from timeless.results.artifacts import Column, Table, column
from timeless.results.provenance import workplace
from timeless.results.weights import (
    Arrays,
    checkpoint_file,
    load_weights,
    save_weights,
    state_file,
)
from timeless.rules import settled_epoch
from timeless.training.ensemble import METRICS, Ensemble
from timeless.training.saved import (
    STATE,
    is_checkpoint,
    kept_epochs,
    load_state,
    logged_epochs,
    raised_budget,
    refuse_missing,
)

_LOSSES = [METRICS.index(f"{split}_loss") for split in ("train", "test")]


@dataclass(frozen=True)
class Run:
    """A finished run: its curves by column name, and the epochs at which weights were kept.

    ``curves`` has ``epoch`` [logs], ``sum_sq_weights`` [logs] and, for each of
    `ensemble.METRICS`, an array [logs, n_ops]. ``seconds`` is the campaign's training time,
    ``workplace`` the record of where it trained last. ``states`` hold what `Ensemble.load_state`
    takes, at those of the epochs of which that was asked for.
    """

    config: TrainConfig
    curves: Mapping[str, NDArray[Any]]
    checkpoints: Mapping[int, Path]
    seconds: float
    workplace: Mapping[str, Any]
    states: Mapping[int, Path] = field(default_factory=dict)

    def weights(self, epoch: int) -> Arrays:
        """Return the weights kept at an epoch."""
        return load_weights(self.checkpoints[epoch])[0]


class Campaign:
    """The folder of a campaign and what it has recorded so far."""

    def __init__(
        self,
        configs: Mapping[str, TrainConfig],
        directory: Path,
        ensemble: Ensemble,
        hold: int | None = None,
    ) -> None:
        self.configs, self.directory, self.ensemble, self.hold = configs, directory, ensemble, hold
        first = next(iter(configs.values()))
        self.config = first
        self.epochs = logged_epochs(first)
        shape = (len(self.epochs), len(configs))
        device = ensemble.device
        self.metrics = torch.zeros(
            *shape, first.model.n_ops, len(METRICS), dtype=torch.float64, device=device
        )
        self.sum_sq = torch.zeros(shape, dtype=torch.float64, device=device)
        self.n_logs, self.checked, self.seconds = 0, 0, 0.0
        self.start: Mapping[str, Any] | None = None  # epoch, config, digest of what it begins with
        self.since = time.perf_counter()
        self.workplace = workplace(ensemble.device.type, ensemble.threads)

    def begin_with(self, state: Path) -> None:
        """Begin with the weights and moments of a state that one run has kept.

        Raises TimelessError if it is damaged, or of another network.
        """
        arrays, metadata = load_weights(state)
        try:
            self.ensemble.begin_with(arrays)
        except ValueError as error:
            raise TimelessError(
                f"holds the state of another network ({error})",
                where=str(state),
                remedy="begin with one that a network of the same shape has kept",
            ) from error
        self.start = {**metadata, "sha256": hashlib.sha256(state.read_bytes()).hexdigest()}

    def resume(self) -> int:
        """Return the epoch to start from after loading the saved state, if there is one.

        A budget may have been raised since: the run goes on, and where it trained says so.
        Raises TimelessError if the folder holds runs of another configuration, or if state or
        checkpoints are damaged or gone.
        """
        saved = load_state(self.directory, [*self.ensemble.state(), "metrics", "sum_sq"])
        if saved is None:
            return 0
        state, metadata = saved
        before = self._budget_before(metadata)
        epoch = int(metadata["epoch"])
        refuse_missing(
            self._checkpoint(name, e)
            for name in self.configs
            for e in kept_epochs(epoch, self.config)
        )
        for name in self.configs:
            refuse_missing(self._states(name, kept_epochs(epoch, self.config)).values())
        self.ensemble.load_state(state)
        # The end of a smaller budget need not be an epoch at which this one logs.
        earlier = logged_epochs(replace(self.config, epochs=before))
        rows = [row for row in range(len(state["metrics"])) if earlier[row] in set(self.epochs)]
        self.n_logs = self.checked = len(rows)
        self.metrics[: self.n_logs] = torch.from_numpy(state["metrics"][rows])
        self.sum_sq[: self.n_logs] = torch.from_numpy(state["sum_sq"][rows])
        self.seconds = metadata["seconds"]
        if epoch == self.config.epochs or self.is_settled():
            self.workplace = metadata["workplace"]  # nothing is left to train here
        else:
            self.workplace |= raised_budget(metadata["workplace"], before, self.config.epochs)
        return epoch

    def _budget_before(self, metadata: Mapping[str, Any]) -> int:
        """Return the epochs of the saved configurations, which must agree in all else."""
        saved = metadata.get("configs", {})
        budget = next((int(config["epochs"]) for config in saved.values()), 0)
        same = {name: replace(config, epochs=budget) for name, config in self.configs.items()}
        differing = {field for n in saved.keys() & same for field in changes(saved[n], same[n])}
        differing |= {"epochs, which has become less"} if budget > self.config.epochs else set()
        differing |= {"the names of the runs"} if saved.keys() != self.configs.keys() else set()
        differing |= {"where they begin"} if metadata.get("start") != self.start else set()
        if differing:
            raise TimelessError(
                f"the folder holds runs of another configuration ({', '.join(sorted(differing))})",
                where=str(self.directory / STATE),
                remedy="delete the folder to start again, or train under another name",
            )
        return budget

    def log(self, epoch: int) -> None:
        """Record the metrics of this epoch, on the device, without waiting for them."""
        if self.n_logs and self.epochs[self.n_logs - 1] == epoch:
            return  # resumed from a state saved at this very epoch
        self.metrics[self.n_logs] = self.ensemble.evaluate()
        self.sum_sq[self.n_logs] = self.ensemble.sum_sq_weights()
        self.n_logs += 1

    def save(self, epoch: int) -> None:
        """Write the weights, then the state; refuses losses that are not finite."""
        self._refuse_not_finite()
        state, now = self.ensemble.state(), time.perf_counter()
        self.seconds, self.since = self.seconds + now - self.since, now
        if is_checkpoint(epoch, self.config) or epoch == self.config.epochs:
            for run, (name, config) in enumerate(self.configs.items()):
                path = self._checkpoint(name, epoch)
                meta = {"epoch": epoch, "config": as_dict(config)}
                save_weights(path, self.ensemble.params(run), meta)
                own = {key: of_all[run : run + 1] for key, of_all in state.items()}
                for file in self._states(name, [epoch]).values():
                    save_weights(file, own, meta)
        recorded = {"metrics": self.metrics, "sum_sq": self.sum_sq}
        curves = {name: part[: self.n_logs].cpu().numpy() for name, part in recorded.items()}
        configs = {name: as_dict(config) for name, config in self.configs.items()}
        metadata = {"epoch": epoch, "seconds": self.seconds, "configs": configs}
        metadata |= {"start": self.start} if self.start else {}
        metadata["workplace"] = self.workplace
        save_weights(self.directory / STATE, {**state, **curves}, metadata)

    def ends(self) -> list[int | None]:
        """Return for each run the checkpoint at which it may stop early, or None."""
        if self.hold is None or not self.n_logs:
            return [None] * len(self.configs)
        epochs = np.array(self.epochs[: self.n_logs])
        test_accuracy = self.metrics[: self.n_logs, :, :, METRICS.index("test_accuracy")]
        worst = test_accuracy.amin(2).cpu().numpy()
        kept = [int(e) for e in epochs if is_checkpoint(int(e), self.config)]
        return [
            settled_epoch(epochs, worst[:, run], kept, self.hold) for run in range(len(worst[0]))
        ]

    def is_settled(self) -> bool:
        """Return whether every run has generalised and stayed so for ``hold`` epochs."""
        return None not in self.ends()

    def latest(self) -> str:
        """Return the last recorded metrics, the mean over runs and operations, in words."""
        means = self.metrics[self.n_logs - 1].mean((0, 1)).tolist()
        loss, accuracy, test_loss, test_accuracy = means[:4]
        return f"train {loss:.2e} ({accuracy:.1%}), test {test_loss:.2e} ({test_accuracy:.1%})"

    def runs(self) -> dict[str, Run]:
        """Return the finished runs; one that has settled ends there, however long others took."""
        metrics, sum_sq = self.metrics.cpu().numpy(), self.sum_sq.cpu().numpy()
        finished = {}
        for run, ((name, config), end) in enumerate(
            zip(self.configs.items(), self.ends(), strict=True)
        ):
            last = self.config.epochs if end is None else end
            kept = kept_epochs(last, self.config)
            kept += [] if kept[-1] == last else [last]
            logs = self.epochs.index(last) + 1
            curves = {
                "epoch": np.array(self.epochs[:logs]),
                "sum_sq_weights": sum_sq[:logs, run],
                **{metric: metrics[:logs, run, :, i] for i, metric in enumerate(METRICS)},
            }
            checkpoints = {epoch: self._checkpoint(name, epoch) for epoch in kept}
            states = self._states(name, kept)
            finished[name] = Run(config, curves, checkpoints, self.seconds, self.workplace, states)
        return finished

    def _checkpoint(self, name: str, epoch: int) -> Path:
        return checkpoint_file(self.directory / name, epoch)

    def _states(self, name: str, epochs: Iterable[int]) -> dict[int, Path]:
        """Return the files of those epochs at which the run keeps its optimiser's moments."""
        since = self.configs[name].states_from
        kept = [] if since is None else [epoch for epoch in epochs if epoch >= since]
        return {epoch: state_file(self.directory / name, epoch) for epoch in kept}

    def _refuse_not_finite(self) -> None:
        new = self.metrics[self.checked : self.n_logs, :, :, _LOSSES]
        finite = torch.isfinite(new).flatten(2).all(2).cpu().numpy()
        if not finite.all():
            row, run = (int(i) for i in np.argwhere(~finite)[0])
            good = [p.name for p in sorted((self.directory / list(self.configs)[run]).glob("e*"))]
            raise TimelessError(
                f"the loss is not finite at epoch {self.epochs[self.checked + row]:,}",
                where=f"run {list(self.configs)[run]}",
                remedy=f"the last good checkpoint is {good[-1] if good else 'none'}; "
                "train again with a smaller learning rate",
            )
        self.checked = self.n_logs


def curves_table(run: Run) -> Table:
    """Return a run's curves as a table, with a column for each operation if there are several."""
    columns: dict[str, Column] = {
        "epoch": column(run.curves["epoch"], "epochs", "number of updates made"),
        "sum_sq_weights": column(
            run.curves["sum_sq_weights"], "1", "sum of all squared weights", digits=7
        ),
    }
    what = {"loss": ("nats", "mean cross-entropy"), "accuracy": ("1", "share of right answers")}
    for metric in METRICS:
        split, quantity = metric.split("_")
        unit, words = what[quantity]
        for op, operation in enumerate(run.config.operations):
            name = metric if run.config.model.n_ops == 1 else f"{metric}_{operation}"
            values = run.curves[metric][:, op]
            if not np.isnan(values).all():  # the split has pairs
                columns[name] = column(values, unit, f"{words} of {operation}", split=split)
    return Table("Losses and accuracies over training.", columns)
