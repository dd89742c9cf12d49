"""The figures of multiplication: both orders are drawn as measured, and the words say which."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from tests.drawing import (
    CATALOGUE,
    check_colours,
    check_drawn_and_read,
    check_room_for_titles,
    figures_of,
)
from timeless import experiments
from timeless.analysis.groups import places
from timeless.experiments import multiplication
from timeless.figures import switched
from timeless.figures.multiplication.multiplication_ablation import VIEWS
from timeless.figures.multiplication.multiplication_spectrum import ORDERS
from timeless.results.artifacts import Artifact, Results, Table, column, save_artifact
from timeless.running.workspace import Workspace

QUICK = multiplication.QUICK
NAMES = sorted({*figures_of("multiplication")} - {*figures_of()})
NEVER = dict.fromkeys(
    (
        *("memorisation_epoch", "grok_epoch", "delay"),
        *("circuit_starts", "cleanup_starts", "cleanup_ends"),
    )
)
GROKKED = {
    "memorisation_epoch": 100,
    "grok_epoch": 300,
    "delay": 200,
    "circuit_starts": 100,
    "cleanup_starts": 200,
    "cleanup_ends": 300,
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Artifact:
    root = tmp_path_factory.mktemp("multiplication")
    config = replace(QUICK, train=replace(QUICK.train, epochs=400))
    return experiments.runner("multiplication")(
        config, Workspace(root / "artifacts", root / "runs", "cpu")
    )


def table(**columns) -> Table:
    return Table("planted", {name: column(values, "1", name) for name, values in columns.items()})


def planted(trained: Artifact) -> Artifact:
    """Return a run that grokked, sparse over the logarithms, and even over the numbers."""
    freq, epochs = np.arange(1, 7), trained["orders"]["epoch"]
    sparse, even = np.array([0.1, 3.0, 0.1, 0.2, 4.0, 2.0]), np.array([2.0, 2.1, 2, 2, 2, 2])
    series = {
        **trained.series,
        "spectrum_log": table(
            freq=freq,
            norm=sparse,
            power_share=sparse**2 / (sparse**2).sum(),
            is_key=(sparse > 1).astype(int),
            neurons=np.array([0, 9, 0, 0, 20, 4]),
        ),
        "spectrum_additive": table(
            freq=freq, norm=even, power_share=even**2 / (even**2).sum(), is_key=np.ones(6, int)
        ),
        "embedding_spectrum": table(
            epoch=epochs, norm=np.array([np.roll(sparse, epoch >= 300) for epoch in epochs])
        ),
    }
    keys = {"key_freqs": [2, 5, 6], "n_key_freqs": 3, "key_freqs_additive": freq.tolist()}
    confirmed = {"confirmed_freqs": [2, 5], "n_confirmed_freqs": 2, "confirmed_epoch": 300}
    summary = {**trained.summary, **GROKKED, **keys, **confirmed, "n_key_freqs_additive": 6}
    return replace(trained, summary=summary, series=series)


def results_of(artifact: Artifact, folder) -> Results:
    save_artifact(artifact, folder)
    return Results(folder)


@pytest.fixture(scope="module", params=["as trained", "memorised", "grokked"])
def run(request, trained, tmp_path_factory) -> Results:
    artifact = {
        "as trained": lambda: trained,
        "memorised": lambda: replace(trained, summary={**trained.summary, **NEVER}),
        "grokked": lambda: planted(trained),
    }[request.param]()
    return results_of(artifact, tmp_path_factory.mktemp("run"))


@pytest.fixture
def grokked(trained, tmp_path) -> Results:
    return results_of(planted(trained), tmp_path)


def make(name: str, results: Results):
    return CATALOGUE.make(f"multiplication-{name}", results)


# --- every figure ------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_can_be_drawn_and_read(name, run):
    figure = CATALOGUE.make(name, run)
    check_drawn_and_read(figure, name)
    check_colours(figure)
    check_room_for_titles(figure)


def test_all_figures_of_the_page_are_here():
    shown = {"curves", "spectrum", "orders", "over-training", "ablation", "progress"}
    assert {*NAMES} >= {f"multiplication-{name}" for name in shown}


def test_the_share_held_is_drawn_for_every_kind_of_order(tmp_path):
    held = {"k": [1, 2, 3], "own": [0.8, 0.9, 1.0], "random_median": [0.4, 0.7, 1.0]}
    held |= {"random_max": [0.5, 0.8, 1.0], "shifted_max": [0.4, 0.7, 1.0]}
    held |= {"shifted_median": [0.34, 0.67, 1.0], "numbers_max": [0.34, 0.67, 1.0]}
    summary = {"n_random": 9, "runs": {"multiplication": {"n_key_freqs": 2}}}
    summary |= {"held_by_key_number": {name: values[1] for name, values in held.items()}}
    artifact = Artifact("orders", {}, {}, summary, {"held": table(**held)})
    figure = CATALOGUE.make("multiplication-held", results_of(artifact, tmp_path))
    check_drawn_and_read(figure, "multiplication-held")
    check_colours(figure)
    check_room_for_titles(figure)
    lines = {trace["name"]: trace["y"].tolist() for trace in figure.data if trace.get("name")}
    assert lines["logarithms"] == held["own"]
    assert lines["the strongest random order"] == held["random_max"]
    assert "hold 90.0% of the energy" in figure.alt


# --- views -------------------------------------------------------------------------------


def test_every_trace_names_its_view_and_the_first_view_is_laid_out():
    one, two = {"xaxis": {"title": {"text": "one"}}}, {"xaxis": {"title": {"text": "two"}}}
    line = go.Scatter(x=[1])
    plot = switched("Order", {"a": go.Figure(line, one), "b": go.Figure([line, line], two)})
    assert [trace.meta["view"] for trace in plot.data] == ["a", "b", "b"]
    assert plot.layout.xaxis.title.text == "one"
    assert plot.layout.meta["viewSwitch"] == {"label": "Order", "views": {"a": one, "b": two}}


def in_view(figure, view: str) -> list[dict]:
    return [trace for trace in figure.data if trace["meta"]["view"] == view]


def test_the_spectrum_has_the_norms_of_either_order(grokked):
    figure = make("spectrum", grokked)
    views = figure.layout["meta"]["viewSwitch"]["views"]
    for order, name in ORDERS.items():
        found = grokked["multiplication"][name]
        bars = in_view(figure, order)
        drawn = dict(zip(*(np.concatenate([b[axis] for b in bars]) for axis in "xy"), strict=True))
        assert drawn == dict(zip(found["freq"], found["norm"], strict=True))
        assert views[order]["shapes"][0]["y0"] == pytest.approx(found["norm"].max() / 4)
    log, additive = views.values()
    assert log["yaxis"] == additive["yaxis"]
    assert [note["text"] for note in log["annotations"]] == ["2", "5", "6"]


def test_the_spectrum_says_what_is_above_the_rule_in_either_order(grokked):
    figure = make("spectrum", grokked)
    assert "3 of 6 frequencies are above the rule (2, 5 and 6)" in figure.alt
    assert "Over the numbers themselves 6 are above it" in figure.alt
    assert figure.data[0]["customdata"][0].endswith(", 9 neurons")
    assert "neurons" not in figure.data[-1]["customdata"][0]


def test_a_wave_that_shares_a_divisor_with_n_has_fewer_places(grokked):
    assert [places(k, 130) for k in (1, 37, 56, 39, 10, 52, 65)] == [130, 130, 65, 10, 13, 5, 2]
    caption = make("spectrum", grokked).caption
    assert 'value="6, 12, 2"' in caption  # of 12 numbers, at frequencies 2, 5 and 6
    assert ">1</data> of these" in caption
    assert ">3</data> of all" in caption


def test_the_ablation_has_a_view_for_either_order(trained, tmp_path):
    results = results_of(trained, tmp_path)
    figure, views = make("ablation", results), make("ablation", results).layout["meta"]
    for order, name in VIEWS.items():
        found = results["multiplication"][name]
        first = in_view(figure, order)[0]
        np.testing.assert_array_equal(
            first["x"], found["accuracy_all"][found["kind"] == "without key"]
        )
        labels = views["viewSwitch"]["views"][order]["annotations"]
        assert labels[0]["text"].startswith("nothing taken out")
    assert len(figure.table["order"]) == 2 * len(results["multiplication"]["ablation"]["kind"])


def test_frequencies_that_the_rule_does_not_name_are_called_the_largest(trained, tmp_path):
    unnamed = replace(trained, summary=trained.summary | {"key_freqs_additive": []})
    alt = make("ablation", results_of(unnamed, tmp_path)).alt
    log, additive = alt.split("Over the number itself")
    assert "Without the key frequencies" in log
    assert "Without the largest frequencies" in additive


def test_the_orders_are_drawn_in_two_panels(grokked):
    figure, orders = make("orders", grokked), grokked["multiplication"]["orders"]
    drawn = {(trace["legendgroup"], trace["yaxis"]): trace["y"] for trace in figure.data}
    np.testing.assert_array_equal(drawn["log", "y"], orders["gini_log"])
    np.testing.assert_array_equal(drawn["additive", "y2"], orders["entropy_additive"])


def test_the_largest_frequency_is_told_at_memorisation_and_at_the_end(grokked, trained, tmp_path):
    assert "At epoch 100, when" in make("over-training", grokked).alt
    assert "the largest is frequency 5, with" in make("over-training", grokked).alt
    assert make("over-training", grokked).alt.endswith("At the end it is 6.")
    never = replace(planted(trained), summary={**planted(trained).summary, **NEVER})
    alt = make("over-training", results_of(never, tmp_path / "never")).alt
    assert alt.endswith("The largest at the end is 6.")


def test_the_progress_shows_the_confirmed_set_only_where_it_differs(trained, grokked, tmp_path):
    assert [trace["line"].get("dash") for trace in make("progress", grokked).data].count("dot") == 2
    assert "that the rule names at epoch" in make("progress", grokked).caption
    keys = trained.summary["key_freqs"]
    same = replace(trained, summary={**trained.summary, "confirmed_freqs": keys})
    figure = make("progress", results_of(same, tmp_path / "same"))
    assert len(figure.data) == 4
    assert "the rule names the same frequencies" in figure.caption


def test_the_curves_say_when_training_ended(grokked):
    alt = make("curves", grokked).alt
    assert "Training ended at epoch 400 of at most 400" in alt
