"""The pass that can be changed: unchanged it is the reference, changed it does what is said."""

import numpy as np
import pytest
import torch

from tests.planted import lookup_loss, lookup_network, sums, table_config
from timeless.analysis.network import Split, as_tensors
from timeless.config import ModelConfig, TrainConfig
from timeless.experiments.laboratory.interventions import (
    for_pairs,
    over_pairs,
    pairs_of,
    scores,
)
from timeless.experiments.laboratory.layer_norm import inserted_rows, stream_rows
from timeless.experiments.laboratory.tables import INSERTED, STREAM
from timeless.experiments.laboratory.temperature import (
    good_range,
    pattern_entropy,
    temperature_rows,
    temperature_summary,
)
from timeless.training.last_position import Change, layer_norm, number_rows
from timeless.training.model import forward, init_params

P = 7
MODEL = ModelConfig(p=P, d_model=16, n_heads=2, d_mlp=24)
CONFIG = TrainConfig(model=MODEL, frac_train=0.5)
SPLIT = Split.of(CONFIG)


def network(seed=0, scale=1.0):
    weights = init_params(MODEL, seed)
    return as_tensors({name: scale * array for name, array in weights.items()}, torch.float64)


@pytest.mark.parametrize("act", ["relu", "gelu"])
def test_unchanged_it_is_the_plain_pass(act):
    config = ModelConfig(p=P, n_ops=2, d_model=16, n_heads=2, d_mlp=24, act=act)
    params = as_tensors(init_params(config, 3), torch.float64)
    pairs = pairs_of(P)
    tokens = torch.cat([pairs, torch.full((len(pairs), 1), P + 1)], dim=1)
    plain = forward(params, tokens, config)
    found = for_pairs(params, pairs, config, op=1)
    for name in ("resid_mid", "resid_post", "mlp_post"):
        torch.testing.assert_close(found[name], plain[name][:, -1])
    torch.testing.assert_close(found["pattern"], plain["pattern"][:, :, -1])
    torch.testing.assert_close(found["logits"], plain["logits"])


def test_layer_norm_by_hand():
    x = torch.tensor([[1.0, 3.0, 5.0, 7.0]], dtype=torch.float64)  # mean 4, variance 5
    expected = torch.tensor([[-3.0, -1.0, 1.0, 3.0]], dtype=torch.float64) / (5 + 1e-5) ** 0.5
    torch.testing.assert_close(layer_norm(x), expected)


def test_layer_norm_is_that_of_pytorch():
    x = torch.randn(5, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(layer_norm(x), torch.nn.functional.layer_norm(x, (16,)))


@pytest.mark.parametrize("place", ["attention", "mlp", "final"])
def test_normalisation_stands_where_it_is_asked_for(place):
    params, pairs = network(), pairs_of(P)
    plain = for_pairs(params, pairs, MODEL)
    found = for_pairs(params, pairs, MODEL, Change(normalised=(place,)))
    if place == "final":
        expected = layer_norm(plain["resid_post"]) @ params["W_U"] + params["b_U"]
        torch.testing.assert_close(found["logits"], expected)
    elif place == "mlp":
        pre = layer_norm(plain["resid_mid"]) @ params["W_in"] + params["b_in"]
        torch.testing.assert_close(found["mlp_post"], pre.relu())
        torch.testing.assert_close(found["resid_mid"], plain["resid_mid"])
    else:
        rows = layer_norm(number_rows(params, MODEL))
        moved = {**params, "W_E": torch.cat([rows[:P], rows[-1:]])}
        assert not torch.allclose(found["pattern"], plain["pattern"])
        moved["W_pos"] = torch.zeros_like(params["W_pos"])
        same = torch.arange(P)
        pair = torch.stack([same, same], dim=1)
        first = for_pairs(moved, pair, MODEL)["pattern"]
        again = for_pairs(params, pair, MODEL, Change(normalised=(place,)))["pattern"]
        torch.testing.assert_close(first[:, :, 0], first[:, :, 1])  # without positions, alike
        assert again.shape == first.shape


def test_a_temperature_divides_the_scores():
    params, pairs = network(scale=3.0), pairs_of(P)
    cold = for_pairs(params, pairs, MODEL, Change(temperature=0.5))["pattern"]
    plain = for_pairs(params, pairs, MODEL)["pattern"]
    squared = plain**2
    torch.testing.assert_close(cold, squared / squared.sum(2, keepdim=True))


def test_the_entropy_of_patterns_known_by_hand():
    pattern = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0]]) / np.array([[3], [2], [1]])
    assert pattern_entropy(pattern) == pytest.approx([np.log(3), np.log(2), 0])


