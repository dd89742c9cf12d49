"""Plans: what is left to train follows from what is on disk."""

import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.campaign import CONFIG
from tests.training.test_loop import interrupt_at
from timeless.errors import TimelessError
from timeless.running.planning import Plan, Planner, duration, plan_table, seconds_per_epoch
from timeless.running.workspace import Workspace
from timeless.training.ensemble import METRICS, Ensemble

CONFIGS = {f"seed{seed}": replace(CONFIG, seed=seed) for seed in (0, 1)}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path, tmp_path, "cpu")


def test_before_training_everything_is_left(workspace: Workspace) -> None:
    plan = Planner(workspace).plan("toy", CONFIGS, None)
    assert (plan.runs, plan.finished, plan.epochs) == (2, 0, 150)
    assert plan.seconds > 0
    assert list(workspace.runs.iterdir()) == []


def test_a_finished_run_is_not_counted(workspace: Workspace) -> None:
    workspace.train("toy", {"seed0": CONFIGS["seed0"]})
    plan = Planner(workspace).plan("toy", CONFIGS, None)
    assert (plan.runs, plan.finished, plan.epochs) == (2, 1, 75)


def test_a_run_that_was_stopped_has_its_rest_left(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        interrupt_at(patch, 38, signal.SIGINT)
        with pytest.raises(TimelessError, match="stopped at epoch 38"):
            workspace.train("toy", CONFIGS)
    plan = Planner(workspace).plan("toy", CONFIGS, None)
    assert (plan.finished, plan.epochs) == (0, 37 + 75)


def test_a_run_that_has_settled_is_finished(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(
            Ensemble, "evaluate", lambda _: torch.ones(1, 1, len(METRICS), dtype=torch.float64)
        )
        workspace.train("toy", CONFIGS, hold=20)
    assert Planner(workspace).plan("toy", CONFIGS, 20) == Plan(2, 2, 0, 0.0)
    assert Planner(workspace).plan("toy", CONFIGS, None).epochs == 2 * 55


def test_what_cannot_be_resumed_is_refused_before_anything_trains(workspace: Workspace) -> None:
    workspace.train("toy", {"seed0": replace(CONFIG, lr=2e-3)})
    with pytest.raises(TimelessError, match="another configuration"):
        Planner(workspace).plan("toy", CONFIGS, None)


def test_a_shape_is_timed_once(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    timed = []

    def two_seconds(ensemble: Ensemble, log_every: int) -> float:
        timed.append(ensemble.configs[0])
        return 2.0

    monkeypatch.setattr("timeless.running.planning.seconds_per_epoch", two_seconds)
    planner = Planner(workspace)
    assert planner.plan("toy", CONFIGS, None).seconds == 300
    assert planner.plan("again", CONFIGS, None).seconds == 300
    assert len(timed) == 1
    planner.plan("larger", {"frac": replace(CONFIG, frac_train=0.9)}, None)
    assert len(timed) == 2


def test_an_epoch_takes_time() -> None:
    assert seconds_per_epoch(Ensemble([CONFIG], torch.device("cpu")), 10) > 0


def test_plans_are_a_table() -> None:
    plans = {
        "addition": Plan(1, 1, 0, 0.0),
        "fraction_sweep": Plan(5, 1, 160_000, 9_000.0),
        "phases": None,
    }
    assert plan_table(plans).splitlines()[:-2] == [
        "experiment      runs  finished  epochs left  time at most",
        "addition           1         1            0           0 s",
        "fraction_sweep     5         1      160,000    2 h 30 min",
        "phases             ?         ?            ?             ?",
        "all                6         2      160,000    2 h 30 min",
    ]
    assert plan_table({"addition": plans["addition"]}).count("\n") == 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (89, "89 s"), (90, "2 min"), (3_540, "59 min"), (3_590, "1 h 00 min")],
)
def test_times_are_as_exact_as_plans_need(seconds: float, words: str) -> None:
    assert duration(seconds) == words
