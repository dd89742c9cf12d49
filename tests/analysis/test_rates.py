"""Rates and medians of few runs: intervals as in textbooks, and ends that stay open."""

import pytest

from timeless.analysis.rates import Rate, median_summary


def test_wilsons_interval_is_that_of_the_textbook() -> None:
    assert Rate(10, 20).interval == pytest.approx((0.2993, 0.7007), abs=1e-4)
    assert Rate(0, 10).interval == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert Rate(10, 10).interval == pytest.approx((0.7225, 1.0), abs=1e-4)


def test_no_runs_tell_nothing() -> None:
    assert Rate(0, 0).as_summary() == {"count": 0, "n": 0, "share": None, "low": 0.0, "high": 1.0}
    assert median_summary([]) == {"median": None, "low": None, "high": None}


def test_a_median_lies_between_order_statistics() -> None:
    # P(Bin(10, 1/2) <= 1) = 1.1% and <= 2 is 5.5%: the second from either side.
    assert median_summary(range(1, 11)) == {"median": 5.5, "low": 2, "high": 9}
    assert median_summary([1, 2, 3, 4, 5]) == {"median": 3, "low": None, "high": None}


def test_what_is_missing_counts_as_the_smallest() -> None:
    assert median_summary([None, 1, 2, 3, 4, 5, 6]) == {"median": 3, "low": None, "high": 6}
    assert median_summary([None, None, 1])["median"] is None
