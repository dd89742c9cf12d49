"""Whether two tasks come together: gaps, and the permutation test, on planted times."""

import numpy as np
import pytest

from timeless.analysis.pairing import MOST, pairing_test
from timeless.experiments.joint.run import _apart, _with_gap

TOGETHER = [400, 900, 1_700, 2_800, 4_000]


def test_partners_that_come_together_are_closer_than_strangers():
    found = pairing_test(TOGETHER, [epoch + 20 for epoch in TOGETHER])
    assert found["observed"] == 20
    assert found["p_value"] == pytest.approx(1 / 120)
    assert found["expected"] > 1_000


def test_partners_that_all_come_at_one_time_are_no_closer_than_strangers():
    found = pairing_test([400] * 5, [420] * 5)
    assert (found["observed"], found["expected"], found["p_value"]) == (20, 20, 1)


def test_chance_pairings_are_called_close_no_more_often_than_the_p_value_says():
    rng = np.random.default_rng(0)
    found = [pairing_test(*rng.exponential(size=(2, 5)))["p_value"] for _ in range(400)]
    assert 0.02 <= np.mean(np.array(found) <= 0.05) <= 0.08


def test_one_pair_has_no_strangers_and_many_have_too_many():
    assert pairing_test([1], [2])["p_value"] is None
    with pytest.raises(ValueError, match="9 pairs"):
        pairing_test(range(MOST + 1), range(MOST + 1))


def test_only_pairs_of_which_both_came_are_compared():
    pairs = [_with_gap(epochs) for epochs in ([500, 300], [400, None], [800, 820])]
    assert [pair["gap"] for pair in pairs] == [-200, None, 20]
    assert [pair["later"] for pair in pairs] == [500, None, 820]
    found = _apart(pairs)
    assert (found["n_pairs"], found["n_first_multiplication"]) == (2, 1)
    assert (found["gap_median"], found["observed"], found["p_value"]) == (-90, 110, 0.5)
    assert (found["n_within"], found["later_median"]) == (1, 660)
