"""Take the main run up again with other ε, and compare its ends with where weights rest."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.summary import lasting, provenance_of_many, run_record
from timeless.config import as_dict
from timeless.experiments import addition
from timeless.experiments.endings import NAME, Config, arms
from timeless.experiments.epsilon.run import end, ends_table, losses_table
from timeless.experiments.stability.edge import LEAP
from timeless.results.artifacts import Artifact
from timeless.rules import leaps
from timeless.running.workspace import Workspace
from timeless.training.campaign import Run, curves_table


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the main run and what goes on from it, and return the artifact."""
    (main,) = workspace.train(addition.NAME, addition.runs(config.run)).values()
    trained = workspace.train(NAME, arms(config), start=main.states[config.epoch])
    finished = {"main": _since(main, config.epoch), **trained}
    records = {name: _record(one, config.tolerance) for name, one in finished.items()}
    records["main"]["quoted_from"] = addition.NAME
    order = sorted(records, key=lambda name: (-records[name]["lr"], records[name]["epsilon"]))
    summary: dict[str, Any] = {"order": order, "runs": records}
    made = provenance_of_many(trained.values(), config.run.seeds)
    tables = {"ends": ends_table(records), "losses": losses_table(finished)}
    return Artifact(NAME, as_dict(config), made, summary, tables)


def _since(run: Run, epoch: int) -> Run:
    """Return a run as if it had begun at an epoch; its seconds are in proportion."""
    after = run.curves["epoch"] >= epoch
    curves = {name: values[after] for name, values in run.curves.items()}
    curves["epoch"] = curves["epoch"] - epoch
    kept = {at - epoch: file for at, file in run.checkpoints.items() if at >= epoch}
    left = run.config.epochs - epoch
    config, seconds = replace(run.config, epochs=left), run.seconds * left / run.config.epochs
    return replace(run, config=config, curves=curves, checkpoints=kept, states={}, seconds=seconds)


def _record(one: Run, tolerance: float) -> dict[str, Any]:
    """Return how a run went; when it memorised and generalised was long before."""
    curves, before = curves_table(one), ("memorisation_epoch", "grok_epoch", "delay")
    return {
        **{key: value for key, value in run_record(one).items() if key not in before},
        **lasting(curves, 0),
        **end(one, tolerance),
        "epsilon": one.config.epsilon,
        "lr": one.config.lr,
        "n_leaps": len(leaps(curves["train_loss"], LEAP)),
        "settled_epoch": _settled(curves["epoch"], curves["train_loss"], tolerance),
    }


def _settled(epochs: NDArray[np.integer], losses: NDArray[np.floating], tolerance: float) -> int:
    """Return the first epoch from which the loss stays within ``tolerance`` of its last value."""
    off = np.flatnonzero(np.abs(losses - losses[-1]) > tolerance * losses[-1])
    return int(epochs[off[-1] + 1]) if len(off) else int(epochs[0])
