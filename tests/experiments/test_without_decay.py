"""What a stalled training looks like, on networks whose losses and gradients are known."""

import numpy as np
import pytest
import torch

from tests.planted import lookup_network, table_config
from timeless.config import ModelConfig, TrainConfig
from timeless.experiments.without_decay import stall as measures
from timeless.experiments.without_decay.stall import of_arm, stall, stalled
from timeless.results.artifacts import Table, column
from timeless.training.campaign import Run
from timeless.training.model import cross_entropy, forward, init_params
from timeless.training.tasks import make_task

P = 7


@pytest.mark.parametrize(
    ("scale", "loss_dtype", "loss", "zero"),
    [
        (10, "float32", "softmax", 0.0),
        (25, "float32", "softmax", 1.0),
        (25, "float64", "softmax", 0.0),
        (45, "float64", "softmax", 1.0),
        (45, "float32", "stablemax", 0.0),
    ],
)
def test_a_loss_is_0_where_the_precision_rounds_it_there(scale, loss_dtype, loss, zero):
    config = TrainConfig(model=table_config(P), loss_dtype=loss_dtype, loss=loss)
    weights = {k: np.float32(v) for k, v in lookup_network(P, float(scale)).items()}
    assert stall(weights, config)["zero_loss_share"] == zero


@pytest.mark.parametrize("loss", ["softmax", "stablemax"])
def test_the_gradient_points_along_the_weights_as_far_as_scaling_them_lowers_the_loss(loss):
    config = TrainConfig(model=ModelConfig(p=P, d_model=8, n_heads=2, d_mlp=12), loss=loss)
    weights, task, step = init_params(config.model, 3), make_task(config), 1e-4
    tokens, labels = (
        torch.from_numpy(each[task.train_mask]) for each in (task.tokens, task.labels)
    )

    def loss_of(scale: float) -> float:
        params = {k: scale * torch.from_numpy(v).double() for k, v in weights.items()}
        logits = forward(params, tokens, config.model)["logits"]
        return cross_entropy(logits, labels, loss=loss).item()

    found = stall(weights, config)
    norm = np.sqrt(sum((w.astype(float) ** 2).sum() for w in weights.values()))
    slope = (loss_of(1 - step) - loss_of(1 + step)) / (2 * step)
    assert found["along_weights"] * found["gradient_norm"] * norm == pytest.approx(slope, rel=1e-3)
    assert 0 < found["below_epsilon"] < 0.5


def test_how_a_run_stood_at_its_end_and_when_its_losses_collapsed():
    values = {
        "epoch": [0, 100, 200, 300],
        "zero_loss_share": [0.0, 0.49, 0.5, 0.9],
        "below_epsilon": [0.0, 0.1, 0.2, 0.3],
        "along_weights": [-1.0, 0.5, 0.9, 0.7],
    }
    table = Table("planted", {k: column(np.array(v), "1", k) for k, v in values.items()})
    curves = {"sum_sq_weights": np.array([2.0, 5.0]), "unseen_accuracy": np.array([[0.1], [0.6]])}
    one = Run(TrainConfig(), curves, {}, 1.0, {})
    found = stalled(one, table, 100)
    assert found == {
        "collapse_epoch": 200,
        "unseen_accuracy": 0.6,
        "zero_loss_share": 0.9,
        "below_epsilon": 0.3,
        "along_weights": pytest.approx(0.7),
        "norm_growth": 2.5,
    }
    never = stalled(one, table, None)
    assert never["along_weights"] is None
    both = of_arm(
        [found | {"grok_epoch": at, "epochs": 300} for at in (150, 250)]
        + [never | {"grok_epoch": None, "epochs": 300, "collapse_epoch": None}]
    )
    assert (both["norm_growth_median"], both["along_weights_median"]) == (2.5, None)
    assert both["unseen_accuracy_min"] == 0.6
    assert (both["n_collapsed"], both["n_grokked_collapsed"]) == (2, 1)
    assert both["collapse_epoch"]["median"] == 200
    assert set(measures.MEASURES) >= set(values) - {"epoch"}
