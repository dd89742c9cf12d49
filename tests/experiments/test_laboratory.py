"""The laboratory end to end on a tiny published run, its stages, and its figures."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.planted_runs import drawn, is_drawn_and_read
from timeless import experiments
from timeless.config import as_dict
from timeless.experiments import addition, fraction_sweep, laboratory
from timeless.experiments.laboratory.published_run import STAGES, stage_epochs
from timeless.figures.alignment.routing import figure as routing
from timeless.figures.foundations.decay_branches import figure as decay_branches
from timeless.figures.foundations.directions import figure as directions
from timeless.figures.foundations.immune import figure as immune
from timeless.figures.foundations.layer_norm import figure as layer_norm
from timeless.figures.foundations.temperature import figure as temperature
from timeless.results.artifacts import (
    Artifact,
    Results,
    Table,
    column,
    load_artifact,
    save_artifact,
)
from timeless.running.workspace import Workspace

FIGURES = (decay_branches, directions, immune, layer_norm, routing, temperature)


# --- stages ------------------------------------------------------------------------------


def run_with(published, memorised, starts, grokked, accuracy):
    epochs = np.array(published)
    curves = {"epoch": epochs, "test_accuracy": np.array(accuracy)}
    summary = {
        "published_epochs": published,
        "memorisation_epoch": memorised,
        "circuit_starts": starts,
        "grok_epoch": grokked,
    }
    table = Table("planted", {name: column(values, "1", name) for name, values in curves.items()})
    return Artifact("addition", {}, {}, summary, {"curves": table})


def test_each_stage_is_the_published_checkpoint_that_its_rule_names():
    run = run_with(
        [0, 100, 900, 1_600, 4_000, 6_000, 7_500, 9_000, 20_000],
        memorised=150,
        starts=1_500,
        grokked=7_600,
        accuracy=[0, 0, 0.01, 0.01, 0.02, 0.4, 0.95, 1, 1],
    )
    assert stage_epochs(run) == {
        "memorised": 900,
        "forming": 4_000,
        "rising": 6_000,
        "generalised": 9_000,
        "last": 20_000,
    }


@pytest.mark.parametrize(
    ("memorised", "starts", "grokked"), [(None, None, None), (50, None, None), (100, 50, 400)]
)
def test_a_run_without_such_epochs_still_has_every_stage(memorised, starts, grokked):
    published = [0, 100, 500]
    run = run_with(published, memorised, starts, grokked, accuracy=[0.0, 0.1, 0.1])
    found = stage_epochs(run)
    assert tuple(found) == STAGES
    assert set(found.values()) <= set(published)
    assert found["generalised"] == found["last"] == 500


# --- the experiment ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    root = tmp_path_factory.mktemp("laboratory")
    found = Workspace(root / "artifacts", root / "runs", "cpu")
    save_artifact(experiments.runner("addition")(addition.QUICK, found), found.artifacts)
    save_artifact(
        experiments.runner("fraction_sweep")(fraction_sweep.QUICK, found), found.artifacts
    )
    save_artifact(experiments.runner("laboratory")(laboratory.QUICK, found), found.artifacts)
    return found


@pytest.fixture(scope="module")
def made(workspace):
    return load_artifact(workspace.artifacts, "laboratory")


def test_the_artifact_holds_what_its_configuration_asks_for(made):
    quick = laboratory.QUICK
    assert made.config == json.loads(json.dumps(as_dict(quick)))
    stages, epochs = made.summary["stages"], made.summary["epochs"]
    assert tuple(stages) == STAGES
    assert set(stages.values()) <= set(epochs)
    assert len(made["temperature"]["stage"]) == len(STAGES) * quick.temperatures[2]
    assert len(made["layer_norm"]["epoch"]) == 5 * len(epochs)
    assert len(made["precision"]["epoch"]) == len(epochs)
    assert len(made["immune"]["stage"]) == len(quick.compared) * 4 * len(quick.fractions)
    assert made["profiles"]["loss_train"].shape[1] == 2 * quick.profile[1] + 1
    assert made["routing_neurons"]["freq"].shape[1] == addition.QUICK.train.model.d_mlp


def test_every_part_starts_from_the_network_that_was_published(workspace, made):
    progress = load_artifact(workspace.artifacts, "addition")["progress"]
    losses = dict(zip(progress["epoch"].tolist(), progress["loss_test"].tolist(), strict=True))
    plain = made["layer_norm"]["inserted"] == "none"
    epochs = made["layer_norm"]["epoch"][plain].tolist()
    found = made["layer_norm"]["loss_test"][plain]
    assert found == pytest.approx([losses[epoch] for epoch in epochs], rel=0.05)
    at_one = made["temperature"]["temperature"] == 1
    in_table = dict(zip(epochs, found.tolist(), strict=True))
    for epoch, loss in zip(
        made["temperature"]["epoch"][at_one].tolist(),
        made["temperature"]["loss_test"][at_one].tolist(),
        strict=True,
    ):
        assert loss == pytest.approx(in_table[epoch])


def test_finite_differences_agree_with_the_derivatives(made):
    assert made.summary["directions"]["median_difference"] < 1e-4
    assert made.summary["directions"]["largest_difference_of_gradient"] < 1e-2
    down = made["directions"]["kind"] == "gradient"
    assert (made["directions"]["slope_train"][down] < 0).all()


def test_decay_alone_is_a_power_of_its_factor(made):
    assert made.summary["decay"]["largest_deviation"] < 1e-6
    assert made.summary["decay"]["factor"] == pytest.approx(0.99)


def test_the_numbers_that_claims_quote_are_those_of_the_tables(made):
    found, immune_table = made.summary["immune"], made["immune"]
    rows = (immune_table["stage"] == "memorised") & (immune_table["scaling"] == "by tensor")
    rows &= (immune_table["measure"] == "own norm") & (immune_table["fraction"] == 0.1)
    (rise,) = immune_table["rise_train_mean"][rows]
    assert found["by_tensor"]["relative_rise_memorised"] == pytest.approx(rise, rel=1e-3)
    knocked = made["knock_out"]
    assert made.summary["routing"]["own_power_largest"] == pytest.approx(
        knocked["own_power"].max(), rel=1e-3
    )


# --- figures -----------------------------------------------------------------------------


@pytest.mark.parametrize("make", FIGURES)
def test_every_figure_can_be_drawn_and_read(make, workspace):
    is_drawn_and_read(make(Results(workspace.artifacts)))


def test_a_figure_says_none_where_no_temperature_is_good(workspace, made, tmp_path):
    none = {**made.summary["temperature"], "lowest_good": None, "highest_good": None}
    changed = replace(made, summary={**made.summary, "temperature": none})
    save_artifact(changed, tmp_path)
    figure = temperature(Results(tmp_path))
    is_drawn_and_read(figure)
    assert "is below 99% already at T = 1" in figure.alt


def test_a_slope_that_rises_is_open(workspace, made):
    figure = directions(Results(workspace.artifacts))
    (trace, _) = drawn(figure, "random directions")
    found = made["directions"]
    slopes = found["slope_train"][found["kind"] == "random"]
    assert [symbol.endswith("open") for symbol in trace["marker"]["symbol"]] == [
        slope > 0 for slope in slopes
    ]


def test_bands_lie_around_the_mean_and_above_the_floor(workspace):
    figure = immune(Results(workspace.artifacts))
    bands = drawn(figure, "memorised, smallest to largest")
    assert len(bands) == 4  # two panels in each of two views
    assert len(drawn(figure, "control, smallest to largest")) == 4
    assert all(np.min(band["y"]) > 0 for band in bands)
