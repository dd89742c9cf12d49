"""The plain forward pass against networks that can be computed by hand."""

import math

import numpy as np
import pytest
import torch

from tests.planted import (
    all_pairs_of,
    lookup_loss,
    lookup_network,
    sums,
    table_activations,
    table_config,
)
from timeless.config import ModelConfig
from timeless.training import stablemax
from timeless.training.factorised import all_pairs
from timeless.training.model import (
    activation,
    cross_entropy,
    forward,
    init_params,
    parameter_shapes,
)

TINY = ModelConfig(p=3, d_model=2, n_heads=2, d_mlp=1)


def as_tensors(weights):
    return {name: torch.as_tensor(array, dtype=torch.float64) for name, array in weights.items()}


def zeros(config, **tensors):
    """Return weights that are zero but for those given."""
    shapes = parameter_shapes(config)
    return {n: torch.as_tensor(tensors.get(n, np.zeros(s))).double() for n, s in shapes.items()}


def tokens_of(p):
    a, b = all_pairs_of(p)
    return torch.from_numpy(np.stack([a, b, np.full(p * p, p)], axis=1))


# --- shapes and initial weights ----------------------------------------------------------


def test_the_network_of_the_study_has_these_weights():
    assert parameter_shapes(ModelConfig()) == {
        "W_E": (132, 128),
        "W_pos": (3, 128),
        "W_Q": (4, 128, 32),
        "W_K": (4, 128, 32),
        "W_V": (4, 128, 32),
        "W_O": (4, 32, 128),
        "W_in": (128, 512),
        "b_in": (512,),
        "W_out": (512, 128),
        "b_out": (128,),
        "W_U": (128, 131),
        "b_U": (131,),
    }
    assert sum(array.size for array in init_params(ModelConfig(), 0).values()) == 231_427


def test_a_second_operation_adds_one_token():
    assert parameter_shapes(ModelConfig(n_ops=2))["W_E"] == (133, 128)
    assert parameter_shapes(ModelConfig(tokens="by_position"))["W_E"] == (263, 128)
    assert parameter_shapes(ModelConfig(n_ops=2, tokens="by_operation"))["W_E"] == (264, 128)


def test_initial_weights_are_normal_and_biases_zero():
    params = init_params(ModelConfig(), seed=0)
    for name, array in params.items():
        assert array.shape == parameter_shapes(ModelConfig())[name]
        assert array.dtype == np.float32
        if name.startswith("b_"):
            assert not array.any()
        elif array.size > 10_000:
            assert array.std() == pytest.approx(1 / math.sqrt(128), rel=0.03)
            assert abs(array.mean()) < 5 * array.std() / math.sqrt(array.size)


