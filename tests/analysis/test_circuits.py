"""Clock or pizza, on logits and networks for which both numbers are known."""

import numpy as np
import pytest
import torch

from tests.planted import all_pairs_of, sums, wave
from timeless.analysis.circuits import distance_irrelevance, gradient_symmetricity
from timeless.config import ModelConfig
from timeless.training.model import forward, init_params

P = 13
MODEL = ModelConfig(p=P, d_model=16, n_heads=2, d_mlp=32)


def network(seed=0):
    return {name: torch.from_numpy(array) for name, array in init_params(MODEL, seed).items()}


def with_correct(values):
    """Return logits whose right class has these values over the pairs, and 0 elsewhere."""
    return values[:, None] * np.eye(P)[sums(P)]


def test_logits_that_depend_on_the_distance_alone_are_those_of_a_pizza():
    a, b = all_pairs_of(P)
    assert distance_irrelevance(with_correct(wave(P, 3, a - b)), sums(P)) == pytest.approx(0)


def test_logits_that_do_not_depend_on_the_distance_are_those_of_a_clock():
    a, b = all_pairs_of(P)
    assert distance_irrelevance(with_correct(wave(P, 3, a + b)), sums(P)) == pytest.approx(1)


def test_logits_that_are_all_alike_have_no_spread_to_explain():
    assert distance_irrelevance(with_correct(np.ones(P * P)), sums(P)) == 0


def test_a_network_that_sees_the_mean_of_the_embeddings_has_equal_gradients():
    params = network()
    params |= {name: torch.zeros_like(params[name]) for name in ("W_Q", "W_pos")}
    assert gradient_symmetricity(params, MODEL, 50, seed=0) == pytest.approx(1, abs=1e-5)


def test_a_network_that_does_not_look_at_b_has_no_gradient_to_agree_with():
    params = network()
    params["W_pos"] = torch.zeros(3, 16)
    params["W_pos"][1] = 40 * torch.randn(16, generator=torch.Generator().manual_seed(0))
    assert gradient_symmetricity(params, MODEL, 50, seed=0) < 0.9


def test_the_gradients_are_those_of_one_example_at_a_time():
    params, n = network(3), 20
    a, b, c = np.random.default_rng([5, 3]).integers(0, P, (3, n))
    cosines = []
    for i in range(n):
        rows = params["W_E"][[a[i], b[i], P]].clone().requires_grad_()
        logits = forward({**params, "W_E": rows}, torch.tensor([[0, 1, 2]]), MODEL)["logits"]
        (gradient,) = torch.autograd.grad(logits[0, c[i]], rows)
        cosines.append(torch.cosine_similarity(gradient[0], gradient[1], dim=0).item())
    found = gradient_symmetricity(params, MODEL, n, seed=5)
    assert found == pytest.approx(np.mean(cosines), abs=1e-5)
