"""What the runs on tokens show: curves, what happens at unseen values, what a probe can read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from timeless.analysis.summary import descent_record
from timeless.config import as_dict
from timeless.experiments.kinematics import NAME, Config
from timeless.experiments.kinematics.probe import held_out_r2
from timeless.experiments.kinematics.protocols import TokenTraining
from timeless.experiments.kinematics.throws import (
    SPLITS,
    Floats,
    Throws,
    TokenTask,
    make_throws,
    nearest_labels,
)
from timeless.experiments.kinematics.tokens import (
    QUANTITIES,
    score,
    throw_logits,
    throw_model,
    train_tokens,
)
from timeless.results.artifacts import Column, Table, column
from timeless.results.weights import Arrays, published_file, save_weights
from timeless.rules import held_epochs
from timeless.running.workspace import Workspace
from timeless.training.descent import Descent

UNSEEN = ("ood_theta", "ood_v0", "ood_both")
WORDS = {
    "loss": ("nats", "mean cross-entropy"),
    "accuracy": ("1", "share of throws whose bin is right"),
    "within_one_bin": ("1", "share of throws at most one bin off"),
}
DESCRIBED = {
    "train": "training throws",
    "test": "held-out combinations of trained values",
    "ood_theta": "throws at angles that never occurred in training",
    "ood_v0": "throws at speeds that never occurred in training",
    "ood_both": "throws at angles and speeds that never occurred in training",
}


def tokens_curves(run: Descent) -> Table:
    """Return a run's losses and accuracies on every split as a table over its epochs."""
    columns: dict[str, Column] = {
        "epoch": column(run.epochs, "epochs", "number of updates made"),
        "sum_sq_weights": column(run.measures[:, -1], "1", "sum of all squared weights", digits=7),
    }
    names = [(split, quantity) for split in SPLITS for quantity in QUANTITIES]
    for i, (split, quantity) in enumerate(names):
        unit, words = WORDS[quantity]
        where = "train" if split == "train" else "test"
        columns[f"{split}_{quantity}"] = column(
            run.measures[:, i], unit, f"{words}, {DESCRIBED[split]}", split=where
        )
    return Table("Losses and accuracies on throws as tokens, over training.", columns)


def throws_summary(throws: Throws) -> dict[str, Any]:
    """Return the sizes of the grid and its splits, and what needs no network to answer."""
    task = make_throws(throws)
    test, known = task.where("test"), task.labels[task.where("train")]
    commonest = np.bincount(known).argmax()
    return {
        "n_throws": len(task.labels),
        **{f"n_{split}": len(task.where(split)) for split in SPLITS},
        "n_theta": throws.theta.n,
        "n_v0": throws.v0.n,
        "n_x": throws.x.n,
        "n_theta_trained": int((~throws.held_out(throws.theta)).sum()),
        "held_out_theta": throws.theta.values()[throws.held_out(throws.theta)].tolist(),
        "held_out_v0": throws.v0.values()[throws.held_out(throws.v0)].tolist(),
        "n_bins": task.n_bins,
        "bin_width": throws.bin_width,
        "lowest": float(task.heights.min()),
        "highest": float(task.heights.max()),
        "chance_loss": float(np.log(task.n_bins)),
        "constant_accuracy": float((task.labels[test] == commonest).mean()),
        "nearest": _nearest(task),
    }


def _nearest(task: TokenTask) -> dict[str, float]:
    """Return how often the bin of the nearest training throw is right, on each split but train."""
    off = np.abs(nearest_labels(task) - task.labels)
    found = {}
    for split in SPLITS[1:]:
        found[f"{split}_accuracy"] = float((off[task.where(split)] == 0).mean())
        found[f"{split}_within_one_bin"] = float((off[task.where(split)] <= 1).mean())
    return found


def tokens_summary(config: TokenTraining, run: Descent) -> dict[str, Any]:
    """Return how a run on tokens went, and what it answers at unseen values in the end."""
    curves, last = tokens_curves(run), run.weights(int(run.epochs[-1]))
    best = int(curves["test_accuracy"].argmax())
    return {
        "weight_decay": config.weight_decay,
        **descent_record(run, config.seed),
        "n_parameters": sum(array.size for array in last.values()),
        **_epochs(curves, "accuracy", ""),
        **_epochs(curves, "within_one_bin", "within_one_"),
        **{f"final_{name}": float(curves[name][-1]) for name in curves.columns if name != "epoch"},
        "peak_test_loss": float(curves["test_loss"].max()),
        "peak_test_accuracy": float(curves["test_accuracy"][best]),
        "peak_test_accuracy_epoch": int(run.epochs[best]),
        "peak_test_within_one_bin": float(curves["test_within_one_bin"].max()),
        **{f"peak_{s}_accuracy": float(curves[f"{s}_accuracy"].max()) for s in UNSEEN},
        "peak_sum_sq_weights": float(curves["sum_sq_weights"].max()),
        "interpolated": interpolated(config, last),
    }


def _epochs(curves: Table, quantity: str, prefix: str) -> dict[str, int | None]:
    train, test = curves[f"train_{quantity}"], curves[f"test_{quantity}"]
    return held_epochs(curves["epoch"], train, test, prefix)


