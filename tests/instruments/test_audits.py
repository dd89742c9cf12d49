"""What auditors see: the artifacts' own numbers, thinned, and a cut before any accuracy moves."""

import numpy as np
import pytest

from tests.sites import ROOT
from timeless.instruments import audit, guess
from timeless.instruments.audits import CURVE_POINTS, STRUCTURE, audits, cut_off
from timeless.results.artifacts import Results
from timeless.words.values import look_up, run_name

RESULTS = Results(ROOT / "artifacts")


@pytest.fixture(scope="module")
def runs():
    return {run["name"]: run for run in audits(RESULTS)}


def test_each_run_has_its_own_curves_and_structure(runs) -> None:
    addition = RESULTS["addition"]
    for run, curves, suffix in (
        (runs["addition"], addition["curves"], ""),
        (runs["frac10_seed0"], RESULTS["fraction_sweep"]["curves_frac10_seed0"], ""),
        (runs["joint multiplication"], RESULTS["co_grokking"]["curves"], "_multiplication"),
    ):
        rows = np.searchsorted(curves["epoch"], run["curves"]["epoch"])
        for name in ("train_loss", "test_accuracy"):
            assert (run["curves"][name] == curves[name + suffix][rows]).all()
        assert run["curves"]["epoch"][[0, -1]].tolist() == curves["epoch"][[0, -1]].tolist()
        assert len(rows) <= CURVE_POINTS
    kept = np.searchsorted(addition["progress"]["epoch"], runs["addition"]["structure"]["epoch"])
    for measure in STRUCTURE:
        shown = runs["addition"]["structure"][measure]
        assert shown == pytest.approx(addition["progress"][measure][kept], rel=1e-5)


def test_alarms_are_those_of_the_rule(runs) -> None:
    lead = RESULTS["phases"].summary["lead"]
    for measure, epoch in runs["addition"]["alarms"].items():
        assert epoch == lead[measure]["alarm_epoch"]
    assert runs["frac10_seed0"]["alarms"]["test_accuracy"] is None
    assert runs["frac90_seed0"]["alarms"] is None, "it has no plateau"


def test_a_run_whose_weights_were_not_measured_is_not_shown(runs) -> None:
    assert "velocity law" not in runs
    assert runs["seeds seed3"]["structure"]["restricted_loss_all"][-1] < 1e-3


def test_the_cut_comes_before_any_alarm_of_test_accuracy(runs) -> None:
    plateaus = [run for run in runs.values() if run["alarms"]]
    alarms = [run["alarms"]["test_accuracy"] or run["end"] for run in plateaus]
    assert 0 < cut_off(plateaus) < min(alarms)
    assert cut_off([{"alarms": {"test_accuracy": 200}, "end": 900}]) == 150


def test_the_widgets_hold_runs_that_generalise_and_runs_that_do_not() -> None:
    for widget in (audit.widget(RESULTS), guess.widget(RESULTS)):
        widget.check("here")
        assert {run["grokked"] is None for run in widget.data["runs"]} == {True, False}


def test_the_guess_draws_runs_whose_weights_were_measured_often() -> None:
    shown = guess.widget(RESULTS).data["runs"]
    assert sum(run["grokked"] is not None for run in shown) == guess.EACH
    assert {run["name"] for run in shown if run["grokked"] is None} == {
        "frac10_seed0",
        "joint addition",
    }


def test_the_moral_is_that_of_the_artifact() -> None:
    moral = guess.widget(RESULTS).data["moral"]
    for measure, found in RESULTS["phases"].summary["lead"].items():
        if measure in guess.MEASURES:
            false = found["false"]
            assert f"{guess.MEASURES[measure]} on {false['count']} of {false['n']}" in moral


def test_runs_have_names_in_words() -> None:
    assert run_name("frac10_seed0") == "addition, 10%"
    assert run_name("frac30_seed2") == "addition, 30%, seed 2"
    assert run_name("joint addition") == "joint addition"
    assert run_name("seeds seed3") == "addition, seed 3"
    assert run_name("shares share15_seed2") == "addition, 1 head, 15%, seed 2"
    named = "larger steps, joint, 80%, seed 1, addition"
    assert run_name("full_size joint_80_seed1 addition") == named
    assert run_name("full_size off_1_seed2") == "larger steps, decay off, seed 2"
    assert run_name("variant_seeds relu_float32_seed2") == (
        "addition, 1 head, float32 loss, seed 2"
    )
    assert run_name("variant_seeds heads4_gelu_float64_seed1") == (
        "addition, 4 heads, GELU, seed 1"
    )
    assert run_name("variant heads1_gelu_float32_seed0") == "addition, 1 head, GELU, float32 loss"
    assert "addition, 10%" in look_up(RESULTS, "phases.never", "run").html
