"""Survival estimates are those of the textbook, and censored runs say only what they say."""

import numpy as np
import pytest

from timeless.analysis.survival import survival
from timeless.errors import TimelessError


def test_the_share_falls_as_by_hand():
    # After 3, 5 and 7 seven, six and five of eight are left; one ends at 8; at 9 one of four falls.
    found = survival([3, 5, 7, None, 9, None, None, None], [3, 5, 7, 8, 9, 20, 20, 20])
    np.testing.assert_array_equal(found.epochs, [3, 5, 7, 9])
    np.testing.assert_allclose(found.share, [7 / 8, 6 / 8, 5 / 8, 5 / 8 * 3 / 4])
    assert (found.n_runs, found.n_censored) == (8, 4)


def test_greenwoods_interval_is_that_of_the_formula():
    found = survival([10, 20, 30, 40], [10, 20, 30, 40])
    share, variance = 0.75, 1 / (4 * 3)  # after the first of four
    width = 1.959964 * np.sqrt(variance) / abs(np.log(share))
    expected = share ** np.exp([width, -width])
    np.testing.assert_allclose([found.low[0], found.high[0]], expected, rtol=1e-5)


def test_the_median_is_the_first_epoch_at_which_half_are_done():
    found = survival([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], [100] * 10)
    assert found.median == 50
    assert found.interval == (10, 80)


def test_a_median_and_an_interval_may_lie_beyond_what_was_seen():
    found = survival([10, None, None, None], [10, 50, 50, 50])
    assert found.median is None
    assert found.interval == (10, None)
    never = survival([None, None], [50, 60]).as_summary()
    assert never == {"median": None, "low": None, "high": None, "n_runs": 2, "n_censored": 2}


def test_without_runs_there_is_nothing_to_estimate():
    with pytest.raises(TimelessError, match="no runs"):
        survival([], [])
