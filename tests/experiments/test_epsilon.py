"""Where a weight rests under Adam and decay, on planted gradients."""

import numpy as np
import pytest

from timeless.experiments.epsilon.run import resting_gradient


def test_a_weight_under_a_steady_gradient_comes_to_rest_where_that_is_the_resting_one():
    gradient, epsilon, decay, rate = np.array([1e-9, 1e-8, 3e-7]), 1e-8, 2.0, 3e-3
    weight = np.zeros(3)
    for _ in range(5_000):
        weight -= rate * gradient / (gradient + epsilon) + rate * decay * weight
    assert resting_gradient(weight, epsilon, decay) == pytest.approx(gradient, rel=1e-6)


def test_a_weight_that_decay_pulls_harder_than_any_step_has_no_rest():
    found = resting_gradient(np.array([0.0, 0.25, 0.5, -2.0]), 1e-8, 2.0)
    assert found.tolist() == [0.0, 1e-8, np.inf, np.inf]
