"""Perturbations: how much a step of a given length in a random direction harms a network.

A network that resists them lies in a wide valley. Which of two networks does depends on what
counts as an equal step, so steps are taken both of one absolute length and in proportion to
each network's own weights, and random directions are drawn in two ways.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from torch import Tensor

from timeless.analysis.fourier import Floats
from timeless.analysis.network import Split
from timeless.config import ModelConfig
from timeless.experiments.laboratory import Config
from timeless.experiments.laboratory.directions import moved, random_directions
from timeless.experiments.laboratory.interventions import length, over_pairs, scores
from timeless.experiments.laboratory.published_run import CONTROL, PublishedRun
from timeless.experiments.laboratory.tables import Found, Row, table

SCALINGS = ("isotropic", "by tensor")
MEASURES = ("absolute", "own norm")

# What the claim on perturbations calls the networks that it compares.
SIDES = {"memorised": "memorised", "last": "generalised", CONTROL: CONTROL}


def perturbation_rows(
    params: Mapping[str, Tensor],
    split: Split,
    config: ModelConfig,
    fractions: Sequence[float],
    *,
    reference: float,
    n_directions: int,
    seed: int,
) -> list[dict[str, Any]]:
    """Return how loss and accuracy change, a row for each scaling, measure and fraction.

    A step is a fraction of ``reference`` long, a length that all networks share, or a fraction
    of the network's own norm. Each row has mean and spread over ``n_directions``. Source: ours.
    """
    whole, own = scores(over_pairs(params, config)["logits"], split), length(params)
    rows = []
    for scaling in SCALINGS:
        directions = random_directions(params, scaling, n_directions, seed)
        for measure, unit in zip(MEASURES, (reference, own), strict=True):
            for fraction in fractions:
                found = [
                    scores(over_pairs(moved(params, d, fraction * unit), config)["logits"], split)
                    for d in directions
                ]
                head = {"scaling": scaling, "measure": measure, "fraction": fraction}
                rows.append(head | {"length": fraction * unit, **_spread(found, whole)})
    return rows


def _spread(
    found: Sequence[Mapping[str, float]], whole: Mapping[str, float]
) -> dict[str, float | Floats]:
    """Return the rise of both losses over directions, and the accuracies that are left."""
    summary: dict[str, float | Floats] = {}
    for part in ("train", "test"):
        rises = np.array([row[f"loss_{part}"] - whole[f"loss_{part}"] for row in found])
        kinds = {"mean": rises.mean(), "std": rises.std(ddof=1) if len(rises) > 1 else 0.0}
        kinds |= {"min": rises.min(), "max": rises.max()}
        summary |= {f"rise_{part}_{kind}": float(value) for kind, value in kinds.items()}
        summary[f"accuracy_{part}"] = float(np.mean([row[f"accuracy_{part}"] for row in found]))
        summary[f"rises_{part}"] = rises
    return summary


def measure_perturbations(config: Config, published: PublishedRun) -> Found:
    """Return how much random steps of known length raise the loss, network by network."""
    rows: list[Row] = []
    for subject in published.subjects(config.compared):
        rows += [
            subject.head | row
            for row in perturbation_rows(
                subject.params(),
                subject.split,
                published.config.model,
                config.fractions,
                reference=published.initial_norm,
                n_directions=config.n_directions,
                seed=published.config.seed,
            )
        ]
    summary: dict[str, Any] = {
        "fraction": config.headline,
        "length": config.headline * published.initial_norm,
        "n_directions": config.n_directions,
        **_rises(rows, config.headline, "isotropic"),
        "by_tensor": _rises(rows, config.headline, "by tensor"),
    }
    words = "How much steps in random directions raise the loss; all networks, all lengths."
    return summary, {"immune": table(words, rows, digits=4)}


def _rises(rows: Sequence[Row], fraction: float, scaling: str) -> dict[str, float]:
    """Return mean and spread of the rise of the train loss, for steps of the headline fraction."""
    found: dict[str, float] = {}
    for measure, name in (("absolute", "loss_rise"), ("own norm", "relative_rise")):
        for stage, words in SIDES.items():
            where = (stage, scaling, measure, fraction)
            (row,) = (
                row
                for row in rows
                if (row["stage"], row["scaling"], row["measure"], row["fraction"]) == where
            )
            found[f"{name}_{words}"] = row["rise_train_mean"]
            found[f"{name}_{words}_spread"] = row["rise_train_std"]
            found[f"{name}_{words}_test"] = row["rise_test_mean"]
            found[f"{name}_{words}_accuracy"] = row["accuracy_train"]
    return found
