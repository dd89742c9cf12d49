"""Directions and what the loss does along them, against values known by hand."""

import numpy as np
import pytest
import torch

from tests.planted import lookup_loss, lookup_network, ring_embedding, sums, table_config
from timeless.analysis.network import Split, as_tensors
from timeless.analysis.progress import cross_entropies
from timeless.config import ModelConfig, TrainConfig
from timeless.errors import TimelessError
from timeless.experiments.laboratory.directions import (
    derivatives,
    dot,
    finite_differences,
    fourier_component,
    gradient,
    losses,
    moved,
    pair_losses,
    profile,
    random_direction,
    random_directions,
    unit,
)
from timeless.experiments.laboratory.interventions import length, over_pairs, pairs_of
from timeless.experiments.laboratory.perturbations import perturbation_rows
from timeless.training.model import init_params

P = 7
MODEL = ModelConfig(p=P, d_model=16, n_heads=2, d_mlp=24, act="gelu")  # without kinks
SPLIT = Split.of(TrainConfig(model=MODEL, frac_train=0.5))
LABELS = torch.from_numpy(sums(P))


def network(seed=0):
    return as_tensors(init_params(MODEL, seed), torch.float64)


def bias_direction(params, cls):
    """Return the direction of one class's bias alone."""
    zeros = {name: torch.zeros_like(tensor) for name, tensor in params.items()}
    zeros["b_U"][cls] = 1
    return zeros


def test_the_loss_of_each_pair_is_the_cross_entropy():
    params = network()
    found = pair_losses(params, pairs_of(P), LABELS, MODEL).numpy()
    expected = cross_entropies(over_pairs(params, MODEL)["logits"], sums(P))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_tiny_loss_keeps_its_digits():
    config, scale = table_config(P), 80.0
    params = as_tensors(lookup_network(P, scale), torch.float64)
    found = pair_losses(params, pairs_of(P), LABELS, config)
    assert found.numpy() == pytest.approx(lookup_loss(P, scale), rel=1e-9)
    assert 0 < found.min() < 1e-33


def test_a_huge_loss_is_finite():
    config, scale = table_config(P), -2_000.0
    params = as_tensors(lookup_network(P, scale), torch.float64)
    found = pair_losses(params, pairs_of(P), LABELS, config)
    assert found.numpy() == pytest.approx(-scale + np.log(P - 1))


def test_derivatives_along_a_bias_are_those_of_softmax():
    params, cls = network(1), 3
    along = bias_direction(params, cls)
    found = derivatives(params, along, SPLIT, MODEL)
    share = torch.from_numpy(over_pairs(params, MODEL)["logits"]).softmax(1)[:, cls].numpy()
    slope, curvature = share - (sums(P) == cls), share * (1 - share)
    for part, mask in (("train", SPLIT.train_mask), ("test", ~SPLIT.train_mask)):
        assert found[f"slope_{part}"] == pytest.approx(slope[mask].mean(), rel=1e-10)
        assert found[f"curvature_{part}"] == pytest.approx(curvature[mask].mean(), rel=1e-10)


def test_forward_mode_agrees_with_reverse_mode_and_with_differences():
    params = network(2)
    along = random_direction(params, np.random.default_rng(0), by_tensor=False)
    found = derivatives(params, along, SPLIT, MODEL)
    for part, mask in (("train", SPLIT.train_mask), ("test", ~SPLIT.train_mask)):
        uphill = gradient(params, SPLIT, MODEL, mask)
        assert found[f"slope_{part}"] == pytest.approx(dot(uphill, along), rel=1e-10)
    near = finite_differences(params, along, SPLIT, MODEL, 1e-5)
    assert near["difference_train"] == pytest.approx(found["slope_train"], rel=1e-7)
    step, here = 1e-4, losses(params, SPLIT, MODEL)["loss_test"]
    ahead, behind = (
        losses(moved(params, along, t), SPLIT, MODEL)["loss_test"] for t in (step, -step)
    )
    bend = (ahead - 2 * here + behind) / step**2
    assert found["curvature_test"] == pytest.approx(bend, rel=1e-4)


