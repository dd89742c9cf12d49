"""AdamW with a linear warm-up, on weights that lie in one flat tensor.

Source: Loshchilov and Hutter 2019. The step count is a tensor, so that a captured CUDA graph
counts on; it is the same update on every device.
"""

import torch
from torch import Tensor

ADAM_EPSILON = 1e-8


class AdamW:
    """Two moments of the gradient and a step count, for ``weights`` of any shape.

    ``lr`` is a number or broadcasts to the weights. ``epsilon`` is added to the root of the
    second moment; late in training, when every gradient is smaller, it decides the step.
    """

    def __init__(
        self,
        weights: Tensor,
        *,
        lr: Tensor | float,
        betas: tuple[float, float],
        warmup_steps: int,
        epsilon: Tensor | float,
    ) -> None:
        self.weights, self.lr, self.betas, self.epsilon = weights, lr, betas, epsilon
        self.warmup = max(warmup_steps, 1)
        self.moment1, self.moment2 = torch.zeros_like(weights), torch.zeros_like(weights)
        self.n_steps = torch.zeros(1, dtype=torch.float64, device=weights.device)

    def state(self) -> dict[str, Tensor]:
        """Return the tensors that a resumed training needs beside the weights."""
        return {"moment1": self.moment1, "moment2": self.moment2, "n_steps": self.n_steps}

    @torch.no_grad()
    def step(self, grads: Tensor, decay: Tensor) -> None:
        """Update the weights; ``decay`` is the learning rate times the weight decay."""
        beta1, beta2 = self.betas
        self.n_steps += 1
        warm = (self.n_steps / self.warmup).clamp(max=1.0)
        self.moment1.lerp_(grads, 1 - beta1)
        self.moment2.mul_(beta2).addcmul_(grads, grads, value=1 - beta2)
        unbiased1 = self.moment1 * (warm / (1 - beta1**self.n_steps)).float()
        unbiased2 = self.moment2 * (1 / (1 - beta2**self.n_steps)).float()
        self.weights.mul_((1 - decay * warm).float())
        self.weights.sub_(unbiased1.div_(unbiased2.sqrt_().add_(self.epsilon)).mul_(self.lr))
