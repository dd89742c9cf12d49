"""Figures of the sweep over fractions, from planted runs of known outcome."""

import numpy as np
import pytest

from tests.planted_runs import BUDGET, drawn, is_drawn_and_read, notes, saved, step_curves, table
from timeless.figures.regimes import fractions, quartiles, reached, regime, regimes
from timeless.figures.scarcity.scarcity_curves import figure as scarcity_curves
from timeless.figures.scarcity.scarcity_delay import figure as scarcity_delay
from timeless.figures.scarcity.scarcity_losses import figure as scarcity_losses
from timeless.results.artifacts import Artifact, Results

OPEN, LATE, BETWEEN, PROMPT = (100, -1), (100, 1_500), (100, 500), (100, 160)


# --- a sweep with a known transition -----------------------------------------------------


def sweep(found: dict[int, list[tuple[int, int]]]) -> Artifact:
    """Return a sweep of runs (memorisation epoch, grokking epoch) for each fraction in percent."""
    rows, records, curves = [], {}, {}
    for percent, moments in found.items():
        for seed, (memorised, grokked) in enumerate(moments):
            name = f"frac{percent}_seed{seed}"
            one = step_curves(memorised, grokked)
            epochs = int(one["epoch"][-1])
            curves[f"curves_{name}"] = one
            delay = -1 if min(memorised, grokked) < 0 else grokked - memorised
            rows.append((name, percent / 100, seed, percent, epochs, memorised, grokked, delay))
            records[name] = {
                "memorisation_epoch": None if memorised < 0 else memorised,
                "grok_epoch": None if grokked < 0 else grokked,
                "final_test_loss": float(one["test_loss"][-1]),
                "final_sum_sq_weights": float(one["sum_sq_weights"][-1]),
            }
    names = ("name", "frac_train", "seed", "n_train", "epochs")
    names += ("memorisation_epoch", "grok_epoch", "delay")
    columns = dict(zip(names, map(np.array, zip(*rows, strict=True)), strict=True))
    censored = columns["grok_epoch"] < 0
    summary = {"budget": BUDGET, "hold": 2_000, "n_runs": len(rows), "runs": records}
    summary |= {"n_censored": int(censored.sum())}
    runs = table(**columns, censored=censored.astype(int))
    config = {"train": {"model": {"p": 13}}}
    return Artifact("fraction_sweep", config, {}, summary, {"runs": runs, **curves})


ONE_SEED = {10: [OPEN], 30: [LATE], 45: [BETWEEN], 90: [PROMPT]}
SEVERAL = {10: [OPEN] * 3, 20: [LATE, OPEN, LATE], 60: [BETWEEN, PROMPT, PROMPT]}
SWEEPS = {
    "one seed": ONE_SEED,
    "several seeds": SEVERAL,
    "nothing learned": {10: [(-1, -1)], 90: [(-1, -1)]},
    "all at once": {30: [PROMPT], 90: [PROMPT]},
}


@pytest.fixture
def transition(tmp_path) -> Results:
    return saved(tmp_path / "transition", sweep(ONE_SEED))


@pytest.fixture
def seeds(tmp_path) -> Results:
    return saved(tmp_path / "seeds", sweep(SEVERAL))


# --- the rule ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moments", "name"),
    [
        (OPEN, "open"),
        ((-1, -1), "open"),
        ((100, 1_101), "late"),
        ((100, 1_100), "between"),
        ((100, 201), "between"),
        ((100, 200), "prompt"),
        ((100, 90), "prompt"),
        ((-1, 90), "prompt"),
    ],
)
def test_regimes_on_both_sides_of_their_borders(moments, name):
    assert regime(*moments) == name


def test_the_transition_of_a_sweep_is_found(transition):
    runs = transition["fraction_sweep"]["runs"]
    assert regimes(runs).tolist() == ["open", "late", "between", "prompt"]


def test_runs_that_did_not_get_there_come_after_all_others(seeds):
    artifact = seeds["fraction_sweep"]
    assert reached(np.array([5, -1])).tolist() == [5, np.inf]
    medians = [f.median(artifact["runs"], "grok_epoch") for f in fractions(artifact)]
    assert medians == [np.inf, 1_500, 160]


def test_a_run_that_has_ended_counts_with_its_last_value():
    long, short = step_curves(100, 1_500), step_curves(100, 160)
    epochs, (low, middle, high) = quartiles([short, long, short], "test_accuracy")
    assert epochs[-1] == long["epoch"][-1]
    assert middle[epochs < 160].max() == 0
    assert middle[epochs >= 160].min() == 1
    assert high.tolist() == middle.tolist()
    assert low[(epochs >= 160) & (epochs < 1_500)].max() == pytest.approx(0.5)


# --- the figures of the sweep ------------------------------------------------------------


def test_every_fraction_has_a_panel_with_its_curves(transition):
    artifact, figure = transition["fraction_sweep"], scarcity_curves(transition)
    panels = [axis for key, axis in figure.layout.items() if key.startswith("yaxis")]
    assert [axis["title"]["text"] for axis in panels] == [
        "10%: train from 100, test not within 5,000",
        "30%: train from 100, test from 1,500",
        "45%: train from 100, test from 500",
        "90%: train from 100, test from 160",
    ]
    second = [trace for trace in figure.data if trace["yaxis"] == "y2"]
    assert [trace["name"] for trace in second] == ["train", "test"]
    np.testing.assert_array_equal(second[1]["y"], artifact["curves_frac30_seed0"]["test_accuracy"])
    assert [(box["x0"], box["x1"]) for box in figure.layout["shapes"]] == [
        (100, 5_000),
        (100, 1_500),
        (100, 500),
        (100, 160),
    ]
    assert "10%: train from 100, test not within 5,000." in figure.alt


