"""The gradient of the train loss over the whole training split, as a training step has it."""

from collections.abc import Mapping

import torch
from torch import Tensor

from timeless.analysis.network import as_tensors
from timeless.config import TrainConfig
from timeless.results.weights import Arrays
from timeless.training.model import cross_entropy, forward
from timeless.training.tasks import make_task

BLOCK = 1_024  # examples in one backward pass


def train_gradient(weights: Arrays, config: TrainConfig) -> tuple[Mapping[str, Tensor], float]:
    """Return the gradient by every weight, in its shape and in nats, and the train loss."""
    task = make_task(config)
    tokens = torch.from_numpy(task.tokens[task.train_mask])
    labels = torch.from_numpy(task.labels[task.train_mask])
    params = {name: tensor.requires_grad_() for name, tensor in as_tensors(weights).items()}
    sums, total = {name: torch.zeros_like(tensor) for name, tensor in params.items()}, 0.0
    for start in range(0, len(labels), BLOCK):
        block = slice(start, start + BLOCK)
        logits = forward(params, tokens[block], config.model)["logits"]
        loss = cross_entropy(logits, labels[block], config.loss_dtype)
        loss = loss * (len(labels[block]) / len(labels))
        total += float(loss.detach())
        grads = torch.autograd.grad(loss, list(params.values()))
        for name, grad in zip(params, grads, strict=True):
            sums[name] += grad
    return sums, total
