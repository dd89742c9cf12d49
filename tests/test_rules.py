"""Alarms on curves that move when and as far as they are told to."""

from dataclasses import replace

import numpy as np
import pytest

from timeless.rules import Rule, alarm_epoch, leaps

EPOCHS = np.arange(0, 10_001, 100)
RULE = Rule(window=(1_000, 2_000), threshold=0.1, stays=500)


def step(at, low, high, until=None):
    moved = (at <= EPOCHS) & (np.full(EPOCHS.shape, True) if until is None else until > EPOCHS)
    return np.where(moved, high, low)


@pytest.mark.parametrize(
    ("measure", "low", "high"),
    [("gini_W_E", 0.2, 0.23), ("sum_sq_weights", 100.0, 89.0), ("test_accuracy", 0.05, 0.16)],
)
def test_a_measure_that_moves_far_enough_raises_an_alarm_where_it_does(measure, low, high):
    assert alarm_epoch(EPOCHS, step(5_000, low, high), measure, 100, RULE) == 5_000


@pytest.mark.parametrize(
    ("measure", "low", "high"),
    [
        ("gini_W_E", 0.2, 0.21),  # not far enough
        ("gini_W_E", 0.2, 0.1),  # the other way
        ("sum_sq_weights", 100.0, 91.0),
        ("test_accuracy", 0.05, 0.14),
    ],
)
def test_a_small_move_or_one_the_other_way_does_not(measure, low, high):
    assert alarm_epoch(EPOCHS, step(5_000, low, high), measure, 100, RULE) is None


def test_a_move_that_does_not_stay_is_no_alarm():
    short = step(5_000, 1.0, 0.5, until=5_400)
    assert alarm_epoch(EPOCHS, short, "spectral_entropy", 100, RULE) is None
    long = step(5_000, 1.0, 0.5, until=5_600)
    assert alarm_epoch(EPOCHS, long, "spectral_entropy", 100, RULE) == 5_000


def test_a_move_at_the_very_end_cannot_be_seen_to_stay():
    assert alarm_epoch(EPOCHS, step(9_600, 1.0, 0.5), "loss_test", 100, RULE) is None
    assert alarm_epoch(EPOCHS, step(9_500, 1.0, 0.5), "loss_test", 100, RULE) == 9_500


def test_the_baseline_is_taken_after_the_memorisation_epoch():
    falling = step(1_500, 1.0, 0.5)
    assert alarm_epoch(EPOCHS, falling, "loss_test", 2_000, RULE) is None
    assert alarm_epoch(EPOCHS, falling, "loss_test", None, RULE) is None
    late = replace(RULE, window=(20_000, 30_000))
    assert alarm_epoch(EPOCHS, falling, "loss_test", 100, late) is None


def test_the_threshold_decides():
    rising = step(5_000, 0.2, 0.23)
    assert alarm_epoch(EPOCHS, rising, "gini_W_E", 100, replace(RULE, threshold=0.2)) is None


def test_a_loss_leaps_where_it_is_so_many_times_the_one_before():
    losses = np.array([1.0, 0.1, 1.0, 9.9, 99.0, 50.0])
    assert leaps(losses, 10).tolist() == [2, 4]
    assert leaps(losses[:1], 10).tolist() == leaps(losses[:0], 10).tolist() == []
