"""Train every arm with every seed, and compare the last gradients with where weights rest."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.gradient import train_gradient
from timeless.analysis.summary import provenance_of_many, run_record
from timeless.config import as_dict
from timeless.experiments.epsilon import NAME, Config, arms, runs
from timeless.results.artifacts import Artifact, Column, Table, column
from timeless.running.workspace import Workspace
from timeless.training.campaign import Run

ENDS = {
    "final_train_loss": ("nats", "mean cross-entropy of the last epoch"),
    "median_gradient": ("nats", "median size of an entry of the last gradient"),
    "below_epsilon": ("1", "share of entries smaller than ε"),
    "as_predicted": ("1", "share of entries within the tolerance of ε λ|w| / (1 - λ|w|)"),
}


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, measure their ends, and return the artifact."""
    finished = workspace.train(NAME, runs(config))
    records = {name: run_record(one) | end(one, config.tolerance) for name, one in finished.items()}
    of_arm = {arm: [records[f"{arm}_seed{seed}"] for seed in config.seeds] for arm in arms(config)}
    summary: dict[str, Any] = {"order": list(of_arm), "runs": records}
    summary["arms"] = {
        arm: {
            "epsilon": train.epsilon,
            "lr": train.lr,
            "n_runs": len(of_arm[arm]),
            **{name: float(np.median([record[name] for record in of_arm[arm]])) for name in ENDS},
            "fewest_as_predicted": min(record["as_predicted"] for record in of_arm[arm]),
        }
        for arm, train in arms(config).items()
    }
    made = provenance_of_many(finished.values(), config.seeds)
    tables = {"ends": ends_table(records), "losses": losses_table(finished)}
    return Artifact(NAME, as_dict(config), made, summary, tables)


def resting_gradient(
    weights: NDArray[np.floating], epsilon: float, decay: float
) -> NDArray[np.float64]:
    """Return the size [n] of the gradient at which decay and Adam's step cancel, in nats.

    A weight of size 1/λ or more never rests, whatever the gradient: infinite. Source: ours.
    """
    pull = decay * np.abs(weights.astype(np.float64))
    return np.where(pull < 1, epsilon * pull / np.where(pull < 1, 1 - pull, 1.0), np.inf)


def end(run: Run, tolerance: float) -> dict[str, float]:
    """Return what the last gradient of a run with one operation is like, as `ENDS` names it."""
    weights, train = run.weights(max(run.checkpoints)), run.config
    gradient, _ = train_gradient(weights, train)
    sizes = np.concatenate([tensor.abs().double().numpy().ravel() for tensor in gradient.values()])
    flat = np.concatenate([weights[name].ravel() for name in gradient])
    predicted = resting_gradient(flat, train.epsilon, train.weight_decay)
    near = np.isfinite(predicted) & (np.abs(sizes - predicted) <= tolerance * predicted)
    return {
        "median_gradient": float(np.median(sizes)),
        "below_epsilon": float((sizes < train.epsilon).mean()),
        "as_predicted": float(near.mean()),
    }


def ends_table(records: dict[str, dict[str, Any]]) -> Table:
    """Return `ENDS` of the runs, a row for each."""
    columns = {"run": column(list(records), "name", "key of summary.runs")}
    for name, (unit, words) in ENDS.items():
        columns[name] = column([one[name] for one in records.values()], unit, words, digits=4)
    return Table("The ends of the runs.", columns)


def losses_table(finished: dict[str, Run]) -> Table:
    """Return the train losses of runs that were logged at the same epochs, a column for each."""
    epochs = next(iter(finished.values())).curves["epoch"]
    columns: dict[str, Column] = {"epoch": column(epochs, "epochs", "number of updates made")}
    for name, one in finished.items():
        losses = one.curves["train_loss"][:, 0].astype(np.float32)
        columns[name] = column(losses, "nats", f"mean cross-entropy of {name}", split="train")
    return Table("Train losses over training.", columns)
