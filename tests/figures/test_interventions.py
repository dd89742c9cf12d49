"""The figures of shares and interventions, and the comparison they rest on, from planted runs."""

from dataclasses import replace

import numpy as np
import pytest

from tests.planted_runs import drawn, is_drawn_and_read, saved
from timeless.config import ModelConfig, as_dict
from timeless.experiments import borders, full_size, interventions, without_decay
from timeless.experiments.borders.run import compared
from timeless.experiments.without_decay.stall import MEASURES
from timeless.figures.interventions import borders as borders_figure
from timeless.figures.interventions import full_size as full_size_figure
from timeless.figures.interventions import stall as stall_figure
from timeless.figures.interventions import without_decay as without_decay_figure
from timeless.figures.interventions.interventions import figure
from timeless.figures.interventions.switching import figure as switching
from timeless.results.artifacts import Artifact, Table, column
from timeless.training.campaign import Run
from timeless.training.ensemble import METRICS

SWITCHES = ("off after 20", "off after 40", "on after 40", "on after 60")
PLACE = dict.fromkeys(("device", "device_name", "threads", "code_version", "date"), "planted")


def planted(config, groks):
    """Return a run that memorises at 100 and answers each operation's test pairs from ``groks``."""
    epoch = np.arange(0, 3_001, 100)
    at = {"train": [100] * len(groks), "test": groks, "mirrored": groks, "unseen": groks}
    curves = {
        metric: np.stack(
            [(epoch >= (9_999 if e is None else e)).astype(float) for e in at[split]], axis=1
        )
        for metric in METRICS
        for split in [metric.partition("_")[0]]
    }
    curves |= {"epoch": epoch, "sum_sq_weights": np.ones(len(epoch))}
    return Run(config, curves, {}, 1.0, PLACE)


def artifact(question, config, groks):
    """Return the artifact of an experiment of which each arm's runs grok where ``groks`` says."""
    runs = question.runs(config)
    arms = {name: name.rsplit("_seed", 1)[0] for name in runs}
    finished = {
        name: planted(one, [groks(arms[name], one)] * len(one.operations))
        for name, one in runs.items()
    }
    summary, tables = compared(finished, arms, config.hold)
    more = {}
    if question is without_decay:
        more["order"] = list(question.ARMS)
    elif question is not borders:
        changes = config if question is interventions else config.changes
        more["order"] = list(interventions.arms(changes))
    if question is borders:
        more["tasks"] = list(config.shares)
    return Artifact(question.NAME, as_dict(config), {}, summary | more, tables)


def test_two_tasks_in_one_network_are_learned_when_the_worse_one_is():
    config = replace(borders.SMALL, model=ModelConfig(n_ops=2), operations=("addition", "velocity"))
    finished = {"a_seed1": planted(config, [500, 1_500]), "a_seed2": planted(config, [500, None])}
    summary, tables = compared(finished, dict.fromkeys(finished, "a"), hold=1_000)
    assert summary["arms"]["a"]["grok_epoch"]["median"] == 1_500
    assert (summary["n_grokked"], summary["arms"]["a"]["n_grokked"]) == (1, 1)
    assert tables["runs"]["grok_epoch"].tolist() == [500, 1_500, 500, -1]
    assert summary["arms"]["a"]["final_test_accuracy_median"] == 0.5
    assert summary["runs"]["a_seed2"]["reached"] == {"addition": 500, "velocity": None}


def test_a_run_is_a_full_point_where_it_groks_and_an_open_one_where_it_ends(tmp_path):
    config = replace(interventions.QUICK, weight_decays=(0.0, 0.1, 2.0))
    found = artifact(
        interventions,
        config,
        lambda arm, one: 700 if arm == "decay_2" else None,
    )
    results = saved(tmp_path, found)
    (full,), (still,) = (drawn(figure(results), n) for n in ("generalised", "not within the run"))
    assert set(full["x"]) == {700}
    assert set(still["x"]) == {3_000}
    assert len(full["x"]) + len(still["x"]) == len(config.seeds) * len(interventions.arms(config))
    assert "decay 0.1, 0 of 1; decay 2, 1 of 1" in figure(results).alt
    for one in (figure(results), switching(results)):
        is_drawn_and_read(one)
    panels = [
        axis["title"]["text"] for key, axis in switching(results).layout.items() if "yaxis" in key
    ]
    assert panels == ["decay 2", "no decay", *(f"decay {switch}" for switch in SWITCHES)]


