"""Figures of the joint run, from planted runs that generalise together, apart, or not at all."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from tests.planted_runs import drawn, is_drawn_and_read, saved, step_curves, table
from timeless.analysis.survival import survival
from timeless.config import as_dict
from timeless.experiments import joint
from timeless.experiments.joint.run import _pair
from timeless.figures.co_grokking.co_grokking_curves import figure as co_grokking_curves
from timeless.figures.co_grokking.co_grokking_overlap import figure as co_grokking_overlap
from timeless.figures.co_grokking.co_grokking_spectra import figure as co_grokking_spectra
from timeless.figures.co_grokking.joint import figure as joint_figure
from timeless.figures.co_grokking.joint_shares import figure as joint_shares
from timeless.results.artifacts import Artifact, Results, Table
from timeless.training.campaign import Run, curves_table
from timeless.training.ensemble import METRICS

TASKS = ("addition", "multiplication")


def spectrum(key: Iterable[int]) -> Table:
    freq = np.arange(1, 7)
    is_key = np.isin(freq, list(key)).astype(int)
    norm = np.where(is_key, 4.0, 0.1)
    power = norm**2
    return table(freq=freq, norm=norm, power_share=power / power.sum(), is_key=is_key)


def pair(
    grokked: tuple[int | None, int | None] = (1_500, 1_700),
    keys: tuple[Iterable[int], Iterable[int]] = ((2, 5), (5, 6)),
    dims: tuple[int, int] = (4, 3),
    dip: bool = False,
) -> tuple[Artifact, ...]:
    """Return a joint run and its controls, which generalise at 1,000 and at 800."""
    joint = [step_curves(100, -1 if epoch is None else epoch) for epoch in grokked]
    n = min(len(one["epoch"]) for one in joint)
    curves = {"epoch": joint[0]["epoch"][:n], "sum_sq_weights": joint[0]["sum_sq_weights"][:n]}
    for task, one in zip(TASKS, joint, strict=True):
        for name in ("train_loss", "train_accuracy", "test_loss", "test_accuracy"):
            curves[f"{name}_{task}"] = one[name][:n]
    if dip:
        curves["train_accuracy_addition"][[20, 21, 140]] = 0.6
    controls = dict(zip(TASKS, (step_curves(100, 1_000), step_curves(100, 800)), strict=True))
    gap = None if None in grokked else grokked[1] - grokked[0]
    mechanism = {
        task: {"key_freqs": sorted(key), "n_key_freqs": len(list(key)), "n_frequencies": 6}
        for task, key in zip(TASKS, keys, strict=True)
    }
    summary = {
        "seed": 0,
        "epochs": int(curves["epoch"][-1]),
        "frac_train": 0.3,
        "gap": gap,
        **{f"grok_epoch_{task}": epoch for task, epoch in zip(TASKS, grokked, strict=True)},
        "controls": {
            "addition": {"grok_epoch": 1_000, "frac_train": 0.3},
            "multiplication": {"grok_epoch": 800, "frac_train": 0.3},
            "gap": -200,
        },
        **mechanism,
        "overlap": {
            "measured": 0.5,
            "random_mean": 0.2,
            "random_max": 0.6,
            "n_random": 4,
            "others_mean": 0.3,
            "others_max": 0.4,
            **{f"dim_{task}": dim for task, dim in zip(TASKS, dims, strict=True)},
        },
    }
    series = {
        "curves": table(**curves),
        **{f"control_{task}": one for task, one in controls.items()},
        **{f"spectrum_{task}": spectrum(key) for task, key in zip(TASKS, keys, strict=True)},
        "overlap_random": table(
            overlap=np.array([0.1, 0.1, 0.1, 0.6]), overlap_others=np.array([0.2, 0.3, 0.3, 0.4])
        ),
    }
    config = {"train": {"model": {"p": 13, "d_model": 16}}}
    singles = [Artifact(task, {}, {}, {}, {"curves": one}) for task, one in controls.items()]
    return (Artifact("co_grokking", config, {}, summary, series), *singles)


PAIRS = {
    "together": {},
    "one alone": {"grokked": (None, 1_700)},
    "neither": {"grokked": (None, None), "keys": (range(1, 7), range(1, 7)), "dims": (16, 16)},
    "with dips": {"dip": True},
    "at once": {"grokked": (1_500, 1_500)},
}


def of_pair(folder: Path, **changes) -> Results:
    return saved(folder, *pair(**changes))


@pytest.mark.parametrize(
    ("grokked", "words"),
    [
        ((1_500, 1_700), "from epoch 1,700, 200 epochs apart, multiplication later. Alone"),
        ((1_700, 1_500), "from epoch 1,500, 200 epochs apart, addition later. Alone"),
        ((1_500, 1_500), "from epoch 1,500, at the same logged epoch. Alone"),
        ((None, 1_700), "addition not within the run, multiplication from epoch 1,700; it was"),
        ((None, None), "multiplication not within the run; it was trained for 5,000 epochs"),
    ],
)
def test_the_gap_is_told_whatever_it_is(tmp_path, grokked, words):
    figure = co_grokking_curves(of_pair(tmp_path, grokked=grokked))
    assert words in figure.alt
    assert "multiplication from epoch 800, 200 epochs apart, addition later." in figure.alt
    marked = {shape["x0"] for shape in figure.layout.get("shapes", []) if shape["type"] == "line"}
    assert marked == set(grokked) - {None}
    gaps = [shape for shape in figure.layout.get("shapes", []) if shape.get("name") == "gap"]
    assert len(gaps) == (None not in grokked)


def test_joint_curves_are_solid_and_controls_dotted(tmp_path):
    results = of_pair(tmp_path)
    figure = co_grokking_curves(results)
    first = drawn(figure, "multiplication")[0]
    np.testing.assert_array_equal(
        first["y"], results["co_grokking"]["curves"]["test_accuracy_multiplication"]
    )
    assert "dash" not in first["line"]
    assert {line["line"]["dash"] for line in drawn(figure, "addition alone")} == {"dot"}
    assert len(drawn(figure, "addition alone")) == 5  # the norm too


def test_pairs_that_were_lost_again_are_counted(tmp_path):
    steady = co_grokking_curves(of_pair(tmp_path / "steady"))
    dips = co_grokking_curves(of_pair(tmp_path / "dips", dip=True))
    assert "neither falls below it" in steady.alt
    assert "fall below it again in 2 separate stretches, down to 60.0%" in dips.alt


def test_shared_numbers_are_told_apart_from_key_frequencies(tmp_path):
    figure = co_grokking_spectra(of_pair(tmp_path))
    bars = {(t["name"], t["yaxis"]): t["x"].tolist() for t in figure.data}
    assert bars["key", "y"] == [2]
    assert bars["key", "y2"] == [6]
    assert bars["key, the number in both tasks", "y"] == [5]
    assert "For addition it names 2 of 6: 2 and 5." in figure.alt
    assert figure.alt.endswith("Numbers in both lists: 5.")
    apart = co_grokking_spectra(of_pair(tmp_path / "apart", keys=((2,), (6,))))
    assert apart.alt.endswith("Numbers in both lists: none.")


def test_a_flat_spectrum_has_no_frequency_that_stands_out(tmp_path):
    figure = co_grokking_spectra(of_pair(tmp_path, **PAIRS["neither"]))
    assert "For addition it names all 6: no frequency stands out." in figure.alt


def test_the_overlap_stands_among_the_random_ones(tmp_path):
    figure = co_grokking_overlap(of_pair(tmp_path))
    assert [shape["x0"] for shape in figure.layout.get("shapes", [])] == [0.5]
    assert [int(trace["y"].sum()) for trace in figure.data] == [4, 4]
    assert "larger are 1 of the draws of random directions and 0 of those" in figure.alt


def test_an_overlap_with_the_whole_stream_says_nothing(tmp_path):
    figure = co_grokking_overlap(of_pair(tmp_path, dims=(16, 3)))
    assert "says nothing" in figure.alt


@pytest.mark.parametrize("make", [co_grokking_curves, co_grokking_spectra, co_grokking_overlap])
@pytest.mark.parametrize("case", PAIRS)
def test_figures_of_any_pair_can_be_drawn_and_read(make, case, tmp_path):
    is_drawn_and_read(make(of_pair(tmp_path, **PAIRS[case])))


# --- where both are learned --------------------------------------------------------------


def test_each_seed_has_its_tasks_together_and_alone_and_the_gap_between(tmp_path):
    def planted(name, config):
        epoch = np.arange(0, 41, 10)
        at = {"joint_seed1": [20, 30], "addition_seed1": [10], "multiplication_seed2": [40]}
        at["own_seed2"] = [40, 10]
        came = [
            (epoch >= at.get(name, [99] * 2)[op]).astype(float)
            for op in range(len(config.operations))
        ]
        curves = {metric: np.stack(came, axis=1) for metric in METRICS}
        return Run(config, curves | {"epoch": epoch, "sum_sq_weights": epoch}, {}, 1.0, {})

    finished = {name: planted(name, config) for name, config in joint.runs(joint.QUICK).items()}
    pairs = {f"seed{n}": _pair(finished, n) for n in (1, 2)}
    tables = {f"curves_{name}": curves_table(one) for name, one in finished.items()}
    summary = {"pairs": pairs, "frac_train": 0.8, "hold": 20}
    artifact = Artifact("joint", as_dict(joint.QUICK), {}, summary, tables)
    shown = joint_figure(saved(tmp_path, artifact))
    assert len(shown.data) == 2 * 6
    shaded = {(gap["x0"], gap["x1"]) for gap in shown.layout["shapes"]}
    assert shaded == {(20, 30), (10, 40)}
    first = {trace["name"]: list(trace["y"]) for trace in shown.data[:6]}
    assert first["multiplication"] == [0, 0, 0, 1, 1]
    assert first["addition alone"] == [0, 1, 1, 1, 1]
    assert "Seed 1: addition and multiplication at 20 and 30 together, at not within " in shown.alt
    own = "both tasks, tokens of their own"
    assert set(shown.table["network"]) == {"both tasks", own, "one task"}
    is_drawn_and_read(shown)


# --- from which share on -----------------------------------------------------------------


def planted_arms(experiment: str, reached: dict[str, dict[int, tuple[float, int | None]]]):
    """Return an artifact whose runs have 99% of the worse task's test pairs at given epochs."""
    epoch, tables, rows = np.arange(0, 301, 10), {}, []
    for arm, of_seed in reached.items():
        for seed, (share, at) in of_seed.items():
            run = f"{arm}_seed{seed}"
            right = np.where(epoch >= (999 if at is None else at), 1.0, 0.2)
            both = {"test_accuracy_addition": np.ones_like(right), "test_accuracy_b": right}
            tables[f"curves_{run}"] = table(epoch=epoch, **both)
            rows += [(run, arm, share, seed)] * 2  # one for each task
    names = ("run", "arm", "frac_train", "seed")
    columns = {
        name: np.array(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)
    }
    arms = {
        arm: {
            "frac_train": next(iter(of_seed.values()))[0],
            "reached_epoch": survival(
                [at for _, at in of_seed.values()], [300] * len(of_seed)
            ).as_summary(),
        }
        for arm, of_seed in reached.items()
    }
    return Artifact(experiment, {}, {}, {"arms": arms}, {"runs": table(**columns), **tables})


