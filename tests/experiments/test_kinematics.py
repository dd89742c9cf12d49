"""Throws: the formula, grids, bins and splits; a probe that finds what was planted and no more."""

import math

import numpy as np
import pytest

from timeless.config import Schedule
from timeless.experiments.kinematics.probe import held_out_r2
from timeless.experiments.kinematics.protocols import RegressionTraining, make_sample
from timeless.experiments.kinematics.throws import (
    GRAVITY,
    SPLITS,
    Axis,
    Box,
    Throws,
    height,
    make_throws,
    nearest_labels,
)

SMALL = Throws(Axis(20.0, 70.0, 12), Axis(20.0, 44.0, 7), Axis(1.0, 26.0, 5))

# --- the formula -------------------------------------------------------------------------


def test_a_ball_lands_where_the_formula_of_its_range_says():
    for theta, v0 in [(30.0, 20.0), (45.0, 31.0), (70.0, 12.5)]:
        landing = v0**2 * math.sin(2 * math.radians(theta)) / GRAVITY
        assert height(theta, v0, landing) == pytest.approx(0, abs=1e-10)
        top = (v0 * math.sin(math.radians(theta))) ** 2 / (2 * GRAVITY)
        assert height(theta, v0, landing / 2) == pytest.approx(top)


def test_at_45_degrees_the_height_needs_no_table():
    assert height(45, 10, 5) == pytest.approx(5 - GRAVITY * 25 / 100)


# --- the grid ----------------------------------------------------------------------------


def test_the_study_s_grid_keeps_every_ball_above_the_ground():
    task = make_throws(Throws())
    assert len(task.labels) == 26 * 25 * 26
    assert task.heights.min() > 0
    assert [len(task.where(split)) for split in SPLITS] == [3603, 8409, 2184, 2288, 416]


def test_the_label_is_the_bin_that_holds_the_height():
    task = make_throws(SMALL)
    lower = task.lowest + SMALL.bin_width * task.labels
    assert (lower <= task.heights).all()
    assert (task.heights < lower + SMALL.bin_width).all()
    assert task.labels.min() >= 0
    assert task.labels.max() == task.n_bins - 1


def test_tokens_name_the_values_that_give_the_height():
    task = make_throws(SMALL)
    values = np.concatenate([axis.values() for axis in (SMALL.theta, SMALL.v0, SMALL.x)])
    assert (task.tokens[:, 3] == SMALL.n_tokens - 1).all()
    np.testing.assert_allclose(height(*values[task.tokens[:, :3]].T), task.heights)
    assert len(np.unique(task.tokens, axis=0)) == len(task.tokens)


def test_values_kept_out_never_occur_in_training_nor_among_held_out_combinations():
    for throws in (SMALL, Throws()):
        task = make_throws(throws)
        new_theta = throws.held_out(throws.theta)[task.index[:, 0]]
        new_v0 = throws.held_out(throws.v0)[task.index[:, 1]]
        inside = np.concatenate([task.where("train"), task.where("test")])
        assert not (new_theta | new_v0)[inside].any()
        assert (new_theta & ~new_v0)[task.where("ood_theta")].all()
        assert (new_v0 & ~new_theta)[task.where("ood_v0")].all()
        assert (new_v0 & new_theta)[task.where("ood_both")].all()
        assert len(task.where("train")) == int(throws.frac_train * len(inside))


def test_values_kept_out_lie_between_trained_ones():
    for axis in (Throws().theta, Throws().v0):
        out = np.flatnonzero(Throws().held_out(axis))
        trained = ~Throws().held_out(axis)
        assert out.min() > 0
        assert out.max() < axis.n - 1
        assert trained[out - 1].all()
        assert trained[out + 1].all()


def test_every_other_value_occurs_in_training():
    task = make_throws(Throws())
    seen = np.unique(task.tokens[task.where("train")])
    out = [*np.flatnonzero(Throws().held_out(Throws().theta))]
    out += [26 + i for i in np.flatnonzero(Throws().held_out(Throws().v0))]
    assert sorted({*seen.tolist(), *map(int, out)}) == list(range(78))


