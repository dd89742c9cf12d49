"""Orders asked of networks built by hand: one that multiplies by logarithms, one that adds."""

import numpy as np
import pytest

from tests.planted import log_network, table_config
from timeless.config import TrainConfig
from timeless.experiments.orders import Config
from timeless.experiments.orders.networks import Trained
from timeless.experiments.orders.run import _adding, _compared, _of
from timeless.experiments.orders.use import use

P = 13
CONFIG = Config(n_random=50, n_kept=5)


@pytest.fixture(scope="module")
def multiplies() -> Trained:
    amplitudes, radii = {2: 6.0, 5: 4.0, 6: 5.0}, {2: 3.0, 5: 2.5, 6: 2.0}
    weights = log_network(P, amplitudes, radii)
    weights["W_E"] = weights["W_E"].astype(np.float64)
    config = TrainConfig(
        model=table_config(P, n_rings=3), operations=("multiplication",), frac_train=0.5
    )
    return Trained("planted", config, 0, learned=True, weights=weights)


def adder(embedding: np.ndarray) -> Trained:
    config = TrainConfig(model=table_config(P), frac_train=0.5)
    return Trained("adder", config, 0, learned=True, weights={"W_E": embedding})


def test_planted_logarithms_lead_over_every_control(multiplies):
    (group,) = _of(multiplies)
    row, held = _compared(multiplies, group, CONFIG)
    assert row["order"] == "logarithms"
    assert row["own"]
    assert row["n_controls"] == 50 + 12 + 1
    assert row["lead"] > 0
    assert row["gini"] > row["gini_control"]
    assert row["entropy"] < row["entropy_control"]
    assert row["roots_differ"] == pytest.approx(0, abs=1e-9)
    assert held["own"][-1] == pytest.approx(1)
    assert (held["own"] >= held["shifted_max"] - 1e-9).all()


def test_rows_of_noise_lead_in_no_order_and_count_among_those_that_add():
    run = adder(np.random.default_rng(0).normal(size=(P, 16)))
    rows = [_compared(run, group, CONFIG)[0] for group in _of(run)]
    assert [(row["order"], row["own"]) for row in rows] == [("numbers", 1), ("logarithms", 0)]
    assert all(row["lead"] < 0 for row in rows)
    found = _adding(rows)
    assert (found["n"], found["logarithms_lead_max"]) == (1, rows[1]["lead"])


def test_the_planted_network_needs_what_it_answers_with(multiplies):
    """It reads one-hot channels, a third of whose energy a wave of each frequency holds."""
    found = use(multiplies, CONFIG)
    assert found["key_freqs"] == [2, 5, 6]
    assert found["n_kept"] == 5 + 12 + 1
    assert found["without_key_accuracy"] < 1
    assert 0 < found["key_share"] < 1
