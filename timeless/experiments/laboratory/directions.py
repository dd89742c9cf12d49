"""Directions in weight space: how fast the loss changes along them, and how it goes on.

A direction has the names and shapes of the weights, and length 1 over all of them together.
Derivatives are computed in forward mode, without a gradient, and hold to the last digits of
float64; central finite differences check them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timeless.analysis.fourier import Floats, waves
from timeless.analysis.network import Split, split_means
from timeless.config import ModelConfig
from timeless.errors import TimelessError
from timeless.experiments.laboratory import Config
from timeless.experiments.laboratory.interventions import (
    BLOCK,
    Weights,
    for_pairs,
    length,
    pairs_of,
)
from timeless.experiments.laboratory.published_run import CONTROL, PublishedRun
from timeless.experiments.laboratory.tables import Found, Row, table

Direction = dict[str, Tensor]


# --- directions --------------------------------------------------------------------------


def unit(vector: Weights) -> Direction:
    """Return a vector scaled to length 1; raises TimelessError if it is zero."""
    size = length(vector)
    if size == 0:
        raise TimelessError("a vector of length 0 has no direction")
    return {name: part / size for name, part in vector.items()}


def dot(one: Weights, other: Weights) -> float:
    """Return the scalar product over all tensors."""
    return float(sum((part * other[name]).sum() for name, part in one.items()))


def moved(params: Weights, direction: Weights, step: float) -> Direction:
    """Return the weights at ``step`` along a direction."""
    return {name: part + step * direction[name] for name, part in params.items()}


def fourier_component(params: Weights, freq: int, p: int) -> Direction:
    """Return the direction of one frequency's component of W_E; every other tensor is zero.

    Going back along it, by as much as the component is long, takes the frequency out.
    """
    rows = torch.from_numpy(waves(p, [freq])).to(params["W_E"])
    part = torch.zeros_like(params["W_E"])
    part[:p] = rows.T @ (rows @ params["W_E"][:p])
    zeros = {name: torch.zeros_like(tensor) for name, tensor in params.items()}
    return unit({**zeros, "W_E": part})


def random_direction(params: Weights, rng: np.random.Generator, *, by_tensor: bool) -> Direction:
    """Return a random direction, isotropic or scaled tensor by tensor.

    Isotropic: every weight has the same normal distribution. By tensor: each tensor's part is
    as long, relative to the others, as the tensor itself, as Li et al. 2018 do for filters.
    """
    found = {}
    for name, tensor in params.items():
        drawn = torch.from_numpy(rng.standard_normal(tensor.shape)).to(tensor)
        size = tensor.norm() / drawn.norm() if by_tensor else 1.0
        found[name] = drawn * size
    return unit(found)


# --- the loss and its derivatives --------------------------------------------------------


def pair_losses(params: Weights, pairs: Tensor, labels: Tensor, config: ModelConfig) -> Tensor:
    """Return each pair's cross-entropy [n] in nats, exact also where it is tiny.

    It is ln(1 + exp(x)), with x the log-sum-exp of the wrong logits minus the right one.
    """
    logits = for_pairs(params, pairs, config)["logits"].double()
    right = labels.unsqueeze(1)
    wrong = logits.scatter(1, right, -torch.inf).logsumexp(1)
    behind = wrong - logits.gather(1, right).squeeze(1)
    return torch.logaddexp(behind, torch.zeros_like(behind))


def _blocks(split: Split, config: ModelConfig) -> list[tuple[Tensor, Tensor]]:
    pairs, labels = pairs_of(config.p), torch.from_numpy(split.labels)
    return list(zip(pairs.split(BLOCK), labels.split(BLOCK), strict=True))


def _by_split(values: Sequence[Tensor], split: Split, name: str) -> dict[str, float]:
    found = split_means(torch.cat(list(values)).double().numpy(), split.train_mask, name)
    return {key: value for key, value in found.items() if not key.endswith("_all")}


@torch.no_grad()
def losses(params: Weights, split: Split, config: ModelConfig) -> dict[str, float]:
    """Return ``loss_train`` and ``loss_test`` in nats, means over the pairs of each split."""
    found = [pair_losses(params, *block, config) for block in _blocks(split, config)]
    return _by_split(found, split, "loss")


def derivatives(
    params: Weights, direction: Weights, split: Split, config: ModelConfig
) -> dict[str, float]:
    """Return first and second derivative of both losses along a direction.

    ``slope_train``, ``slope_test`` [nats per unit of length] and ``curvature_…`` [nats per
    squared unit], by forward-mode differentiation of each pair's loss, once and twice.
    """
    slopes, curvatures = [], []
    at, along = (dict(params),), (dict(direction),)
    for pairs, labels in _blocks(split, config):

        def slope(where: Direction, pairs: Tensor = pairs, labels: Tensor = labels) -> Tensor:
            def loss(weights: Direction) -> Tensor:
                return pair_losses(weights, pairs, labels, config)

            first: Tensor = torch.func.jvp(loss, (where,), along)[1]
            return first

        both = torch.func.jvp(slope, at, along)
        slopes.append(both[0])
        curvatures.append(both[1])
    return _by_split(slopes, split, "slope") | _by_split(curvatures, split, "curvature")


def finite_differences(
    params: Weights, direction: Weights, split: Split, config: ModelConfig, step: float
) -> dict[str, float]:
    """Return ``difference_train`` and ``difference_test``, central, in nats per unit of length."""
    ahead, behind = (losses(moved(params, direction, t), split, config) for t in (step, -step))
    return {
        name.replace("loss", "difference"): (value - behind[name]) / (2 * step)
        for name, value in ahead.items()
    }


def gradient(
    params: Weights, split: Split, config: ModelConfig, of: NDArray[np.bool_]
) -> Direction:
    """Return the gradient of the mean loss over the pairs ``of`` [p*p], by reverse mode."""
    leaves = {name: tensor.detach().requires_grad_() for name, tensor in params.items()}
    chosen, total = torch.from_numpy(of), int(of.sum())
    sums = {name: torch.zeros_like(tensor) for name, tensor in params.items()}
    for (pairs, labels), mask in zip(_blocks(split, config), chosen.split(BLOCK), strict=True):
        if not mask.any():
            continue
        loss = pair_losses(leaves, pairs[mask], labels[mask], config).sum() / total
        for name, part in zip(leaves, torch.autograd.grad(loss, [*leaves.values()]), strict=True):
            sums[name] += part
    return sums


def profile(
    params: Weights,
    direction: Weights,
    split: Split,
    config: ModelConfig,
    lengths: NDArray[np.floating],
) -> dict[str, Floats]:
    """Return ``loss_train`` and ``loss_test`` at the ``lengths`` along a direction.

    The logits are computed in float32, which is enough for a curve, the losses in float64.
    """
    params, direction = ({k: part.float() for k, part in x.items()} for x in (params, direction))
    found = [losses(moved(params, direction, t), split, config) for t in lengths.tolist()]
    return {name: np.array([row[name] for row in found]) for name in found[0]}


def random_directions(
    params: Mapping[str, Tensor], scaling: str, n: int, seed: int
) -> list[Direction]:
    """Return n directions, the same isotropic ones for every network, from (seed, 8)."""
    rng = np.random.default_rng([seed, 8])
    return [random_direction(params, rng, by_tensor=scaling == "by tensor") for _ in range(n)]


def _named_directions(
    config: Config, published: PublishedRun, params: dict[str, Tensor], down: Direction
) -> Iterator[tuple[str, str, Direction]]:
    """Yield kind, name and unit direction; the random ones are isotropic."""
    p = published.config.model.p
    for freq in published.key_freqs:
        yield "key", f"key {freq}", fourier_component(params, freq, p)
    yield (
        "other",
        f"other {published.other_freq}",
        fourier_component(params, published.other_freq, p),
    )
    yield "gradient", "down", down
    seed = published.config.seed
    for i, found in enumerate(random_directions(params, "isotropic", config.n_directions, seed)):
        yield "random", f"random {i}", found


def measure_directions(config: Config, published: PublishedRun) -> Found:
    """Return slopes and curvatures of the loss along named and random directions."""
    model = published.config.model
    rows, profiles, stages = [], [], {}
    fraction, n = config.profile
    lengths = np.linspace(-fraction, fraction, 2 * n + 1) * published.initial_norm
    for subject in published.subjects([*published.stages, CONTROL]):
        head, split, exact = subject.head, subject.split, subject.params(torch.float64)
        sides = {"train": split.train_mask, "test": ~split.train_mask}
        uphill = {name: gradient(exact, split, model, of) for name, of in sides.items()}
        norms = {name: length(found) for name, found in uphill.items()}
        down = unit({name: -part for name, part in uphill["train"].items()})
        own: list[Row] = []
        for kind, name, along in _named_directions(config, published, exact, down):
            if head["stage"] == CONTROL and kind in ("key", "other"):
                continue  # it has no key frequencies
            start = {**head, "direction": name, "kind": kind}
            found = derivatives(exact, along, split, model)
            found |= finite_differences(exact, along, split, model, config.step)
            own.append({**start, "component": dot(exact, along), **found})
            if kind != "random" or name == "random 0":
                size = length(exact)
                shape = {"norm": size, "length": lengths, "relative_length": lengths / size}
                profiles.append({**start, **shape, **profile(exact, along, split, model, lengths)})
        stages[head["stage"]] = _slopes(own, norms)
        rows += own
    summary = {
        "n_random": config.n_directions,
        "step": config.step,
        "profile_length": float(lengths[-1]),
        **_disagreement(rows, stages),
        "stages": stages,
    }
    return summary, {
        "directions": table("Derivatives of the loss along unit directions.", rows, digits=7),
        "profiles": table("The loss along the same directions.", profiles, digits=4),
    }


def _slopes(rows: Sequence[Row], gradient_norms: Mapping[str, float]) -> dict[str, Any]:
    """Return the norm of each gradient, and how slopes along random directions are spread."""
    random = [row for row in rows if row["kind"] == "random"]
    found: dict[str, Any] = {f"gradient_norm_{k}": norm for k, norm in gradient_norms.items()}
    for part in gradient_norms:
        for name in ("slope", "curvature"):
            values = np.array([row[f"{name}_{part}"] for row in random])
            found[f"random_{name}_{part}"] = {
                "mean": float(values.mean()),
                "std": float(values.std(ddof=1)) if len(values) > 1 else 0.0,
                "mean_abs": float(np.abs(values).mean()),
            }
    return found


def _disagreement(rows: Sequence[Row], stages: Mapping[str, Any]) -> dict[str, float]:
    """Return how far finite differences are from the derivatives, at most and in the middle.

    Relative to the slope itself, and to the steepest slope there, the gradient's norm.
    """
    to_slope, to_gradient = [], []
    for row in rows:
        for part in ("train", "test"):
            slope, difference = row[f"slope_{part}"], row[f"difference_{part}"]
            steepest = stages[row["stage"]][f"gradient_norm_{part}"]
            apart = abs(slope - difference)
            to_slope.append(apart / max(abs(slope), abs(difference), 1e-300))
            to_gradient.append(apart / max(steepest, 1e-300))
    return {
        "largest_difference": max(to_slope),
        "median_difference": float(np.median(to_slope)),
        "largest_difference_of_gradient": max(to_gradient),
    }
