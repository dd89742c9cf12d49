"""StableMax: a softmax whose numbers grow as logits do, not exponentially, and its cross-entropy.

A logit x counts as s(x), which is x + 1 where x is positive and 1 / (1 - x) where it is not, in
place of exp(x); a class's probability is its share of the sum. The right one comes near 1 only
slowly, so that a float32 does not round it to 1 as soon as with exp. Source: Prieto et al. 2025
(arXiv 2501.04697), with their released code.
"""

import torch
from torch import Tensor


def counted(logits: Tensor) -> Tensor:
    """Return s of every logit, which is positive."""
    return torch.where(logits < 0, 1 / (1 - logits), logits + 1)


def losses(counts: Tensor, labels: Tensor) -> Tensor:
    """Return each example's cross-entropy in nats from `counted` logits [..., p], labels [...]."""
    return counts.sum(-1).log() - _right(counts, labels).log()


def logit_gradient(counts: Tensor, labels: Tensor, weight: Tensor) -> Tensor:
    """Return the gradient [..., p] of the sum of `losses` times ``weight`` [...] by the logits.

    The slope of s is 1 where s is above 1, and else s squared.
    """
    slope = counts.clamp(max=1).square_()
    total = counts.sum(-1)
    gradient = slope * (weight / total).unsqueeze(-1)
    right, own = _right(counts, labels), _right(slope, labels)
    # The difference is taken before it is rounded to the network's precision.
    return gradient.scatter_(
        -1, labels.unsqueeze(-1), (own * weight * (1 / total - 1 / right)).unsqueeze(-1)
    )


def _right(values: Tensor, labels: Tensor) -> Tensor:
    return values.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
