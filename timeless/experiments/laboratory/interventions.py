"""The study's network on pairs of numbers, as it is or with something changed: what it scores."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from timeless.analysis.fourier import Floats
from timeless.analysis.network import Split, split_means
from timeless.analysis.progress import cross_entropies
from timeless.config import ModelConfig
from timeless.training.last_position import UNCHANGED, Change, last_position, number_rows

BLOCK = 1024  # pairs at a time, so that activations stay in the cache

Weights = Mapping[str, Tensor]


def pairs_of(p: int) -> Tensor:
    """Return every pair of numbers [p*p, 2], flattened as a*p + b."""
    numbers = torch.arange(p)
    return torch.cartesian_prod(numbers, numbers)


def for_pairs(
    params: Weights,
    pairs: Tensor,
    config: ModelConfig,
    change: Change = UNCHANGED,
    op: int = 0,
) -> dict[str, Tensor]:
    """Return what `last_position` does for ``pairs`` [n, 2] of numbers under an operation.

    ``pattern`` [n, head, 3] is the attention to a, b and op.
    """
    p, (a, b) = config.p, pairs.unbind(1)
    rows = torch.stack([a, p + b, torch.full_like(a, 2 * p)], dim=1)
    return last_position(params, number_rows(params, config, op), rows, config, change)


@torch.no_grad()
def over_pairs(
    params: Weights,
    config: ModelConfig,
    change: Change = UNCHANGED,
    names: Sequence[str] = ("logits",),
) -> dict[str, Floats]:
    """Return the named activations of `for_pairs` over all pairs [p*p, …], in float64."""
    blocks = pairs_of(config.p).split(BLOCK)
    found = [for_pairs(params, block, config, change) for block in blocks]
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