def test_the_seed_decides_the_initial_weights():
    first, again, other = (init_params(TINY, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first["W_E"], again["W_E"])
    assert (first["W_E"] != other["W_E"]).all()


# --- activations -------------------------------------------------------------------------


def test_activations_have_their_shapes():
    config = ModelConfig(p=5, d_model=8, n_heads=4, d_mlp=6)
    found = forward(as_tensors(init_params(config, 0)), tokens_of(5), config)
    assert {name: tuple(tensor.shape) for name, tensor in found.items()} == {
        "resid_pre": (25, 3, 8),
        "attn_scores": (25, 4, 3, 3),
        "pattern": (25, 4, 3, 3),
        "z": (25, 3, 4, 2),
        "resid_mid": (25, 3, 8),
        "mlp_pre": (25, 3, 6),
        "mlp_post": (25, 3, 6),
        "resid_post": (25, 3, 8),
        "logits": (25, 5),
    }


def test_without_queries_attention_is_even_over_what_has_been_read():
    config = ModelConfig(p=5, d_model=8, n_heads=4, d_mlp=6)
    params = as_tensors(init_params(config, 0)) | {"W_Q": torch.zeros(4, 8, 2).double()}
    pattern = forward(params, tokens_of(5), config)["pattern"]
    expected = torch.tensor([[1, 0, 0], [1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3]]).double()
    torch.testing.assert_close(pattern, expected.expand_as(pattern))


def test_a_tiny_network_by_hand():
    """Two heads of width 1; head 0 reads channel 0, head 1 channel 1, both write channel 1."""
    ln2 = math.log(2)
    params = zeros(
        TINY,
        W_E=[[1, 0], [2, 1], [0, 0], [0, 1]],  # 0, 1, 2 and the operation
        W_pos=[[0, 0], [1, 0], [0, 0]],
        W_Q=[[[0], [ln2]], [[0], [0]]],  # the operation asks head 0 with ln 2
        W_K=[[[1], [0]], [[0], [0]]],
        W_V=[[[1], [0]], [[0], [6]]],
        W_O=[[[0, 1]], [[0, 1]]],
        W_in=[[0], [1]],
        b_in=[-1],
        W_out=[[1, 0]],
        b_out=[0, 0.5],
        W_U=[[1, 0, -1], [0, 2, 0]],
        b_U=[0, 0, 10],
    )
    found = forward(params, torch.tensor([[0, 1, 3]]), TINY)
    # keys of head 0: channel 0 of 0 at the first position, 1 at the second, op: 1, 3, 0
    pattern = np.array([2, 8, 1]) / 11
    np.testing.assert_allclose(found["pattern"][0, 0, 2], pattern)
    np.testing.assert_allclose(found["pattern"][0, 1, 2], [1 / 3] * 3)
    head0, head1 = (2 * 1 + 8 * 3 + 1 * 0) / 11, (0 + 6 + 6) / 3
    np.testing.assert_allclose(found["z"][0, 2].ravel(), [head0, head1])
    np.testing.assert_allclose(found["resid_mid"][0, 2], [0, 1 + head0 + head1])
    hidden = head0 + head1
    np.testing.assert_allclose(found["mlp_post"][0, 2], [hidden])
    out = [hidden, 1 + head0 + head1 + 0.5]
    np.testing.assert_allclose(found["resid_post"][0, 2], out)
    np.testing.assert_allclose(found["logits"][0], [out[0], 2 * out[1], 10 - out[0]])


def test_scores_are_divided_by_the_root_of_the_head_width():
    config = ModelConfig(p=3, d_model=4, n_heads=1, d_mlp=1)
    eye = np.eye(4)[None]
    params = zeros(config, W_E=np.ones((4, 4)), W_Q=eye, W_K=eye)
    scores = forward(params, tokens_of(3), config)["attn_scores"]
    np.testing.assert_allclose(scores[:, 0, 2], 2)


def test_activation_functions():
    pre = torch.tensor([-1.0, 0.0, 2.0], dtype=torch.float64)
    np.testing.assert_allclose(activation(pre, "relu"), [0, 0, 2])
    gelu = [x * (1 + math.erf(x / math.sqrt(2))) / 2 for x in pre.tolist()]
    np.testing.assert_allclose(activation(pre, "gelu"), gelu)


# --- a network that knows every sum by heart ---------------------------------------------


@pytest.mark.parametrize("way", ["plain", "factorised"])
def test_a_network_set_by_hand_answers_every_pair(way):
    p, scale = 7, 5.0
    config, params = table_config(p), as_tensors(lookup_network(p, scale))
    if way == "plain":
        found = forward(params, tokens_of(p), config)
        hidden, pattern = found["mlp_post"][:, 2], found["pattern"][:, :, 2]
    else:
        found = all_pairs(params, 0, config)
        hidden, pattern = found["mlp_post"], found["pattern"]
    np.testing.assert_allclose(found["logits"], scale * np.eye(p)[sums(p)], atol=1e-12)
    np.testing.assert_allclose(pattern, torch.full_like(pattern, 1 / 3))
    np.testing.assert_allclose(hidden, table_activations(p), atol=1e-12)
    loss = cross_entropy(found["logits"], torch.from_numpy(sums(p)))
    assert loss.item() == pytest.approx(lookup_loss(p, scale))


# --- the loss ----------------------------------------------------------------------------


def test_a_float64_loss_resolves_what_float32_cannot():
    logits = torch.zeros(3, 131)
    logits[:, 5] = 25
    labels = torch.full((3,), 5)
    expected = math.log1p(130 * math.exp(-25))
    assert cross_entropy(logits, labels).item() == pytest.approx(expected, rel=1e-4)
    assert cross_entropy(logits, labels, "float32").item() == 0


def test_stablemax_by_hand():
    logits = torch.tensor([[1.0, 0.0, -1.0, -3.0]]).double()  # count as 2, 1, 1/2, 1/4
    for label, share in enumerate((8, 4, 2, 1)):
        loss = cross_entropy(logits, torch.tensor([label]), loss="stablemax")
        assert loss.item() == pytest.approx(math.log(15 / share))
    assert cross_entropy(torch.zeros(2, 131), torch.arange(2), loss="stablemax").item() == (
        pytest.approx(math.log(131))
    )


def test_the_gradient_of_stablemax_is_that_of_autograd():
    generator = torch.Generator().manual_seed(0)
    logits = 5 * torch.randn(4, 3, 7, generator=generator, dtype=torch.float64)
    logits[0, 0, 0] = 0  # where the two halves of s meet
    labels = torch.arange(12).view(4, 3) % 7
    weight = torch.rand(4, 3, generator=generator, dtype=torch.float64)
    leaf = logits.clone().requires_grad_()
    (stablemax.losses(stablemax.counted(leaf), labels) * weight).sum().backward()
    found = stablemax.logit_gradient(stablemax.counted(logits), labels, weight)
    torch.testing.assert_close(found, leaf.grad)


def test_the_loss_is_a_mean_in_nats():
    logits, labels = torch.zeros(4, 131), torch.arange(4)
    assert cross_entropy(logits, labels).item() == pytest.approx(math.log(131))
    logits[0, 0] = math.log(131)
    expected = (3 * math.log(131) + math.log(261 / 131)) / 4
    assert cross_entropy(logits, labels).item() == pytest.approx(expected)
