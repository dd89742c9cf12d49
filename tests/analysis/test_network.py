"""Whose rows of W_E are whose, in networks that do not share their number tokens."""

from pathlib import Path

import numpy as np
import pytest

from timeless.analysis.ablation import ablation
from timeless.analysis.export import publish_weights
from timeless.analysis.network import Network, Split
from timeless.analysis.progress import cross_entropies
from timeless.config import ModelConfig, TrainConfig
from timeless.errors import TimelessError
from timeless.training.campaign import Run
from timeless.training.model import init_params

P = 11
MODEL = ModelConfig(P, n_ops=2, d_model=8, n_heads=2, d_mlp=12, tokens="by_operation")
CONFIG = TrainConfig(MODEL, ("addition", "multiplication"))
WEIGHTS = init_params(MODEL, 0)


def test_an_operation_has_its_own_rows_in_the_order_of_its_group():
    adds, multiplies = (Network.of(WEIGHTS, CONFIG, op) for op in (0, 1))
    np.testing.assert_array_equal(adds.number_embedding, WEIGHTS["W_E"][:P])
    own = WEIGHTS["W_E"][P : 2 * P]
    np.testing.assert_array_equal(multiplies.number_embedding, own[multiplies.group.tokens])


def test_an_ablation_of_one_operation_leaves_the_rows_of_the_other_alone():
    """With all frequencies taken out, each of its rows is their mean."""
    whole = Network.of(WEIGHTS, CONFIG, 1)
    table = ablation(whole, CONFIG, range(1, 6), n_sets=1, op=1)
    changed = WEIGHTS["W_E"].astype(np.float64)
    changed[P + whole.group.tokens] = whole.number_embedding.mean(axis=0)
    flat = Network.of({**WEIGHTS, "W_E": changed}, CONFIG, 1)
    losses = cross_entropies(flat.logits, Split.of(CONFIG, 1).labels)
    assert table["loss_all"][1] == pytest.approx(losses.mean(), rel=1e-6)


def test_such_a_network_is_not_published(tmp_path):
    run = Run(CONFIG, {}, {0: Path("unread")}, 1.0, {})
    with pytest.raises(TimelessError, match="number tokens by_operation is not published"):
        publish_weights("joint", "own_seed1", run, tmp_path)
