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
from timeless.directions import Direction, length, moved, random_direction
from timeless.interventions import over_pairs, scores

SCALINGS = ("isotropic", "by tensor")
MEASURES = ("absolute", "own norm")


def random_directions(
    params: Mapping[str, Tensor], scaling: str, n: int, seed: int
) -> list[Direction]:
    """Return n directions, the same isotropic ones for every network, from (seed, 8)."""
    rng = np.random.default_rng([seed, 8])
    return [random_direction(params, rng, by_tensor=scaling == "by tensor") for _ in range(n)]


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