def test_several_seeds_give_a_median_within_a_band(seeds):
    figure = scarcity_curves(seeds)
    second = [t for t in figure.data if t["yaxis"] == "y2" and t["legendgroup"] == "test"]
    low, high, middle = (trace["y"] for trace in second)
    assert second[1]["fill"] == "tonexty"
    assert (low <= middle).all()
    assert (middle <= high).all()
    assert sum(trace.get("showlegend", True) for trace in second) == 1
    assert "(medians of 3 runs)" in figure.alt
    assert "One run for each fraction" not in figure.caption
    assert len(figure.table["epoch"]) == sum(
        len(one["epoch"]) for f in fractions(seeds["fraction_sweep"]) for one in f.curves
    )


def test_delays_are_drawn_and_open_runs_stand_at_the_budget(transition):
    figure = scarcity_delay(transition)
    marks = [trace for trace in drawn(figure, "test accuracy") if trace["mode"] == "markers"]
    assert marks[0]["x"].tolist() == [0.3, 0.45, 0.9]
    assert marks[0]["y"].tolist() == [1_500, 500, 160]
    assert (marks[1]["x"].tolist(), marks[1]["y"].tolist()) == ([0.1], [BUDGET])
    assert "open" in marks[1]["marker"]["symbol"]
    assert "not within 5,000 epochs" in notes(figure)
    assert "never" not in f"{figure.caption} {figure.alt}"
    assert figure.alt.endswith(
        "Open (not within the budget): 10%. Late (more than 10 times as many epochs again as "
        "memorisation took): 30%. Between: 45%. Prompt (at most as many epochs again as "
        "memorisation took): 90%."
    )
    assert figure.table["regime"].tolist() == ["open", "late", "between", "prompt"]


def test_a_sweep_without_open_runs_says_so(tmp_path):
    figure = scarcity_delay(saved(tmp_path, sweep(SWEEPS["all at once"])))
    assert "Every run generalised within the budget of 5,000 epochs." in figure.alt
    assert notes(figure) == ["budget, 5,000 epochs"]


def test_fractions_whose_seeds_differ_are_counted(seeds):
    figure = scarcity_delay(seeds)
    assert "Open (not within the budget): 10%, 20% (1 of 3 runs)." in figure.alt
    assert "60% (2 of 3 runs)." in figure.alt
    line = drawn(figure, "test accuracy")[0]
    assert line["y"] == [None, 1_500, 160]
    assert line["error_y"]["array"].tolist() == [0, BUDGET - 1_500, 340]
    assert line["error_y"]["arrayminus"].tolist() == [0, 0, 0]
    assert "from the earliest run to the latest" in figure.caption


def test_every_run_of_a_share_is_seen(seeds):
    """Two that got there at the same epoch stand side by side, around their share."""
    reached_, open_ = (
        t for t in drawn(scarcity_delay(seeds), "test accuracy") if "markers" in t["mode"]
    )
    assert reached_["customdata"].tolist() == [0.2, 0.2, 0.6, 0.6, 0.6]
    assert open_["customdata"].tolist() == [0.1, 0.1, 0.1, 0.2]
    assert len(set(zip(reached_["x"], reached_["y"], strict=True))) == 5
    assert open_["x"].tolist() == pytest.approx([0.093, 0.1, 0.107, 0.2])


@pytest.mark.parametrize(
    ("table_norm", "rule_norms", "words"),
    [
        (900, (500, 700), "ends at 900, more than the 500 to 700 of what generalised"),
        (400, (500, 500), "ends at 400, less than the 500 of what generalised"),
        (600, (500, 700), "ends at 600, not set apart from the 500 to 700"),
    ],
)
def test_the_price_of_the_table_is_compared_either_way(tmp_path, table_norm, rule_norms, words):
    artifact = sweep({10: [OPEN], 30: [LATE], 90: [PROMPT]})
    for record, norm in zip(
        artifact.summary["runs"].values(), (table_norm, *rule_norms), strict=True
    ):
        record["final_sum_sq_weights"] = norm
    assert words in scarcity_losses(saved(tmp_path, artifact)).alt


def test_losses_have_a_line_for_each_fraction_in_each_panel(transition):
    figure = scarcity_losses(transition)
    lines = drawn(figure, "45%")
    assert [line["yaxis"] for line in lines] == ["y", "y2", "y3"]
    assert len({line["line"]["color"] for line in figure.data}) == 4
    one = transition["fraction_sweep"]["curves_frac45_seed0"]
    np.testing.assert_array_equal(lines[0]["y"], one["test_loss"])


@pytest.mark.parametrize("make", [scarcity_curves, scarcity_delay, scarcity_losses])
@pytest.mark.parametrize("case", SWEEPS)
def test_figures_of_any_sweep_can_be_drawn_and_read(make, case, tmp_path):
    is_drawn_and_read(make(saved(tmp_path, sweep(SWEEPS[case]))))
