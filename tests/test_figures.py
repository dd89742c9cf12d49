"""Every figure can be drawn and read, from a run that grokked and from one that did not."""

import json
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.planted import wave
from timeless.artifacts import Artifact, Results, Table, column, save_artifact
from timeless.config import ModelConfig, TrainConfig
from timeless.encoding import csv_table, encode, receive_script
from timeless.experiments import addition
from timeless.figures.curves import figure as curves
from timeless.figures.excluded_by_frequency import figure as excluded_by_frequency
from timeless.figures.logit_spectrum import figure as logit_spectrum
from timeless.figures.neuron_clusters import figure as neuron_clusters
from timeless.figures.progress_measures import figure as progress_measures
from timeless.figures.spectrum_over_training import edges
from timeless.figures.spectrum_over_training import figure as spectrum_over_training
from timeless.figures.two_rules import figure as two_rules
from timeless.figures.typical_neurons import NONE, corner, in_order
from timeless.figures.typical_neurons import figure as typical_neurons
from timeless.figures.weights_by_tensor import TENSORS
from timeless.site import Catalogue

P = 13
CONFIG = addition.Config(
    train=TrainConfig(
        model=ModelConfig(p=P, d_model=16, n_heads=2, d_mlp=24),
        epochs=300,
        log_every=10,
        checkpoint_every=50,
        lr=5e-3,
    ),
    seeds=(4,),
    n_published=3,
)
NEVER = dict.fromkeys(
    ("memorisation_epoch", "grok_epoch", "delay", "circuit_starts", "cleanup_starts"), None
) | {"cleanup_ends": None}
GROKKED = {
    "memorisation_epoch": 60,
    "grok_epoch": 250,
    "delay": 190,
    "circuit_starts": 100,
    "cleanup_starts": 200,
    "cleanup_ends": 250,
}
RULES = {
    "key_freqs": [2, 5],
    "n_key_freqs": 2,
    "key_freqs_by_neurons": [5, 6],
    "key_freqs_only_by_spectrum": [2],
    "key_freqs_only_by_neurons": [6],
    "watched_freqs": [2, 5],
}
CATALOGUE = Catalogue("figure", "timeless.figures")
COLOUR = re.compile(
    r"(ink|muted|paper|accent|grid|train|test|series-[1-8])(/(0?\.\d+|0|1))?|timeless-sequential"
)


# --- three runs --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Artifact:
    root = tmp_path_factory.mktemp("figures")
    return addition.run(CONFIG, artifacts=root / "artifacts", runs=root / "runs", device="cpu")


def table(**columns) -> Table:
    return Table("planted", {name: column(values, "1", name) for name, values in columns.items()})


def planted(trained: Artifact) -> Artifact:
    """Return a run that grokked, with two key frequencies, where each rule names one alone."""
    epochs = trained["progress"]["epoch"]
    a, b = np.meshgrid(np.arange(P), np.arange(P), indexing="ij")
    neurons = [np.maximum(wave(P, k, a) + wave(P, k, b), 0) for k in (5, 6)]
    series = {
        **trained.series,
        "final_spectrum": table(
            freq=np.arange(1, 7),
            norm=np.array([0.1, 2.0, 0.1, 0.1, 4.0, 0.9]),
            power_share=np.array([0.01, 0.19, 0.01, 0.01, 0.74, 0.04]),
            is_key=np.array([0, 1, 0, 0, 1, 0]),
            neurons=np.array([0, 0, 0, 0, 7, 3]),
        ),
        "typical_neurons": table(
            neuron=np.array([3, 9]), freq=np.array([5, 6]), activation=np.array(neurons)
        ),
        "excluded_by_frequency": table(
            epoch=epochs, excluded_loss_train=np.outer(epochs + 1, [0.5, 0.01])
        ),
    }
    return replace(trained, summary={**trained.summary, **GROKKED, **RULES}, series=series)


@pytest.fixture(scope="module", params=["as trained", "memorised", "grokked"])
def run(request, trained, tmp_path_factory) -> Results:
    artifact = {
        "as trained": lambda: trained,
        "memorised": lambda: replace(trained, summary={**trained.summary, **NEVER}),
        "grokked": lambda: planted(trained),
    }[request.param]()
    return results_of(artifact, tmp_path_factory.mktemp("run"))


def results_of(artifact: Artifact, folder) -> Results:
    save_artifact(artifact, folder)
    return Results(folder)


@pytest.fixture
def grokked(trained, tmp_path_factory) -> Results:
    return results_of(planted(trained), tmp_path_factory.mktemp("grokked"))


@pytest.fixture
def memorised(trained, tmp_path_factory) -> Results:
    never = replace(trained, summary={**trained.summary, **NEVER})
    return results_of(never, tmp_path_factory.mktemp("memorised"))


# --- every figure ------------------------------------------------------------------------