def test_a_network_whose_scores_are_zero_has_equal_attention_at_any_temperature():
    scale = 4.0
    config = TrainConfig(model=table_config(P), frac_train=0.5)
    params = as_tensors(lookup_network(P, scale))
    rows = temperature_rows(params, Split.of(config), config.model, [0.1, 1.0, 10.0])
    for row in rows:
        assert row["entropy"] == pytest.approx(np.log(3))
        assert row["pattern_mean"] == pytest.approx(np.full((1, 3), 1 / 3))
        assert row["pattern_spread"] == pytest.approx(0, abs=1e-7)
        assert row["loss_all"] == pytest.approx(lookup_loss(P, scale), abs=1e-5)
        assert row["accuracy_all"] == row["accuracy_train"] == row["accuracy_test"] == 1


def test_a_lower_temperature_has_a_lower_entropy():
    rows = temperature_rows(network(scale=3.0), SPLIT, MODEL, [0.2, 1.0, 5.0])
    found = temperature_summary(rows)
    assert found["entropy_lowest"] < found["entropy_at_1"] < found["entropy_highest"]
    drops = [found["entropy_at_1"] - found["entropy_lowest"]]
    drops.append(found["entropy_highest"] - found["entropy_at_1"])
    assert found["least_drop"] == pytest.approx(min(drops))


@pytest.mark.parametrize(
    ("accuracies", "expected"),
    [
        ([0.5, 1.0, 1.0, 1.0, 0.5], (0.5, 2.0)),
        ([1.0, 0.5, 1.0, 0.5, 1.0], (1.0, 1.0)),
        ([1.0, 1.0, 0.5, 1.0, 1.0], None),
        ([1.0] * 5, (0.25, 4.0)),
    ],
)
def test_the_range_of_good_temperatures_is_the_one_around_one(accuracies, expected):
    rows = [
        {"temperature": t, "accuracy_all": accuracy}
        for t, accuracy in zip([0.25, 0.5, 1.0, 2.0, 4.0], accuracies, strict=True)
    ]
    assert good_range(rows, 0.99) == expected


def test_the_stream_is_measured_over_pairs():
    params = network(1)
    tokens = torch.cat([pairs_of(P), torch.full((P * P, 1), P)], dim=1)
    plain = forward(params, tokens, MODEL)
    stream = {
        "resid_pre_a": plain["resid_pre"][:, 0],
        "resid_pre_b": plain["resid_pre"][:, 1],
        "resid_pre_op": plain["resid_pre"][:, 2],
        "resid_mid": plain["resid_mid"][:, 2],
        "resid_post": plain["resid_post"][:, 2],
    }
    rows = stream_rows(params, MODEL)
    assert [row["place"] for row in rows] == list(STREAM) == list(stream)
    for row in rows:
        x = stream[row["place"]].numpy()
        assert row["mean"] == pytest.approx(x.mean(1).mean(), abs=1e-12)
        assert row["variance"] == pytest.approx(x.var(1).mean())
        assert row["norm"] == pytest.approx(np.linalg.norm(x, axis=1).mean())
        assert row["norm_spread"] == pytest.approx(np.linalg.norm(x, axis=1).std(), abs=1e-12)


def test_normalising_everywhere_is_the_three_together():
    params = network(2, scale=2.0)
    rows = {row["inserted"]: row for row in inserted_rows(params, SPLIT, MODEL)}
    assert list(rows) == list(INSERTED)
    change = Change(normalised=("attention", "mlp", "final"))
    expected = scores(over_pairs(params, MODEL, change)["logits"], SPLIT)
    assert rows["all"] == {"inserted": "all", **expected}
    assert rows["none"]["loss_all"] != rows["final"]["loss_all"]


def test_scores_are_means_over_each_split():
    logits = 3.0 * np.eye(P)[sums(P)]
    wrong = np.flatnonzero(SPLIT.train_mask)[:5]
    logits[wrong] = 3.0 * np.eye(P)[(sums(P)[wrong] + 1) % P]
    found = scores(logits, SPLIT)
    n_train = SPLIT.train_mask.sum()
    assert found["accuracy_train"] == pytest.approx(1 - 5 / n_train)
    assert found["accuracy_test"] == 1
    right = np.log(1 + (P - 1) * np.exp(-3))
    assert found["loss_test"] == pytest.approx(right)
    assert found["loss_train"] == pytest.approx(right + 5 * 3 / n_train)
