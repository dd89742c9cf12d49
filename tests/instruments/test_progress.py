"""The data of the instrument that puts all progress measures under one epoch."""

import numpy as np
import pytest

from tests.sites import ROOT
from timeless.analysis.fourier import spectrum
from timeless.instruments import Widget
from timeless.instruments.networks import published_run
from timeless.instruments.progress import CURVES, thinned_rows, widget
from timeless.results.artifacts import Results, Table, column
from timeless.results.encoding import receive_script
from timeless.results.weights import load_weights, published_file

RESULTS = Results(ROOT / "artifacts")


@pytest.fixture(scope="module")
def made() -> Widget:
    return widget(RESULTS)


def planted(**columns) -> Table:
    return Table("planted", {name: column(values, "1", name) for name, values in columns.items()})


# --- thinning ----------------------------------------------------------------------------


def test_thinning_keeps_every_peak_and_the_ends() -> None:
    epoch = np.arange(0, 40_001, 10)
    flat = np.linspace(1.0, 2.0, len(epoch))
    spiky = flat.copy()
    spikes, dips = [3, 700, 2_918, 3_999], [1_500, 3_100]
    spiky[spikes], spiky[dips] = 50.0, -50.0
    rows = thinned_rows(planted(epoch=epoch, flat=flat, spiky=spiky), ("flat", "spiky"))
    assert {0, len(epoch) - 1, *spikes, *dips} <= set(rows.tolist())
    assert len(rows) < len(epoch) / 3
    assert np.all(np.diff(rows) > 0)


def test_few_rows_stay_as_they_are() -> None:
    epoch = np.array([0, 10, 1_000])
    assert thinned_rows(planted(epoch=epoch, y=np.zeros(3)), ("y",)).tolist() == [0, 1, 2]


def test_no_extreme_of_the_run_is_lost(made: Widget) -> None:
    logged, kept = RESULTS["addition"]["curves"], made.data["curves"]
    late_kept = kept["epoch"] > RESULTS["addition"].summary["grok_epoch"]
    late = logged["epoch"] >= kept["epoch"][late_kept].min()
    for name in CURVES:
        assert kept[name].min() == logged[name].min()
        assert kept[name].max() == logged[name].max()
        assert kept[name][late_kept].min() == logged[name][late].min()
        assert kept[name][late_kept].max() == logged[name][late].max()


# --- what is shown -----------------------------------------------------------------------


def test_the_measures_are_those_of_the_artifact_at_every_checkpoint(made: Widget) -> None:
    addition = RESULTS["addition"]
    measures, epochs = made.data["measures"], made.data["epochs"]
    assert epochs == addition["progress"]["epoch"].tolist()
    for table, source in (("last", "progress"), ("confirmed", "progress_confirmed")):
        for name, values in measures[table].items():
            assert np.array_equal(values, addition[source][name])
    assert np.allclose(measures["test_loss"], addition["progress"]["loss_test"], rtol=1e-4)
    assert len(measures["train_accuracy"]) == len(epochs)


def test_every_published_checkpoint_is_a_measured_one(made: Widget) -> None:
    published = RESULTS["addition"].summary["published_epochs"]
    assert {*published, made.data["start"]} <= set(made.data["epochs"])
    assert made.data["start"] in published


def test_frequencies_of_both_sets_are_there_the_strongest_first(made: Widget) -> None:
    summary, norms = RESULTS["addition"].summary, RESULTS["addition"]["final_spectrum"]["norm"]
    directions, freqs = made.data["directions"], made.data["freqs"]
    assert directions["last"]["freqs"] == summary["key_freqs"]
    assert directions["confirmed"]["freqs"] == summary["confirmed_freqs"]
    assert {*summary["key_freqs"], *summary["confirmed_freqs"]} == set(freqs)
    assert freqs[0] == 1 + norms.argmax()


def test_the_scales_hold_every_published_checkpoint(made: Widget) -> None:
    addition, data = RESULTS["addition"], made.data
    p = addition.config["train"]["model"]["p"]
    for epoch in addition.summary["published_epochs"]:
        weights, _ = load_weights(
            published_file(RESULTS.directory, "addition", published_run(RESULTS["addition"]), epoch)
        )
        W_E = weights["W_E"][:p].astype(np.float64)
        assert spectrum(W_E).max() <= data["high"] * (1 + 1e-9)
        for plane, reach in zip(data["planes"], data["reach"], strict=True):
            assert np.allclose(plane.T @ plane, np.eye(2))
            assert np.abs((W_E - W_E.mean(0)) @ plane).max() <= reach * (1 + 1e-9)


def test_the_phases_are_those_of_the_summary(made: Widget) -> None:
    summary, phases = RESULTS["addition"].summary, made.data["phases"]
    boundaries = [summary[key] for key in ("circuit_starts", "cleanup_starts", "cleanup_ends")]
    assert [phase["start"] for phase in phases] == [0, *boundaries]


def test_it_can_be_published_and_is_small(made: Widget) -> None:
    made.check("progress")
    assert made.networks == ("addition",)
    assert len(receive_script("widget-progress", made.data)) < 100_000
