"""The network with something changed: what it computes at the last position, for chosen pairs.

Attention can have a temperature, and layer normalisation can be put where the network was
trained without it. Nothing is merged across the places where that happens and nothing is
written in place, so any float type and any derivative passes through. `model.forward` is the
reference; unchanged, both give the same.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from timeless.analysis.fourier import Floats
from timeless.analysis.network import Split, split_means
from timeless.analysis.progress import cross_entropies
from timeless.config import ModelConfig
from timeless.results.weights import Arrays
from timeless.training.model import activation

EPSILON = 1e-5  # what layer normalisation adds to the variance, as usual
PLACES = ("attention", "mlp", "final")  # where it can be inserted
BLOCK = 1024  # pairs at a time, so that activations stay in the cache

Weights = Mapping[str, Tensor]


@dataclass(frozen=True)
class Change:
    """Scores are divided by ``temperature``; the stream is normalised before each place."""

    temperature: float = 1.0
    normalised: tuple[str, ...] = ()


UNCHANGED = Change()


def tensors(weights: Arrays, dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    """Return a network's weights (any float type) as tensors of ``dtype``."""
    return {name: torch.from_numpy(array).to(dtype) for name, array in weights.items()}


def layer_norm(x: Tensor) -> Tensor:
    """Return x with mean 0 and variance 1 along its last axis; no gain, no bias.

    Source: Ba et al. 2016.
    """
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.square().mean(-1, keepdim=True) + EPSILON).sqrt()


def last_position(
    params: Mapping[str, Tensor],
    pairs: Tensor,
    config: ModelConfig,
    change: Change = UNCHANGED,
    op: int = 0,
) -> dict[str, Tensor]:
    """Return what the network computes for ``pairs`` [n, 2] of numbers, at the last position.

    ``resid_pre`` [2p+1, d_model] has the rows of a, of b, and of the operation; ``pattern``
    [n, head, 3] is the attention to a, b and op; ``resid_mid``, ``resid_post`` [n, d_model];
    ``mlp_post`` [n, d_mlp]; ``logits`` [n, p]. Source: ours.
    """

    def stream(x: Tensor, place: str) -> Tensor:
        return layer_norm(x) if place in change.normalised else x

    p, (a, b) = config.p, (pairs[:, 0], pairs[:, 1])
    W_E, W_pos = params["W_E"], params["W_pos"]
    x_op = W_E[p + op] + W_pos[2]
    resid_pre = torch.cat([W_E[:p] + W_pos[0], W_E[:p] + W_pos[1], x_op.unsqueeze(0)])
    seen = stream(resid_pre, "attention")
    query = torch.einsum("m,hmd->hd", seen[-1], params["W_Q"])
    keys = torch.einsum("rm,hmd->rhd", seen, params["W_K"])
    values = torch.einsum("rm,hmd->rhd", seen, params["W_V"])
    scores = torch.einsum("hd,rhd->rh", query, keys) / math.sqrt(config.d_head)
    at_op = scores[-1].expand(len(a), -1)
    keyed = torch.stack([scores[a], scores[p + b], at_op], dim=2)
    pattern = (keyed / change.temperature).softmax(dim=2)
    to_a, to_b, to_op = pattern.unsqueeze(3).unbind(2)
    z = to_a * values[a] + to_b * values[p + b] + to_op * values[-1]
    resid_mid = x_op + z.flatten(1) @ params["W_O"].flatten(0, 1)

    mlp_pre = stream(resid_mid, "mlp") @ params["W_in"] + params["b_in"]
    mlp_post = activation(mlp_pre, config.act)
    resid_post = resid_mid + mlp_post @ params["W_out"] + params["b_out"]
    logits = stream(resid_post, "final") @ params["W_U"] + params["b_U"]
    return {
        "resid_pre": resid_pre,
        "pattern": pattern,
        "resid_mid": resid_mid,
        "mlp_post": mlp_post,
        "resid_post": resid_post,
        "logits": logits,
    }


def pairs_of(p: int) -> Tensor:
    """Return every pair of numbers [p*p, 2], flattened as a*p + b."""
    numbers = torch.arange(p)
    return torch.cartesian_prod(numbers, numbers)


@torch.no_grad()
def over_pairs(
    params: Mapping[str, Tensor],
    config: ModelConfig,
    change: Change = UNCHANGED,
    names: Sequence[str] = ("logits",),
) -> dict[str, Floats]:
    """Return the named activations of `last_position` over all pairs [p*p, …], in float64."""
    blocks = pairs_of(config.p).split(BLOCK)
    found = [last_position(params, block, config, change) for block in blocks]
    return {name: torch.cat([part[name] for part in found]).double().numpy() for name in names}


def scores(logits: Floats, split: Split) -> dict[str, float]:
    """Return accuracy and loss [nats] over all, train and test pairs; ``logits`` [p*p, p]."""
    right = (logits.argmax(1) == split.labels).astype(np.float64)
    return {
        **split_means(right, split.train_mask, "accuracy"),
        **split_means(cross_entropies(logits, split.labels), split.train_mask, "loss"),
    }


def length(vector: Weights) -> float:
    """Return the Euclidean length over all tensors together."""
    return float(sum(part.double().square().sum() for part in vector.values()).sqrt())  # type: ignore[union-attr]
