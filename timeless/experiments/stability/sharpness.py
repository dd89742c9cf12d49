"""The largest curvature that Adam sees, and the largest that it bears.

Adam divides the gradient by the root of its second moment. In weights that are stretched by the
root of that divisor its step is one of momentum, and the Hessian of the loss there has a largest
eigenvalue, the *preconditioned sharpness*. Beyond a limit that step size and momentum set,
an oscillation along its direction grows. Source: Cohen et al. 2022.
"""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, eigsh
from torch import Tensor

from timeless.config import TrainConfig
from timeless.experiments.laboratory.directions import pair_losses
from timeless.training.ensemble import flat_layout
from timeless.training.tasks import make_task

Vector = NDArray[np.float64]
VECTORS, TOLERANCE = 8, 1e-2  # that Lanczos keeps, and the relative error at which it stops


def limit(config: TrainConfig) -> float:
    """Return the sharpness at which Adam's step stops being stable: 38 over the learning rate.

    It is (2 + 2 β₁) / ((1 - β₁) η). What decoupled weight decay adds to the curvature, its
    coefficient, is thousands of times smaller. Source: Cohen et al. 2022.
    """
    beta1 = config.betas[0]
    return (2 + 2 * beta1) / ((1 - beta1) * config.lr)


class Sharpness:
    """Measures the preconditioned sharpness of one run again and again.

    Each search starts from the direction that the last one found.
    """

    def __init__(self, config: TrainConfig) -> None:
        """Take the training pairs of the configuration's own split."""
        task = make_task(config)
        self.config = config
        self._pairs = torch.from_numpy(task.pairs[task.train_mask])
        self._labels = torch.from_numpy(task.labels[task.train_mask])
        self._layout = flat_layout(config.model)
        size = max(stop for _, stop, _ in self._layout.values())
        self._start = np.random.default_rng(config.seed).standard_normal(size)

    def __call__(self, state: Mapping[str, NDArray[np.floating]]) -> float:
        """Return the sharpness [1 / learning rate] in a state of `Ensemble` with one run."""
        weights = torch.from_numpy(state["weights"][0]).float().requires_grad_()
        loss = self._loss(weights)
        (slope,) = torch.autograd.grad(loss, weights, create_graph=True)
        stretch = torch.from_numpy(self._divisor(state) ** -0.5).float()

        def curved(along: Vector) -> Vector:
            moved = torch.from_numpy(np.ravel(along)).float() * stretch
            (found,) = torch.autograd.grad(slope, weights, moved, retain_graph=True)
            return (found * stretch).double().numpy()

        size = len(self._start)
        hessian = LinearOperator((size, size), curved, dtype=np.float64)
        values, vectors = eigsh(
            hessian, k=1, which="LA", v0=self._start, ncv=VECTORS, tol=TOLERANCE
        )
        self._start = vectors[:, 0]
        return float(values[0])

    def _loss(self, weights: Tensor) -> Tensor:
        params = {
            name: weights[start:stop].view(shape)
            for name, (start, stop, shape) in self._layout.items()
        }
        return pair_losses(params, self._pairs, self._labels, self.config.model).mean()

    def _divisor(self, state: Mapping[str, NDArray[np.floating]]) -> Vector:
        """Return what Adam divides the first moment by, its correction for the start included."""
        beta1, beta2 = self.config.betas
        steps = float(state["n_steps"][0])
        second = state["moment2"][0].astype(np.float64) / (1 - beta2**steps)
        divisor: Vector = (1 - beta1**steps) * (np.sqrt(second) + self.config.epsilon)
        return divisor