def test_no_direction_falls_faster_than_the_gradient():
    params = network(3)
    uphill = gradient(params, SPLIT, MODEL, SPLIT.train_mask)
    down = unit({name: -part for name, part in uphill.items()})
    steepest = derivatives(params, down, SPLIT, MODEL)["slope_train"]
    assert steepest == pytest.approx(-length(uphill))
    for along in random_directions(params, "isotropic", 5, seed=0):
        assert abs(derivatives(params, along, SPLIT, MODEL)["slope_train"]) < -steepest


def test_the_component_of_a_frequency_is_its_ring():
    params = network()
    rings = torch.from_numpy(ring_embedding(P, {1: 2.0, 3: 0.5}, 16))
    params["W_E"][:P] = rings
    along = fourier_component(params, 3, P)
    assert length(along) == pytest.approx(1)
    assert dot(params, along) == pytest.approx(0.5 * P**0.5)
    assert not along["W_E"][P].any()
    assert not any(part.any() for name, part in along.items() if name != "W_E")
    without = moved(params, along, -dot(params, along))["W_E"][:P]
    torch.testing.assert_close(
        without, torch.from_numpy(ring_embedding(P, {1: 2.0, 3: 0.0}, 16)), atol=1e-12, rtol=0
    )


def test_what_is_not_there_has_no_direction():
    params = {name: torch.zeros_like(tensor) for name, tensor in network().items()}
    with pytest.raises(TimelessError, match="no direction"):
        fourier_component(params, 2, P)


@pytest.mark.parametrize("by_tensor", [False, True])
def test_random_directions_have_length_one_and_the_scale_they_name(by_tensor):
    params = as_tensors(init_params(ModelConfig(p=P), 0), torch.float64)
    params["W_U"] = 10 * params["W_U"]
    found = random_direction(params, np.random.default_rng(1), by_tensor=by_tensor)
    assert length(found) == pytest.approx(1)
    total = sum(tensor.numel() for tensor in params.values())
    for name in ("W_in", "W_U"):
        expected = (
            length({name: params[name]}) / length(params)
            if by_tensor
            else (params[name].numel() / total) ** 0.5
        )
        tolerance = 1e-9 if by_tensor else 0.05
        assert length({name: found[name]}) == pytest.approx(expected, rel=tolerance)


def test_the_profile_passes_through_the_loss_and_leaves_the_weights_alone():
    params = network(4)
    before = {name: tensor.clone() for name, tensor in params.items()}
    along = random_direction(params, np.random.default_rng(0), by_tensor=False)
    found = profile(params, along, SPLIT, MODEL, np.linspace(-1, 1, 5))
    assert found["loss_train"][2] == pytest.approx(losses(params, SPLIT, MODEL)["loss_train"])
    assert len(found["loss_test"]) == 5
    assert all(torch.equal(params[name], tensor) for name, tensor in before.items())


def test_perturbations_have_the_lengths_that_they_name():
    params = network(5)
    rows = perturbation_rows(
        params, SPLIT, MODEL, [0.0, 0.5], reference=2.0, n_directions=4, seed=0
    )
    assert len(rows) == 8
    for row in rows:
        unit_length = 2.0 if row["measure"] == "absolute" else length(params)
        assert row["length"] == pytest.approx(row["fraction"] * unit_length)
        low, mean, high = (row[f"rise_train_{kind}"] for kind in ("min", "mean", "max"))
        if row["fraction"] == 0:
            assert (low, high, row["rise_test_std"]) == (0, 0, 0)
        else:
            assert low < mean < high
            assert mean == pytest.approx(np.mean(row["rises_train"]))


def test_every_network_meets_the_same_isotropic_directions():
    one, other = (random_directions(network(seed), "isotropic", 2, seed=7) for seed in (0, 1))
    for first, second in zip(one, other, strict=True):
        assert all(torch.equal(part, second[name]) for name, part in first.items())
