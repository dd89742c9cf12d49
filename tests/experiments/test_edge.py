"""Leaps and what preceded them, on planted curves; and the states before one, trained again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.campaign import CONFIG, NAME
from timeless.experiments.stability import edge
from timeless.training.campaign import Run
from timeless.training.loop import train

EPOCHS = np.arange(0, 5_001, 10)


def planted(leaps: dict[int, float], lost: set[int] = frozenset(), since: int = 1_000) -> Run:
    """Return a run whose train loss is 1e-7 but at some epochs, and its test accuracy 1."""
    loss = np.full(len(EPOCHS), 1e-7)
    accuracy = np.ones(len(EPOCHS))
    for epoch, value in leaps.items():
        loss[epoch // 10] = value
    for epoch in lost:
        accuracy[epoch // 10] = 0.5
    curves = {"epoch": EPOCHS, "train_loss": loss[:, None], "test_accuracy": accuracy[:, None]}
    states = {epoch: Path() for epoch in range(since, 5_001, 100)}
    return Run(replace(CONFIG, epochs=5_000, log_every=10), curves, {}, 0.0, {}, states)


@pytest.mark.parametrize(
    ("losses", "leapt"),
    [
        ({}, []),
        ({2_000: 1e-6}, [2_000]),
        ({2_000: 9e-7}, []),
        ({2_000: 1e-6, 2_010: 1e-5, 2_020: 1e-4}, [2_000]),
        ({2_000: 1e-6, 2_050: 1e-6, 2_100: 1e-6}, [2_000]),
        ({2_000: 1e-6, 2_060: 1e-6}, [2_000, 2_060]),
        ({900: 1e-6, 1_040: 1e-6, 1_100: 1e-6}, [1_100]),
    ],
)
def test_a_leap_is_tenfold_from_one_log_to_the_next_and_a_series_is_one(losses, leapt):
    assert edge._leaps(planted(losses)) == leapt


def test_a_relapse_has_a_leap_if_one_comes_at_its_start():
    run = planted({}, lost={2_000, 2_010, 4_000})
    assert edge._relapses(run, [1_990]) == {"n_relapses": 2, "n_relapses_with_leap": 1}
    assert edge._relapses(run, [1_940, 4_010]) == {"n_relapses": 2, "n_relapses_with_leap": 0}


def test_states_are_followed_by_a_leap_until_the_next_state():
    found = edge._followed([100, 200, 300, 400], [0.2, 0.9, 1.4, 0.1], [300, 450], within=100)
    assert found == {"n_near": 2, "n_near_followed": 1, "n_far": 2, "n_far_followed": 1}


def test_what_was_reached_before_leaps_is_counted_by_leap():
    rows = [(300, 280, 0.5), (300, 290, 1.2), (450, 440, 0.4)]
    found = edge._before_leaps([300, 450], rows)
    assert (found["n_leaps"], found["n_from_edge"]) == (2, 1)
    assert found["before_leap_smallest"] == 0.4


def test_the_epochs_before_a_leap_are_those_of_the_run(tmp_path):
    run = train({NAME: replace(CONFIG, states_from=10)}, tmp_path, device="cpu")[NAME]
    states = dict(edge._states_before(run, 70))
    assert list(states) == list(range(20, 70, 5))
    weights = run.weights(60)
    assert states[60]["weights"][0].size == sum(array.size for array in weights.values())
    np.testing.assert_array_equal(
        np.sort(states[60]["weights"][0]),
        np.sort(np.concatenate([*map(np.ravel, weights.values())])),
    )
