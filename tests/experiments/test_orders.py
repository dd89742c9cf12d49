"""Orders asked of networks built by hand: one that multiplies by logarithms, one that adds."""

import numpy as np
import pytest

from tests.planted import log_network, table_config
from timeless.config import TrainConfig
from timeless.experiments.orders import Config
from timeless.experiments.orders.networks import Trained
from timeless.experiments.orders.run import _adding, _compared, _of
from timeless.experiments.orders.use import _answers, _energy, _scaled, use

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


def test_what_is_kept_taken_out_and_scaled_has_the_energy_that_it_says(multiplies):
    found = use(multiplies, CONFIG)
    assert found["key_freqs"] == [2, 5, 6]
    assert found["n_kept"] == 5 + 12 + 1
    assert 0 < found["key_share"] < 1
    rows = np.random.default_rng(0).normal(size=(12, 4))
    smaller = _scaled(rows, 0.25 * _energy(rows))
    np.testing.assert_allclose(smaller - rows.mean(0), (rows - rows.mean(0)) / 2)
    np.testing.assert_allclose(_scaled(np.ones((12, 4)), 5.0), 1)


def test_rows_are_put_back_where_their_tokens_stand(multiplies):
    answers, embedding = _answers(multiplies), multiplies.embedding
    tokens = np.random.default_rng(0).permutation(np.arange(1, P))
    assert answers(tokens, embedding[tokens]) == 1
    assert answers(tokens, np.roll(embedding[tokens], 1, axis=0)) < 0.5
