"""Tables of many runs, and the overlap of two tasks' subspaces, on answers known beforehand."""

import numpy as np
import pytest

from timeless.analysis.subspaces import overlap, random_overlaps
from timeless.experiments.co_grokking.run import _gap
from timeless.experiments.fraction_sweep import CONFIG, runs
from timeless.experiments.fraction_sweep.run import _summary, runs_table

TRANSITION = 0.25  # the planted sweep generalises from here on


def planted_record(fraction):
    grokked = round(1000 / fraction) if fraction >= TRANSITION else None
    return {
        "frac_train": fraction,
        "seed": 0,
        "n_train": round(fraction * 100),
        "epochs": 5000,
        "memorisation_epoch": 100,
        "grok_epoch": grokked,
        "delay": None if grokked is None else grokked - 100,
    }


@pytest.fixture
def records():
    return {f"frac{f:.0%}": planted_record(f) for f in (0.1, 0.2, 0.25, 0.5)}


def test_runs_that_do_not_generalise_are_censored_and_no_others(records):
    table = runs_table(records)
    np.testing.assert_array_equal(table["censored"], [1, 1, 0, 0])
    np.testing.assert_array_equal(table["grok_epoch"], [-1, -1, 4000, 2000])
    np.testing.assert_array_equal(table["delay"], [-1, -1, 3900, 1900])
    np.testing.assert_array_equal(table["memorisation_epoch"], 100)


def test_the_summary_counts_what_is_censored(records):
    summary = _summary(CONFIG, records)
    assert (summary["n_runs"], summary["n_censored"]) == (4, 2)
    assert summary["censored_fractions"] == [0.1, 0.2]
    assert summary["fractions"] == [0.1, 0.2, 0.25, 0.5]
    whole = {name: record for name, record in records.items() if record["frac_train"] >= TRANSITION}
    assert _summary(CONFIG, whole)["censored_fractions"] is None


def test_a_sweep_has_a_run_for_each_fraction_and_seed():
    named = runs(CONFIG)
    assert len(named) == len(CONFIG.percents) * len(CONFIG.seeds)
    assert named["frac10-seed0"].frac_train == 0.1
    assert {config.epochs for config in named.values()} == {CONFIG.train.epochs}


# --- subspaces ---------------------------------------------------------------------------


def axes(*chosen, m=8):
    return np.eye(m)[:, list(chosen)]


def test_the_overlap_of_subspaces_is_that_of_their_angles():
    assert overlap(axes(0, 1), axes(0, 1)) == pytest.approx(1)
    assert overlap(axes(0, 1), axes(2, 3)) == pytest.approx(0)
    assert overlap(axes(0, 1), axes(1, 2)) == pytest.approx(0.5)
    assert overlap(axes(0), axes(0, 5, 6)) == pytest.approx(1), "one holds the other"
    tilted = np.array([[np.cos(0.3)], [np.sin(0.3)], *[[0.0]] * 6])
    assert overlap(axes(0), tilted) == pytest.approx(np.cos(0.3) ** 2)


def test_random_subspaces_overlap_as_much_as_the_larger_fills_the_space():
    draws = random_overlaps([axes(0, 1, m=20), axes(*range(5), m=20)], 400, seed=0)
    assert len(draws) == 400
    assert draws.mean() == pytest.approx(5 / 20, abs=0.02)


def test_a_gap_needs_both_tasks():
    assert _gap({"addition": 300, "multiplication": 200}) == -100
    assert _gap({"addition": 300, "multiplication": None}) is None