def leaves(value, key=""):
    """Yield every (key, string) of a figure, at any depth."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, name)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item, key)
    elif isinstance(value, str):
        yield key, value


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_a_figure_can_be_drawn_and_read(name, run):
    figure = CATALOGUE.make(name, run)
    figure.check(name)
    script = receive_script(name, {"data": figure.data, "layout": figure.layout})
    assert json.loads(script[script.index("{") : script.rindex("}") + 1])["data"]
    assert len(csv_table(figure.table).splitlines()) == 1 + len(next(iter(figure.table.values())))
    words = f"{figure.caption} {figure.alt}"
    assert not re.search(r"\bnan\b|\bNone\b|\binf\b|  ", words)
    assert not re.search(r"<\w|&\w+;", figure.alt)


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_colours_are_names_that_the_theme_knows(name, run):
    figure = CATALOGUE.make(name, run)
    drawn = list(leaves([figure.data, figure.layout]))
    named = [text for key, text in drawn if key.lower().endswith(("color", "colorscale"))]
    assert [colour for colour in named if not COLOUR.fullmatch(colour)] == []


@pytest.mark.parametrize("name", sorted({*CATALOGUE.names()} - {"typical-neurons"}))
def test_stacked_panels_leave_room_for_their_titles(name, run):
    figure = CATALOGUE.make(name, run)
    domains = [axis.get("domain", [0, 1]) for key, axis in figure.layout.items() if "yaxis" in key]
    assert all(0 <= bottom < top <= 1 for bottom, top in domains)
    gaps = [above[0] - below[1] for above, below in pairwise(domains)]
    assert all(gap * figure.height > 40 for gap in gaps)


# --- what figures draw -------------------------------------------------------------------


def drawn(figure, name: str) -> dict:
    return next(trace for trace in figure.data if trace["name"] == name)


def test_curves_are_those_of_the_artifact(grokked):
    artifact, figure = grokked["addition"], curves(grokked)
    assert [trace["name"] for trace in figure.data] == ["train", "test", "train", "test"]
    np.testing.assert_array_equal(figure.data[3]["y"], artifact["curves"]["test_accuracy"])
    np.testing.assert_array_equal(figure.data[0]["x"], artifact["curves"]["epoch"])
    chance = [shape["y0"] for shape in figure.layout["shapes"] if shape["yref"] == "y"]
    assert chance == [pytest.approx(np.log(P), abs=1e-9)]


def marked_epochs(figure) -> set[int]:
    return {shape["x0"] for shape in figure.layout["shapes"] if shape.get("xref") == "x"}


def test_curves_mark_memorisation_and_grokking(grokked, memorised):
    assert marked_epochs(curves(grokked)) == {60, 250}
    assert marked_epochs(curves(memorised)) == set()
    assert "does not grok" in curves(memorised).caption
    assert "does not grok" not in curves(grokked).caption


@pytest.mark.parametrize("name", ["progress-measures", "norm-and-sparsity", "weights-by-tensor"])
def test_bands_are_the_phases_of_the_summary(name, grokked):
    figure = CATALOGUE.make(name, grokked)
    boxes = [shape for shape in figure.layout["shapes"] if shape["type"] == "rect"]
    assert {(box["name"], box["x0"], box["x1"]) for box in boxes} == {
        ("memorisation", 10, 100),  # 0 has no place on a logarithmic axis
        ("circuit formation", 100, 200),
        ("clean-up", 200, 250),
        ("grokked", 250, 300),
    }


@pytest.mark.parametrize("name", ["progress-measures", "norm-and-sparsity", "weights-by-tensor"])
def test_a_run_that_does_not_grok_has_one_phase(name, memorised):
    figure = CATALOGUE.make(name, memorised)
    boxes = [shape for shape in figure.layout["shapes"] if shape["type"] == "rect"]
    assert {(box["name"], box["x0"], box["x1"]) for box in boxes} == {("memorisation", 10, 300)}
    notes = [note["text"] for note in figure.layout["annotations"]]
    assert "memorisation: no grokking within 300 epochs" in notes
    assert "does not grok" in figure.alt


def test_progress_measures_are_those_of_the_splits_they_name(grokked):
    progress, figure = grokked["addition"]["progress"], progress_measures(grokked)
    restricted = drawn(figure, "restricted loss, all pairs")
    excluded = drawn(figure, "excluded loss, train")
    np.testing.assert_array_equal(restricted["y"], progress["restricted_loss_all"])
    np.testing.assert_array_equal(excluded["y"], progress["excluded_loss_train"])
    epoch = grokked["addition"].summary["confirmed_epoch"]
    confirmed = drawn(figure, f"restricted, set of epoch {epoch:,}")
    by_confirmed = grokked["addition"]["progress_confirmed"]["restricted_loss_all"]
    np.testing.assert_array_equal(confirmed["y"], by_confirmed)


def test_the_tensors_drawn_are_all_there_are(trained):
    assert set(TENSORS) == set(trained.summary["parameters"])


def test_columns_of_the_spectrum_hold_shares_and_meet_at_midpoints(grokked):
    heat = spectrum_over_training(grokked).data[0]
    np.testing.assert_allclose(heat["z"].sum(0), 1)
    assert len(heat["x"]) == heat["z"].shape[1] + 1
    np.testing.assert_array_equal(edges(np.array([0, 10, 30])), [2.5, 5, 20, 30])


def test_two_rules_says_where_they_differ(grokked, trained, tmp_path_factory):
    figure = two_rules(grokked)
    bars = {trace["name"]: trace["x"].tolist() for trace in figure.data}
    assert bars == {
        "both rules": [5],
        "spectrum only": [2],
        "neurons only": [6],
        "neither": [1, 3, 4],
    }
    assert "Both rules name 5. Only the spectrum names 2:" in figure.alt
    assert figure.alt.endswith("Only the neurons name 6.")
    agreed = planted(trained)
    agreed.summary.update(key_freqs_only_by_spectrum=None, key_freqs_only_by_neurons=None)
    alt = two_rules(results_of(agreed, tmp_path_factory.mktemp("agreed"))).alt
    assert alt.endswith("They do not differ.")


def test_excluded_losses_are_named_at_their_ends(grokked):
    figure = excluded_by_frequency(grokked)
    losses = grokked["addition"]["excluded_by_frequency"]["excluded_loss_train"]
    np.testing.assert_array_equal(drawn(figure, "k = 5")["y"], losses[:, 1])
    ends = {note["text"]: note["y"] for note in figure.layout["annotations"]}
    assert (ends["2"], ends["5"]) == (losses[-1, 0], losses[-1, 1])
    assert figure.layout["yaxis"]["range"][1] > losses.max()


def test_the_logit_spectrum_has_a_over_x_and_the_colours_of_powers_of_ten(trained, tmp_path):
    norm = np.ones((7, 7))
    norm[2, 5] = 1000
    spectra = table(freq_a=np.arange(7), norm=norm)
    artifact = replace(trained, series={**trained.series, "logit_spectrum_2d": spectra})
    heat = logit_spectrum(results_of(artifact, tmp_path)).data[0]
    assert heat["z"][5, 2] == pytest.approx(3)  # rows are drawn upwards, over b
    assert heat["customdata"][5, 2] == 1000
    assert heat["colorbar"]["ticktext"] == ["1", "10", "100", "1,000"]


def test_a_neuron_of_one_frequency_is_one_wave_in_its_own_order():
    a, b = np.meshgrid(np.arange(P), np.arange(P), indexing="ij")
    np.testing.assert_allclose(
        in_order(wave(P, 5, a) * wave(P, 5, b - 2), 5, P),
        wave(P, 1, a) * wave(P, 1, b - 10),
        atol=1e-12,
    )


def test_typical_neurons_are_drawn_in_percent_with_a_over_x(grokked):
    neurons, figure = grokked["addition"]["typical_neurons"], typical_neurons(grokked)
    first = np.rint(100 * neurons["activation"][0] / neurons["activation"][0].max())
    assert len(figure.data) == 4
    np.testing.assert_array_equal(figure.data[0]["z"], first[: corner(P), : corner(P)].T)
    np.testing.assert_array_equal(figure.data[1]["z"], in_order(first, 5, P).T)
    assert encode(figure.data[1]["z"])["dtype"] == "i1"
    np.testing.assert_allclose(figure.table["neuron 9"], neurons["activation"][1].ravel())
    assert "No neuron belongs to 2." in figure.alt


def test_a_run_without_clusters_says_so(trained, tmp_path):
    none = table(neuron=np.array([], int), freq=np.array([], int), activation=np.zeros((0,)))
    artifact = replace(trained, series={**trained.series, "typical_neurons": none})
    figure = typical_neurons(results_of(artifact, tmp_path))
    figure.check("typical-neurons")
    assert NONE in figure.caption
    assert figure.layout["annotations"][0]["text"] == NONE


def test_the_histogram_counts_every_neuron_and_parts_at_the_threshold(trained, tmp_path):
    shares = np.array([0.0, 0.849, 0.85, 1.0])
    neurons = table(neuron=np.arange(4), freq=np.ones(4), share=shares, energy=np.ones(4))
    artifact = replace(trained, series={**trained.series, "neurons": neurons})
    figure = neuron_clusters(results_of(artifact, tmp_path))
    belong = np.array(figure.data[0]["marker"]["color"]) == "series-3"
    assert (figure.table["neurons"][~belong].sum(), figure.table["neurons"][belong].sum()) == (2, 2)
    np.testing.assert_allclose(figure.table["share_from"][belong].min(), 0.85)
