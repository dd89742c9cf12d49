"""Neurons that serve a frequency, planted; branches of weight decay; weights in few bits."""

import numpy as np
import pytest

from tests.planted import all_pairs_of, sums, wave, wave_logits
from timeless.analysis.groups import additive
from timeless.analysis.network import Network
from timeless.analysis.progress import neuron_clusters
from timeless.config import ModelConfig, TrainConfig
from timeless.experiments.laboratory.decay import branch_rows, decay_deviation, decay_factor
from timeless.experiments.laboratory.precision import eight_bits, rounded, sizes
from timeless.experiments.laboratory.routing import (
    QUANTILES,
    KnockOut,
    knock_out_rows,
    outside,
    outside_row,
)
from timeless.experiments.laboratory.tables import BRANCHES
from timeless.training.model import init_params

P = 13
A, B = all_pairs_of(P)


def planted(leak=0.0):
    """Return a network whose neurons are the four products of waves of frequencies 2 and 5.

    They make cos omega_k(a+b-c) exactly; with a ``leak``, frequency 2 also comes from the
    neurons of 5. A last neuron never changes.
    """
    neurons, columns = [], []
    c = np.arange(P)
    for k, size in ((2, 3.0), (5, 2.0)):
        cos, sin = (lambda t, k=k: wave(P, k, t)), (lambda t, k=k: np.sin(2 * np.pi * k * t / P))
        neurons += [cos(A) * cos(B), sin(A) * sin(B), sin(A) * cos(B), cos(A) * sin(B)]
        columns += [size * cos(c), -size * cos(c), size * sin(c), size * sin(c)]
    post = np.stack([*neurons, np.full(P * P, 2.0)], axis=1)
    post[:, 4] += leak * post[:, 0]
    W_logit = np.stack([*columns, np.zeros(P)])
    weights = {"W_out": W_logit, "W_U": np.eye(P)}
    return Network(weights, post @ W_logit, post, additive(P))


def clusters_of(network):
    return neuron_clusters(network.mlp_post, P)


def test_planted_neurons_have_nothing_outside():
    network = planted()
    np.testing.assert_allclose(network.logits, wave_logits(P, {2: 3.0, 5: 2.0}), atol=1e-12)
    clusters = clusters_of(network)
    np.testing.assert_allclose(outside(clusters), 0, atol=1e-12)
    row = outside_row(clusters)
    assert (row["clustered"], row["active"]) == (8, 8)
    assert row["outside_energy"] == pytest.approx(0, abs=1e-12)


def test_the_share_outside_is_that_of_the_foreign_wave():
    leak = 0.5  # of the same energy as the neuron's own wave, times leak squared
    clusters = clusters_of(planted(leak))
    expected = leak**2 / (1 + leak**2)
    assert outside(clusters)[4] == pytest.approx(expected)
    row = outside_row(clusters)
    assert row["clustered"] == 7
    assert row["outside_mean"] == pytest.approx(expected / 8)
    assert row["outside_energy"] == pytest.approx(leak**2 / (8 + leak**2))
    assert row["outside"] == pytest.approx(np.quantile([*[0] * 7, expected], QUANTILES))


def test_a_network_of_constants_has_nothing_that_belongs():
    row = outside_row(neuron_clusters(np.ones((P * P, 3)), P))
    assert (row["clustered"], row["active"], row["outside_mean"]) == (0, 0, 1)


def test_a_frequency_lives_in_its_own_neurons_alone():
    network = planted()
    bench = KnockOut(network, sums(P))
    two, five = knock_out_rows(bench, clusters_of(network), [2, 5], n_sets=6, seed=0)
    for row in (two, five):
        assert row["n_neurons"] == 4
        assert row["own_power"] == pytest.approx(0, abs=1e-12)
        assert row["other_power"] == pytest.approx(1)
        assert 0 <= row["random_power_min"] <= row["random_power"] <= row["random_power_max"] <= 1
        assert row["alone_accuracy"] == 1  # at p = 13 one wave is enough
    assert two["without_own_accuracy"] == 1  # of frequency 5
    assert two["without_own_loss"] > bench.loss(network.logits)


