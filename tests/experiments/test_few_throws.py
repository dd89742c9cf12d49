"""Few throws: a group trains as one network alone does, and runs are read by the stated rules."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.drawing import check_colours, check_drawn_and_read, check_room_for_titles
from timeless.config import ModelConfig, Schedule
from timeless.experiments import few_throws
from timeless.experiments.few_throws import Group
from timeless.experiments.few_throws.baselines import baselines, linear_labels
from timeless.experiments.few_throws.reading import read
from timeless.experiments.few_throws.run import run
from timeless.experiments.few_throws.training import MEASURES, train_group
from timeless.experiments.kinematics.protocols import TokenTraining
from timeless.experiments.kinematics.throws import Axis, Throws, make_throws
from timeless.experiments.kinematics.token_results import tokens_curves
from timeless.experiments.kinematics.tokens import train_tokens
from timeless.figures.kinematics.few_throws import figure
from timeless.results.artifacts import Results, Table, column, save_artifact
from timeless.running.workspace import Workspace

THROWS = Throws(Axis(20.0, 70.0, 12), Axis(20.0, 44.0, 7), Axis(1.0, 26.0, 5), bin_width=4.0)
WIDTHS = ModelConfig(d_model=16, n_heads=2, d_mlp=24)
SCHEDULE = Schedule(epochs=30, log_every=10, checkpoint_every=30)


def test_a_network_in_a_group_trains_as_it_does_alone(tmp_path: Path) -> None:
    both = Group(THROWS, WIDTHS, (3.0, 1.0), 2.0, 5, SCHEDULE)
    group = train_group(both, tmp_path / "group")
    alone = TokenTraining(THROWS, WIDTHS, SCHEDULE, weight_decay=2.0, seed=5)
    curves = tokens_curves(train_tokens(alone, tmp_path / "alone"))
    for place, name in enumerate(MEASURES):
        assert group.measures[:, 1, place] == pytest.approx(curves[name], rel=1e-3), name
    squares = group.measures[0, :, MEASURES.index("sum_sq_weights")]
    assert squares[0] == pytest.approx(9 * squares[1])


EPOCHS = np.arange(0, 5_001, 100)


def curves(learned: int, half: int, full: int, end: float = 0.8) -> Table:
    """Return curves that memorise, reach half of ``end``, and all of it, at these epochs."""
    test = np.select([full <= EPOCHS, half <= EPOCHS], [end, end / 2], 0.1)
    columns = {
        "epoch": EPOCHS,
        "train_accuracy": np.where(learned <= EPOCHS, 1.0, 0.2),
        "test_within_one_bin": test,
        "test_accuracy": test / 2,
    }
    return Table("", {name: column(values, "", "") for name, values in columns.items()})


def test_a_run_is_late_if_half_of_what_it_answers_comes_after_memorising() -> None:
    run = read(curves(500, 1_100, 2_000), nearest=0.7)
    assert (run.memorisation_epoch, run.half_epoch, run.full_epoch) == (500, 1_100, 2_000)
    assert (run.answered, run.accuracy) == (0.8, 0.4)
    assert run.late_share == pytest.approx(1 - 0.1 / 0.8)
    assert (run.generalises, run.late, run.grokked) == (True, True, False)
    assert not read(curves(500, 1_000, 2_000), nearest=0.7).late, "500 epochs are almost together"
    assert not read(curves(500, 1_100, 2_000), nearest=0.8).late, "no better than a look-up"
    assert read(curves(500, 1_100, 2_000, end=0.99), nearest=0.7).grokked
    assert not read(curves(500, 600, 1_000, end=0.99), nearest=0.7).grokked


def test_of_a_run_that_does_not_memorise_no_delay_is_told() -> None:
    run = read(curves(4_500, 1_100, 2_000), nearest=0.7)
    assert run.memorisation_epoch is None
    assert run.late_share is None
    assert (run.generalises, run.late) == (True, False)


def test_heights_on_a_plane_are_interpolated_exactly() -> None:
    throws = replace(THROWS, frac_train=0.6)
    task = make_throws(throws)
    plane = task.index @ np.array([1.3, 2.1, 0.7])
    labels = np.floor(plane / throws.bin_width).astype(np.int64)
    flat = replace(task, heights=plane, labels=labels, lowest=0.0)
    inside = (task.index > 0).all(1) & (task.index < task.index.max(0)).all(1)
    right = linear_labels(flat, throws) == labels
    assert right[inside].mean() > 0.95
    assert right.mean() < 1, "beyond the outermost training throws the nearest one answers"


def test_more_is_answered_by_whoever_is_told_more() -> None:
    found = baselines(Throws(frac_train=0.05))
    levels = [found[name]["within_one_bin"] for name in ("constant", "nearest", "linear")]
    assert levels == sorted(levels)
    assert all(each["accuracy"] < each["within_one_bin"] for each in found.values())


def test_the_whole_experiment_is_drawn_with_a_point_for_each_run(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "artifacts", tmp_path / "runs", "cpu")
    artifact = run(few_throws.QUICK, workspace)
    save_artifact(artifact, tmp_path)
    drawn = figure(Results(tmp_path))
    check_drawn_and_read(drawn, "few-throws")
    check_colours(drawn)
    check_room_for_titles(drawn)
    points = [trace for trace in drawn.plot.data if trace.mode == "markers"]
    assert sum(len(trace.x) for trace in points) == artifact.summary["n_runs"] == 24
    # Nobody memorises in so few epochs, so nothing is told of a delay.
    assert set(artifact["runs"]["memorisation_epoch"]) == {-1}
    assert artifact.summary["arms"]["share_5_decay_0p3_x8"]["late_share_median"] is None
