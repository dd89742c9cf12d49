"""Circuits: two numbers that tell the "clock" from the "pizza" algorithm (Zhong et al. 2023).

Both algorithms add angles. A clock multiplies the two tokens' waves, so its logits depend on
a + b alone, and its gradients in the two embeddings differ. A pizza takes absolute values of
the mean of the two embeddings: its gradients are equal, and its logits depend on a - b too.
"""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timeless.config import ModelConfig
from timeless.training.model import forward


def gradient_symmetricity(
    weights: Mapping[str, Tensor], config: ModelConfig, n_triples: int, *, seed: int, op: int = 0
) -> float:
    """Return the mean cosine of ∂logit_c/∂E_a and ∂logit_c/∂E_b over random triples (a, b, c).

    1 where the two gradients always agree (a pizza), lower for a clock. Triples are drawn from
    a generator seeded with (seed, 3). Source: Zhong et al. 2023, section 4.2.
    """
    a, b, c = np.random.default_rng([seed, 3]).integers(0, config.p, (3, n_triples))
    first_a, first_b = (config.first_number(op, position) for position in (0, 1))
    ops = np.full(n_triples, config.operation_token(op))
    tokens = torch.from_numpy(np.stack([first_a + a, first_b + b, ops], axis=1))
    # Each example gets rows of its own, so that one backward pass gives every gradient.
    rows = weights["W_E"][tokens.flatten()].clone().requires_grad_()
    own = torch.arange(len(rows)).view(n_triples, 3)
    logits = forward({**weights, "W_E": rows}, own, config)["logits"]
    chosen = logits.gather(1, torch.from_numpy(c).unsqueeze(1)).sum()
    (gradients,) = torch.autograd.grad(chosen, rows)
    both = gradients.view(n_triples, 3, -1)[:, :2].double()
    return float(torch.nn.functional.cosine_similarity(both[:, 0], both[:, 1], dim=1).mean())


def distance_irrelevance(logits: NDArray[np.floating], labels: NDArray[np.integer]) -> float:
    """Return how little the correct logits depend on the distance a - b, from 0 to 1.

    ``logits`` [n*n, n] and ``labels`` [n*n] are in a group's order. The correct logits are
    sorted by a - b; the result is the mean over distances of their standard deviation within
    one distance, over the standard deviation of all. It is near 1 where the distance tells
    nothing (a clock), and lower for a pizza. Source: Zhong et al. 2023, section 4.2.
    """
    n = logits.shape[1]
    correct = logits[np.arange(n * n), labels].astype(np.float64).reshape(n, n)
    index = np.arange(n)
    by_distance = correct[(index[:, None] + index) % n, index]  # [a - b, b]
    spread = correct.std()
    return float(by_distance.std(1).mean() / spread) if spread > 0 else 0.0
