"""⊥Grad: the gradient without its part along the weights, which only scales them.

Where scaling the weights scales the logits, that part lowers the loss of what is answered right and
changes no answer. Source: Prieto et al. 2025 (arXiv 2501.04697). As in their released code,
each weight tensor is taken alone, and what is left gets the length that the whole had.
"""

import torch
from torch import Tensor

TINY = 1e-30  # so that a tensor of zeros, such as a bias at the start, divides by something


@torch.no_grad()
def project(gradient: Tensor, weights: Tensor) -> None:
    """Make the gradient of one tensor perpendicular to its weights, for each run [R, ...].

    In place, by products in float64: late in training little is left beside what is taken away.
    """
    g, w = (tensor.flatten(1).double() for tensor in (gradient, weights))
    along = (g * w).sum(1, keepdim=True) / ((w * w).sum(1, keepdim=True) + TINY)
    rest = g - along * w
    length = g.norm(dim=1, keepdim=True) / (rest.norm(dim=1, keepdim=True) + TINY)
    gradient.copy_((rest * length).view_as(gradient))