def test_a_leak_shows_in_the_power_that_others_carry():
    network = planted(leak=0.3)
    bench = KnockOut(network, sums(P))
    (row,) = knock_out_rows(bench, clusters_of(network), [2], n_sets=2, seed=0)
    assert row["own_power"] > 1e-4
    assert row["other_power"] != pytest.approx(1, abs=1e-3)


def test_neurons_are_held_at_their_mean():
    network = planted()
    bench = KnockOut(network, sums(P))
    every = np.ones(9, dtype=bool)
    np.testing.assert_allclose(
        bench.without(every), np.tile(network.logits.mean(0), (P * P, 1)), atol=1e-12
    )
    np.testing.assert_array_equal(bench.without(~every), network.logits)
    assert bench.power(2, ~every) == pytest.approx(1)
    assert bench.power(3, every) == 1  # nothing there to lose, up to rounding


# --- weight decay ------------------------------------------------------------------------

MODEL = ModelConfig(p=7, d_model=16, n_heads=2, d_mlp=24)
CONFIG = TrainConfig(model=MODEL, frac_train=0.5, lr=1e-2, weight_decay=2.0)


@pytest.fixture(scope="module")
def branches():
    return branch_rows(init_params(MODEL, 0), CONFIG, n_steps=12, every=5)


def test_without_gradient_every_norm_is_a_power_of_the_factor(branches):
    factor = decay_factor(CONFIG)
    assert factor == pytest.approx(0.98)
    idle = [row for row in branches if row["branch"] == "no gradient"]
    assert [row["step"] for row in idle] == [0, 5, 10, 12]
    for row in idle:
        for name in ("norm", "norm_W_E", "norm_W_out"):
            assert row[name] == pytest.approx(idle[0][name] * factor ** row["step"], rel=1e-6)
        assert row["norm_b_U"] == 0
    assert decay_deviation(branches, factor) < 1e-6
    assert decay_deviation(branches, 0.9) > 0.1


def test_branches_leave_the_same_network_and_part(branches):
    start = [row for row in branches if row["step"] == 0]
    assert [row["branch"] for row in start] == list(BRANCHES)
    assert len({row["norm"] for row in start}) == 1
    losses = [row["train_loss"] for row in start]
    assert losses == pytest.approx([losses[0]] * 3, rel=1e-6)  # sums in another order
    both, free, idle = branches[-3:]
    assert idle["norm"] < both["norm"] < free["norm"]
    assert free["train_loss"] < start[0]["train_loss"]


def test_the_tensors_make_up_the_whole_norm(branches):
    for row in branches:
        parts = [value for name, value in row.items() if name.startswith("norm_")]
        assert len(parts) == 12
        assert row["norm"] == pytest.approx(np.linalg.norm(parts))


# --- rounding ----------------------------------------------------------------------------


def test_eight_bits_keep_each_row_to_half_a_step():
    rng = np.random.default_rng(0)
    array = rng.standard_normal((3, 5, 40)) * np.array([1, 100, 0.01])[:, None, None]
    found = eight_bits(array)
    step = np.abs(array).max(-1, keepdims=True) / 127
    assert (np.abs(found - array) <= step / 2 * (1 + 1e-9)).all()
    np.testing.assert_allclose(np.abs(found).max(-1), np.abs(array).max(-1))
    assert len(np.unique(np.round(found[0, 0] / step[0, 0]))) <= 255


def test_what_is_exact_in_eight_bits_stays():
    np.testing.assert_array_equal(eight_bits(np.array([-127.0, 3.0, 0.0])), [-127, 3, 0])
    np.testing.assert_array_equal(eight_bits(np.zeros((2, 3))), np.zeros((2, 3)))


def test_sizes_count_every_weight_and_every_row():
    weights = {"W": np.zeros((2, 3, 4), np.float16), "b": np.zeros(5, np.float16)}
    assert sizes(weights) == {"bytes_32": 116, "bytes_16": 58, "bytes_8": 29 + 4 * 7}
    assert {name: array.shape for name, array in rounded(weights).items()} == {
        "W": (2, 3, 4),
        "b": (5,),
    }
