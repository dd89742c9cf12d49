"""Throws as real numbers: small networks that answer with the height, trained side by side.

Each is an MLP, three inputs, two hidden layers of ReLU, one output, trained on the same few
throws by the same optimiser. What differs is the size of the initial weights, the weight decay
and the seed. Enlarging the initial weights is the recipe by which Liu et al. 2022 delay
generalisation on tasks of many kinds.
"""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from timeless.experiments.kinematics.protocols import RegressionTraining, Sample, make_sample
from timeless.experiments.kinematics.throws import Floats
from timeless.results.weights import Arrays
from timeless.training.descent import Descent, Params, Problem, descend

MEASURES = ("train_loss", "train_accuracy", "test_loss", "test_accuracy", "sum_sq_weights")


def init_mlp(width: int, factor: float, seed: int) -> Arrays:
    """Return initial weights W1 [3, width], b1, W2, b2, W3 [width, 1], b3, each times ``factor``.

    Before that they are uniform within ±1/sqrt(number of inputs of the layer), as PyTorch draws
    a linear layer. They depend on the seed alone.
    """
    rng = np.random.default_rng([seed, 4])
    weights: Arrays = {}
    for layer, (inputs, outputs) in enumerate([(3, width), (width, width), (width, 1)], start=1):
        bound = factor / math.sqrt(inputs)
        weights[f"W{layer}"] = rng.uniform(-bound, bound, (inputs, outputs)).astype(np.float32)
        weights[f"b{layer}"] = rng.uniform(-bound, bound, outputs).astype(np.float32)
    return weights


def mlp(params: Params, inputs: Tensor) -> Tensor:
    """Return the answers [runs, n] of stacked networks to normalised inputs [runs, n, 3]."""
    first = torch.relu(inputs @ params["W1"] + params["b1"][:, None])
    second = torch.relu(first @ params["W2"] + params["b2"][:, None])
    return (second @ params["W3"] + params["b3"][:, None])[..., 0]


def train_regression(config: RegressionTraining, directory: Path) -> Descent:
    """Return the finished networks, stacked as in ``config.runs()``; measures [runs, MEASURES].

    Losses are mean squared errors in units of the variance of the training heights, so that
    predicting their mean has a train loss of exactly 1.
    """
    runs = config.runs()
    samples = [make_sample(config, seed) for _, seed in runs]
    inputs, wanted = _stacked(config, samples, "train"), _heights(samples, "train")
    test_inputs, test_wanted = _stacked(config, samples, "test"), _heights(samples, "test")
    each = [init_mlp(config.width, config.variants[variant][0], seed) for variant, seed in runs]
    initial = {name: np.stack([weights[name] for weights in each]) for name in each[0]}
    decays = np.array([config.variants[variant][1] for variant, _ in runs])

    def loss(params: Params) -> Tensor:
        return (mlp(params, inputs).double() - wanted).square().mean(1).sum()

    def measure(params: Params) -> Tensor:
        columns = []
        for given, heights in ((inputs, wanted), (test_inputs, test_wanted)):
            off = (mlp(params, given).double() - heights).abs()
            columns += [off.square().mean(1), (off <= config.tolerance).double().mean(1)]
        squares = sum(leaf.double().square().flatten(1).sum(1) for leaf in params.values())
        return torch.stack([*columns, torch.as_tensor(squares)], dim=1)

    decay = {name: decays.reshape(-1, *[1] * (a.ndim - 1)) for name, a in initial.items()}
    return descend(Problem(initial, loss, measure, decay, config), directory)


def _stacked(config: RegressionTraining, samples: list[Sample], split: str) -> Tensor:
    arrays = [config.box.normalised(getattr(sample, split)) for sample in samples]
    return torch.from_numpy(np.stack(arrays)).float()


def _heights(samples: list[Sample], split: str) -> Tensor:
    return torch.from_numpy(
        np.stack([(getattr(s, f"{split}_heights") - s.mean) / s.std for s in samples])
    )


def answers(weights: Mapping[str, NDArray[np.floating]], normalised: Floats) -> Floats:
    """Return one network's answers [n] to normalised inputs [n, 3], in float64 (NumPy)."""
    first = np.maximum(normalised @ weights["W1"].astype(np.float64) + weights["b1"], 0)
    second = np.maximum(first @ weights["W2"].astype(np.float64) + weights["b2"], 0)
    return np.asarray((second @ weights["W3"].astype(np.float64) + weights["b3"])[:, 0])
