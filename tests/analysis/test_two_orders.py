"""Coarse waves over the logarithms: which are, and how likely as many are by chance."""

from math import comb

import pytest

from timeless.analysis.groups import is_coarse, places
from timeless.analysis.two_orders import coarseness, largest

N = 130
COARSE = [freq for freq in range(1, N // 2 + 1) if is_coarse(freq, N)]


def test_a_wave_is_coarse_where_it_shares_more_than_two_with_its_circle():
    assert [places(freq, N) for freq in (1, 2, 10, 26, 65)] == [130, 65, 13, 5, 2]
    assert [is_coarse(freq, N) for freq in (1, 2, 10, 26, 65)] == [False, False, True, True, True]
    assert [freq for freq in range(1, 66) if freq % 5 == 0 or freq % 13 == 0] == COARSE


def test_the_chance_of_as_many_coarse_ones_is_counted_over_all_runs():
    n, k = N // 2, len(COARSE)
    fine = n - k
    found = coarseness([COARSE[:2], [1, 2, 3]], N)
    assert (found["n_key_freqs"], found["n_coarse"]) == (5, 2)
    assert found["n_coarse_expected"] == pytest.approx(5 * k / n)
    # By hand: of two drawn none or one, of three drawn none or one, in all at most one.
    none = [comb(fine, 2) / comb(n, 2), comb(fine, 3) / comb(n, 3)]
    one = [k * fine / comb(n, 2), k * comb(fine, 2) / comb(n, 3)]
    at_most_one = none[0] * none[1] + one[0] * none[1] + none[0] * one[1]
    assert found["p_more"] == pytest.approx(1 - at_most_one)
    assert coarseness([COARSE], N)["p_more"] == pytest.approx(1 / comb(n, k))
    assert coarseness([[1, 2, 3]], N)["p_fewer"] == pytest.approx(none[1])


def test_without_a_run_nothing_is_shown():
    found = coarseness([], N)
    assert (found["n_coarse"], found["p_more"], found["p_fewer"]) == (0, 1, 1)


def test_the_largest_frequencies_count_from_one():
    assert largest([0.1, 3.0, 0.2, 2.0], 2) == [2, 4]