def interpolated(config: TokenTraining, weights: Arrays) -> dict[str, float]:
    """Return the accuracies at unseen values, each given the mean embedding of its neighbours.

    A token that never occurred has an embedding without meaning. If the trained ones lie in
    order on a smooth line, the middle between its neighbours is where it should be. Source: ours.
    """
    task = make_throws(config.throws)
    model = throw_model(config.model, config.throws, task.n_bins)
    filled = {name: torch.from_numpy(array.copy()) for name, array in weights.items()}
    embedding, start = filled["W_E"], 0
    for axis in (config.throws.theta, config.throws.v0):
        for value in start + np.flatnonzero(config.throws.held_out(axis)):
            embedding[value] = (embedding[value - 1] + embedding[value + 1]) / 2
        start += axis.n
    scores = score(throw_logits(filled, torch.from_numpy(task.tokens), model).numpy(), task)
    return {
        f"{split}_{quantity}": scores[split][quantity]
        for split in UNSEEN
        for quantity in QUANTITIES[1:]
    }


# --- the probe ---------------------------------------------------------------------------


def probe_targets(theta: Floats) -> dict[str, Floats]:
    """Return what a probe is asked for at angles in degrees: sin, cos, tan, 1/cos², the angle."""
    angle = np.radians(theta)
    return {
        "sin": np.sin(angle),
        "cos": np.cos(angle),
        "tan": np.tan(angle),
        "sec2": 1 / np.cos(angle) ** 2,
        "angle": theta,
    }


def angle_rows(throws: Throws, W_E: NDArray[np.floating]) -> tuple[Floats, NDArray[np.floating]]:
    """Return the trained angles in degrees [n] and their rows of the embedding [n, d_model]."""
    trained = ~throws.held_out(throws.theta)
    return throws.theta.values()[trained], W_E[: throws.theta.n][trained]


def probe_summary(
    config: TokenTraining, run: Descent, n_random: int
) -> dict[str, dict[str, float]]:
    """Return the probe's R² on left-out angles, of each target, beside its controls.

    ``trained`` and ``initial`` are the last and the first embedding; ``random_…`` are
    ``n_random`` normal ones of the same shape; ``straight_line`` is given the angle itself.
    """
    theta, last = angle_rows(config.throws, run.weights(int(run.epochs[-1]))["W_E"])
    _, first = angle_rows(config.throws, run.weights(0)["W_E"])
    rng = np.random.default_rng([config.seed, 5])
    draws = [rng.standard_normal(last.shape) for _ in range(n_random)]
    found = {}
    for name, target in probe_targets(theta).items():
        random = [held_out_r2(draw, target) for draw in draws]
        found[name] = {
            "trained": held_out_r2(last, target),
            "initial": held_out_r2(first, target),
            "random_mean": float(np.mean(random)),
            "random_max": float(np.max(random)),
            "straight_line": held_out_r2(theta[:, None], target),
        }
    return found


def probe_table(config: TokenTraining, run: Descent) -> Table:
    """Return the probe's R² of each target at every kept checkpoint."""
    epochs = sorted(run.checkpoints)
    rows: dict[str, list[float]] = {}
    for epoch in epochs:
        theta, embedding = angle_rows(config.throws, run.weights(epoch)["W_E"])
        for name, target in probe_targets(theta).items():
            rows.setdefault(name, []).append(held_out_r2(embedding, target))
    words = "R² of a linear probe of the angle tokens, on left-out angles, for"
    columns = {"epoch": column(epochs, "epochs", "number of updates made")}
    columns |= {name: column(values, "1", f"{words} {name}") for name, values in rows.items()}
    return Table("What a linear probe reads from the angle tokens, over training.", columns)


def angles_table(config: TokenTraining, weights: Mapping[str, NDArray[Any]]) -> Table:
    """Return the trained angles' embeddings in the plane of their first two principal axes."""
    theta, rows = angle_rows(config.throws, weights["W_E"])
    centred = rows.astype(np.float64) - rows.mean(0)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    shares: Sequence[float] = (size**2 / np.square(size).sum()).tolist()
    columns = {"theta": column(theta, "degrees", "angle of the token")}
    for i in range(2):
        axis = left[:, i] * size[i] * (1 if left[-1, i] >= left[0, i] else -1)
        words = f"coordinate on principal axis {i + 1}, with {shares[i]:.1%} of the variance"
        columns[f"axis_{i + 1}"] = column(axis, "1", words)
    return Table("The embeddings of the trained angles, centred, in two dimensions.", columns)


def run_tokens(
    config: Config, workspace: Workspace
) -> tuple[list[Descent], dict[str, Any], dict[str, Table]]:
    """Train the token runs, or resume them; return them with summary and tables."""
    decays = config.weight_decays
    wanted = {f"wd{decay:g}": replace(config.tokens, weight_decay=decay) for decay in decays}
    folder = workspace.runs / NAME
    jobs = {key: (one, folder / f"tokens-{key}") for key, one in wanted.items()}
    done = dict(workspace.engine(train_tokens, jobs))
    summary: dict[str, Any] = {"throws": throws_summary(config.tokens.throws)}
    summary |= {"tokens": {}, "probe": {}, "n_random": config.n_random}
    tables: dict[str, Table] = {}
    for key, one in wanted.items():
        run, last = done[key], done[key].weights(int(done[key].epochs[-1]))
        summary["tokens"][key] = tokens_summary(one, run)
        summary["probe"][key] = probe_summary(one, run, config.n_random)
        tables[f"curves_tokens_{key}"] = tokens_curves(run)
        tables[f"probe_{key}"] = probe_table(one, run)
        tables[f"angles_{key}"] = angles_table(one, last)
        meta = {"experiment": NAME, "config": as_dict(one), "epoch": int(run.epochs[-1])}
        path = published_file(workspace.artifacts, NAME, f"tokens-{key}")
        save_weights(path, last, meta)
    return [done[key] for key in wanted], summary, tables