@pytest.mark.parametrize("least", [0.6, 0.9], ids=["some", "none"])
def test_a_cell_says_how_many_of_its_runs_generalise_and_when(tmp_path, least):
    config = replace(borders.QUICK, seeds=(1, 2))
    found = artifact(borders, config, lambda arm, one: 900 if one.frac_train >= least else None)
    drawn_one = borders_figure.figure(saved(tmp_path, found))
    (cells,) = drawn_one.data
    not_there = "0%<br>0/2"
    there = "900<br>2/2" if least == 0.6 else not_there
    assert list(cells["text"][0]) == [not_there] * 2 + [there] * 3 + ["", ""]
    assert list(cells["text"][3]) == ["", "", there, "", there, "", ""]  # others were not trained
    at = "60%, 80%" if least == 0.6 else "no share"
    assert f"a − b: every run generalises at {at}" in drawn_one.alt
    is_drawn_and_read(drawn_one)


def test_two_sizes_stand_in_one_row_where_both_have_the_arm(tmp_path):
    quick = full_size.QUICK
    larger = replace(quick.tasks.train, model=ModelConfig(p=17, d_model=32, d_mlp=64))
    config = replace(quick, tasks=replace(quick.tasks, train=larger))
    only = {"closed_40": 900, "decay_2": 300}
    results = saved(
        tmp_path,
        artifact(full_size, config, lambda arm, one: only.get(arm)),
        artifact(borders, borders.QUICK, lambda arm, one: 500 if arm == "velocity_60" else None),
        artifact(interventions, interventions.QUICK, lambda arm, one: only.get(arm)),
    )
    shown = full_size_figure.figure(results)
    found = {(each["name"], each["marker"]["symbol"]): each for each in shown.data}
    full, small = found["p = 17", "circle"], found["p = 13", "circle"]
    assert dict(zip(full["text"], full["x"], strict=True)) == {
        "a + b, split closed, 40%": 900,
        "decay 2": 300,
    }
    assert dict(zip(small["text"], small["x"], strict=True)) == {
        "v = v₀ + a t, 60%": 500,
        "decay 2": 300,
    }
    # Only the arms that both sizes have get a row, and each has a point of either size.
    rows = shown.layout["yaxis"]["tickvals"]
    both = borders.runs(borders.QUICK).keys() | interventions.runs(interventions.QUICK).keys()
    assert len(rows) == len(full_size.runs(config).keys() & both)
    for size in ("p = 17", "p = 13"):
        heights = [y for (name, _), one in found.items() if name == size for y in one["y"]]
        assert sorted(np.round(heights).astype(int)) == rows
    assert "decay 2, 1 of 1; decay off after 20, 0 of 1" in shown.alt
    is_drawn_and_read(shown)


def test_each_way_without_decay_is_a_line_in_its_panel(tmp_path):
    config = replace(without_decay.QUICK, seeds=(1, 2))
    groks = lambda arm, one: 700 if arm in {"decay", "perpendicular_float64"} else None  # noqa: E731
    found = artifact(without_decay, config, groks)
    stalled = {
        "epoch": np.array([0, 100]),
        **{name: np.array([0.0, 0.75]) for name in MEASURES},
    }
    table = Table("planted", {k: column(v, "1", k) for k, v in stalled.items()})
    found.series.update({f"stall_{run}": table for run in without_decay.runs(config)})
    for arm in found.summary["arms"].values():
        arm |= {"zero_loss_share_median": 0.75, "below_epsilon_median": 0.75}
    results = saved(tmp_path, found)
    ways, stalls = without_decay_figure.figure(results), stall_figure.figure(results)
    assert "no decay, ⊥Grad, loss in float64: 2 of 2" in ways.alt
    assert "no decay, StableMax, float64, next to no ε: 0 of 2" in ways.alt
    axes = ("y", "y2", "y3", "y4")
    by_panel = [[t["y"][-1] for t in ways.data if t.get("yaxis", "y") == axis] for axis in axes]
    assert by_panel == [[1.0] * 2, [0.0] * 6, [0.0] * 6, [1.0] * 2 + [0.0] * 2]
    assert len(stalls.data) == 2 * len(stall_figure.ARMS) * len(stall_figure.PANELS)
    assert "softmax, float32, 75% and 75%" in stalls.alt
    for one in (ways, stalls):
        is_drawn_and_read(one)