def test_a_table_finds_what_it_has_seen_and_the_nearest_of_what_it_has_not():
    task = make_throws(SMALL)
    found, known = nearest_labels(task), task.where("train")
    np.testing.assert_array_equal(found[known], task.labels[known])
    for row in (0, 137, 300):
        squares = np.square(task.index[known] - task.index[row]).sum(1)
        assert found[row] in task.labels[known[squares == squares.min()]]


# --- real-valued throws ------------------------------------------------------------------


def test_a_box_is_drawn_from_evenly_and_normalised_to_plus_and_minus_one():
    box = Box()
    drawn = box.draw(4000, np.random.default_rng(0))
    scaled = box.normalised(drawn)
    assert np.abs(scaled).max() <= 1
    np.testing.assert_allclose(scaled.mean(0), 0, atol=0.05)
    np.testing.assert_allclose(scaled.std(0), 1 / math.sqrt(3), atol=0.02)
    np.testing.assert_allclose(box.normalised(box.ranges().T), [[-1] * 3, [1] * 3])


def test_a_seed_has_throws_of_its_own():
    config = RegressionTraining()
    one, again, other = (make_sample(config, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.train, again.train)
    assert not np.isin(one.train, other.train).any()
    assert not np.isin(one.train, one.test).any()
    np.testing.assert_array_equal(one.test_heights, height(*one.test.T))


def test_a_schedule_logs_and_keeps_first_and_last():
    schedule = Schedule(epochs=23, log_every=10, checkpoint_every=15)
    assert schedule.logged() == [0, 10, 20, 23]
    assert schedule.kept() == [0, 15, 23]


# --- the probe ---------------------------------------------------------------------------

ANGLES = np.radians(np.linspace(20, 70, 22))


def planted(noise: float, columns: list[np.ndarray], width: int = 128) -> np.ndarray:
    """Return embeddings in which these columns are mixed into ``width`` noisy coordinates."""
    rng = np.random.default_rng(1)
    basis = np.stack(columns, 1) @ rng.standard_normal((len(columns), width))
    return basis + noise * rng.standard_normal(basis.shape)


def test_a_planted_sine_and_cosine_are_read_exactly():
    embeddings = planted(0.0, [np.sin(ANGLES), np.cos(ANGLES)])
    assert held_out_r2(embeddings, np.sin(ANGLES)) > 0.9999
    assert held_out_r2(embeddings, 3 * np.cos(ANGLES) - 1) > 0.9999


def test_what_was_planted_is_read_through_noise():
    embeddings = planted(0.05, [np.sin(ANGLES), np.cos(ANGLES)])
    assert held_out_r2(embeddings, np.sin(ANGLES)) > 0.95


def test_nothing_is_read_from_noise():
    rng = np.random.default_rng(2)
    found = [held_out_r2(rng.standard_normal((22, 128)), np.sin(ANGLES)) for _ in range(30)]
    assert max(found) < 0.3
    assert np.mean(found) < 0.05


def test_nothing_is_read_that_was_not_planted():
    embeddings = planted(0.0, [np.sin(ANGLES), np.cos(ANGLES)])
    shuffled = np.random.default_rng(3).permutation(np.sin(ANGLES))
    assert held_out_r2(embeddings, shuffled) < 0.3


def test_an_embedding_without_variance_gives_the_mean():
    assert held_out_r2(np.ones((8, 4)), np.arange(8.0)) == pytest.approx(0, abs=1e-12)


def test_with_one_penalty_the_probe_is_ridge_regression():
    rng = np.random.default_rng(4)
    points, target = rng.standard_normal((7, 3)), rng.standard_normal(7)
    missed = missed_by_mean = 0.0
    for i in range(7):
        x, y = np.delete(points, i, 0), np.delete(target, i)
        centred = x - x.mean(0)
        penalty = 0.1 * np.trace(centred @ centred.T) / 6 * np.eye(3)
        slope = np.linalg.solve(centred.T @ centred + penalty, centred.T @ (y - y.mean()))
        missed += (target[i] - y.mean() - (points[i] - x.mean(0)) @ slope) ** 2
        missed_by_mean += (target[i] - y.mean()) ** 2
    assert held_out_r2(points, target, [0.1]) == pytest.approx(1 - missed / missed_by_mean)
