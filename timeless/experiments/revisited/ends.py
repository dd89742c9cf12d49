"""The ends of runs: how large the entries of the last gradient are, and what random steps cost."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from timeless.analysis.gradient import train_gradient
from timeless.analysis.network import Split, as_tensors
from timeless.config import TrainConfig, train_config
from timeless.experiments.laboratory.perturbations import perturbation_rows
from timeless.results.artifacts import WEIGHTS, Results, Table, column
from timeless.results.weights import TRAIN_INDEX, Arrays, load_weights, published_file

CONTROL = "velocity-seed0"  # as old as the main run at its end, on as many pairs
EPSILON = 1e-8  # of Adam, as PyTorch has it by default


# --- perturbations -----------------------------------------------------------------------


def perturbed_table(results: Results) -> Table:
    """Return how the train loss of the velocity law's last network rises along random directions.

    As `laboratory` did it for others: the same directions, and steps of the length that is judged.
    """
    lab, told = results["laboratory"], results["laboratory"].summary["immune"]
    path = published_file(results.directory, "kinematics", CONTROL)
    weights, metadata = load_weights(path)
    weights.pop(TRAIN_INDEX, None)
    trained = train_config(metadata["config"])
    rows = perturbation_rows(
        as_tensors(weights),
        Split.of(trained),
        trained.model,
        [told["fraction"]],
        reference=told["length"] / told["fraction"],
        n_directions=told["n_directions"],
        seed=trained.seed,
    )
    kept = ("scaling", "measure", "fraction", "length", "rises_train")
    columns = lab["immune"].columns
    return Table(
        "Rise of the loss of the velocity law's last network for a step.",
        {
            "stage": column(["velocity"] * len(rows), "name", "the network"),
            **{
                name: replace(columns[name], values=np.array([row[name] for row in rows]))
                for name in kept
            },
        },
    )


# --- gradients ---------------------------------------------------------------------------


def gradients_table(results: Results) -> Table:
    """Return how large the entries of the last gradient are, of every run kept in 32 bits."""
    rows: list[dict[str, Any]] = [
        {"run": path.name.removesuffix("-final.safetensors"), "epoch": epoch, **_entries(*network)}
        for path, epoch, network in _last_networks(results.directory / WEIGHTS)
    ]
    words = {
        "largest": ("nats", "largest size of an entry of the gradient"),
        "median": ("nats", "median size"),
        "below_epsilon": ("1", "share of entries smaller than Adam's epsilon"),
        "train_loss": ("nats", "mean cross-entropy"),
    }
    return Table(
        "The gradient of the train loss by the last weights, full batch.",
        {
            "run": column([row["run"] for row in rows], "name", "experiment and run"),
            "epoch": column([row["epoch"] for row in rows], "epochs", "number of updates made"),
            **{
                name: column([row[name] for row in rows], unit, what, split="train")
                for name, (unit, what) in words.items()
            },
        },
    )


def _last_networks(folder: Path) -> Iterator[tuple[Path, int, tuple[Arrays, TrainConfig]]]:
    for path in sorted(folder.glob("*-final.safetensors")):
        weights, metadata = load_weights(path)
        weights.pop(TRAIN_INDEX, None)
        modular = "frac_train" in metadata.get("config", {})
        if modular and weights["W_E"].dtype == np.float32:
            yield path, int(metadata["epoch"]), (weights, train_config(metadata["config"]))


def _entries(weights: Arrays, config: TrainConfig) -> dict[str, float]:
    gradient, total = train_gradient(weights, config)
    sizes = torch.cat([tensor.flatten() for tensor in gradient.values()]).abs()
    return {
        "largest": float(sizes.max()),
        "median": float(sizes.median()),
        "below_epsilon": float((sizes < EPSILON).double().mean()),
        "train_loss": total,
    }