def test_runs_stand_at_their_share_and_open_where_they_did_not_get_there(tmp_path):
    full = planted_arms(
        "full_size",
        {
            "joint_40": {1: (0.4, None), 2: (0.4, 250)},
            "joint_80": {1: (0.8, 100), 2: (0.8, 120)},
            "joint_one_head_80": {1: (0.8, None)},
            "velocity_60": {1: (0.6, 10)},
        },
    )
    sixty = {"joint": {1: (0.6, 150)}, "own": {1: (0.6, 70)}, "addition": {1: (0.6, 50)}}
    shown = joint_shares(saved(tmp_path, full, planted_arms("joint", sixty)))
    assert set(shown.table["kind"]) == {"joint", "joint_one_head", "addition"}
    line, points = drawn(shown, "both tasks")
    assert list(line["y"]) == [250, 150, 100]  # of two runs the first is half of them
    assert np.round(line["x"] - line["x"][0], 6).tolist() == [0, 0.2, 0.4]
    assert sorted(points["y"]) == [100, 120, 150, 250, 300]
    assert points["marker"]["symbol"].count("circle-open") == 1
    assert "not within 300 epochs" in points["text"]
    assert list(drawn(shown, "both, one head")[0]["y"]) == [None]
    assert "Both tasks, from 40%: not reached, 250; from 60%: 150; from 80%: 100, 120." in shown.alt
    is_drawn_and_read(shown)
