"""Directions in weight space: how fast the loss changes along them, and how it goes on.

A direction has the names and shapes of the weights, and length 1 over all of them together.
Derivatives are computed in forward mode, without a gradient, and hold to the last digits of
float64; central finite differences check them.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timeless.analysis.fourier import Floats, waves
from timeless.analysis.network import Split, split_means
from timeless.config import ModelConfig
from timeless.errors import TimelessError
from timeless.interventions import BLOCK, last_position, pairs_of

Direction = dict[str, Tensor]
Weights = Mapping[str, Tensor]


# --- directions --------------------------------------------------------------------------


def length(vector: Weights) -> float:
    """Return the Euclidean length over all tensors together."""
    return float(sum(part.double().square().sum() for part in vector.values()).sqrt())  # type: ignore[union-attr]


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
    logits = last_position(params, pairs, config)["logits"].double()
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
