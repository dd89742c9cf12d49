"""Every figure can be drawn and read, from a run that grokked and from one that did not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.drawing import (
    CATALOGUE,
    check_colours,
    check_drawn_and_read,
    check_room_for_titles,
    figures_of,
)
from tests.planted import wave
from tests.sites import ROOT
from timeless import experiments
from timeless.analysis.fourier import dft_2d, spectrum_2d
from timeless.config import ModelConfig, TrainConfig
from timeless.errors import TimelessError
from timeless.experiments import addition
from timeless.figures.colours import GREY, TEAL
from timeless.figures.fourier.ablation import ROWS
from timeless.figures.fourier.ablation import figure as ablation
from timeless.figures.fourier.ablation import spread as heights
from timeless.figures.fourier.excluded_by_frequency import figure as excluded_by_frequency
from timeless.figures.fourier.logit_spectrum import figure as logit_spectrum
from timeless.figures.fourier.neuron_clusters import figure as neuron_clusters
from timeless.figures.fourier.neuron_spectra import FLOOR, own_energy, ticks
from timeless.figures.fourier.neuron_spectra import figure as neuron_spectra
from timeless.figures.fourier.relu_product import PURE_SHARE, product_share, typical_neuron
from timeless.figures.fourier.relu_product import figure as relu_product
from timeless.figures.fourier.spectrum_over_training import edges
from timeless.figures.fourier.spectrum_over_training import figure as spectrum_over_training
from timeless.figures.fourier.two_rules import figure as two_rules
from timeless.figures.fourier.typical_neurons import NONE, corner, in_order
from timeless.figures.fourier.typical_neurons import figure as typical_neurons
from timeless.figures.grokking.curves import figure as curves
from timeless.figures.grokking.progress_measures import figure as progress_measures
from timeless.figures.grokking.weights_by_tensor import TENSORS
from timeless.folders import Catalogue, Site
from timeless.results.artifacts import Artifact, Results, Table, column, save_artifact
from timeless.results.encoding import encode
from timeless.running.workspace import Workspace
from timeless.site.pages import figure_places, read_pages

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
ABLATED = {
    "n_random": 3,
    "without_key_accuracy": 0.08,
    "without_random_accuracy_mean": 0.9,
    "without_random_accuracy_min": 0.8,
    "only_key_accuracy": 0.97,
    "only_random_accuracy_mean": 0.1,
    "only_random_accuracy_max": 0.2,
}
# Those of the main run; figures of other experiments are tested beside their planted artifacts.
FROM_WEIGHTS = {"relu-product"}  # which planted runs do not publish
NAMES = sorted({*figures_of("addition")} - FROM_WEIGHTS)
COMMITTED = Results(ROOT / "artifacts")
SIDE_BY_SIDE = {"typical-neurons", "neuron-spectra"}


# --- three runs --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Artifact:
    root = tmp_path_factory.mktemp("figures")
    found = experiments.runner("addition")(
        CONFIG, Workspace(root / "artifacts", root / "runs", "cpu")
    )
    summary = {**found.summary, "ablation": ABLATED}
    return replace(found, summary=summary, series={**found.series, "ablation": ablated()})


def table(**columns) -> Table:
    return Table("planted", {name: column(values, "1", name) for name, values in columns.items()})


def ablated(random_freqs: str = "1 4") -> Table:
    """Return accuracies with the sets 2, 5 and three random ones taken out or kept."""
    rows = [
        ("none", "", 0.99),
        ("without key", "2 5", 0.08),
        *(("without random", random_freqs, accuracy) for accuracy in (0.8, 0.9, 1.0)),
        ("only key", "2 5", 0.97),
        *(("only random", random_freqs, accuracy) for accuracy in (0.0, 0.1, 0.2)),
    ]
    kinds, freqs, accuracies = map(np.array, zip(*rows, strict=True))
    losses = np.ones(len(rows))
    return table(
        kind=kinds,
        freqs=freqs,
        accuracy_all=accuracies,
        accuracy_test=accuracies,
        loss_all=losses,
        loss_test=losses,
    )


def planted(trained: Artifact) -> Artifact:
    """Return a run that grokked, with two key frequencies, where each rule names one alone."""
    epochs = trained["progress"]["epoch"]
    a, b = np.meshgrid(np.arange(P), np.arange(P), indexing="ij")
    neurons = [np.maximum(wave(P, k, a) + wave(P, k, b), 0) for k in (5, 6)]
    spectra = [spectrum_2d(dft_2d(neuron.ravel(), P)) for neuron in neurons]
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
            neuron=np.array([3, 9]),
            freq=np.array([5, 6]),
            activation=np.array(neurons),
            norm_2d=np.array(spectra),
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


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_can_be_drawn_and_read(name, run):
    check_drawn_and_read(CATALOGUE.make(name, run), name)


@pytest.mark.parametrize("name", sorted(FROM_WEIGHTS))
def test_a_figure_from_weights_can_be_drawn_and_read(name):
    check_drawn_and_read(CATALOGUE.make(name, COMMITTED), name)
    check_colours(CATALOGUE.make(name, COMMITTED))


@pytest.mark.parametrize("name", NAMES)
def test_colours_are_names_that_the_theme_knows(name, run):
    check_colours(CATALOGUE.make(name, run))


@pytest.mark.parametrize("name", sorted({*NAMES} - SIDE_BY_SIDE))
def test_stacked_panels_leave_room_for_their_titles(name, run):
    check_room_for_titles(CATALOGUE.make(name, run))


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_a_figure_of_the_committed_results_can_be_drawn_and_read(name):
    figure = CATALOGUE.make(name, COMMITTED)
    check_drawn_and_read(figure, name)
    check_colours(figure)


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
    return {shape["x0"] for shape in figure.layout["shapes"] if shape.get("xref", "x") == "x"}


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
        ("circuit formation", 100, 200),
        ("clean-up", 200, 250),
    }


@pytest.mark.parametrize("name", ["progress-measures", "norm-and-sparsity", "weights-by-tensor"])
def test_a_run_that_does_not_grok_has_one_phase(name, memorised):
    figure = CATALOGUE.make(name, memorised)
    assert "rect" not in [shape["type"] for shape in figure.layout.get("shapes", [])]
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


def test_the_spectrum_names_the_checkpoint_s_epoch_not_a_column_s_middle(grokked):
    heat = spectrum_over_training(grokked).data[0]
    epochs = grokked["addition"]["embedding_spectrum"]["epoch"]
    assert heat["customdata"].shape == heat["z"].shape
    assert all((row == epochs).all() for row in heat["customdata"])
    assert "%{customdata" in heat["hovertemplate"]
    assert "%{x" not in heat["hovertemplate"]


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


def with_losses(trained: Artifact, peak: float) -> Artifact:
    """Return a run with a key frequency, 5, and a lost one, 2, of which the loss has a peak."""
    artifact, epochs = planted(trained), trained["progress"]["epoch"]
    losses = np.stack([np.where(epochs == 200, peak, 1e-6), np.linspace(5, 3, len(epochs))], 1)
    lost = table(epoch=epochs, excluded_loss_train=losses)
    summary = {**artifact.summary, "key_freqs": [5], "watched_freqs": [2, 5]}
    series = {**artifact.series, "excluded_by_frequency": lost}
    return replace(artifact, summary=summary, series=series)


def test_a_lost_frequency_is_grey_and_named_at_its_peak(trained, tmp_path):
    figure = excluded_by_frequency(results_of(with_losses(trained, 4.0), tmp_path))
    assert [trace["name"] for trace in figure.data] == ["k = 2", "k = 5"]
    assert [trace["line"]["color"] for trace in figure.data] == [GREY, TEAL]
    notes = {note["text"].replace("\N{NO-BREAK SPACE}", " "): note for note in annotations(figure)}
    assert (notes["k = 2"]["x"], notes["k = 2"]["y"]) == (pytest.approx(np.log10(200)), 4.0)
    assert notes["5"]["y"] == 3.0
    assert "Without" not in figure.alt


def test_a_lost_frequency_that_is_never_missed_is_named_in_words_alone(trained, tmp_path):
    figure = excluded_by_frequency(results_of(with_losses(trained, 0.1), tmp_path))
    assert not [note for note in annotations(figure) if note["text"].startswith("k")]
    assert "Without 2 the loss after memorisation is never above 0.1 nats" in figure.alt


def annotations(figure) -> list[dict]:
    return figure.layout["annotations"]


def test_ablation_has_a_row_for_each_kind_with_its_accuracies(grokked):
    figure = ablation(grokked)
    points = [drawn(figure, kind) for kind in ROWS]
    assert [trace["x"].tolist() for trace in points] == [
        [0.08],
        [0.8, 0.9, 1.0],
        [0.97],
        [0.0, 0.1, 0.2],
    ]
    assert [np.rint(trace["y"]).tolist() for trace in points] == [[0], [-1] * 3, [-2], [-3] * 3]
    assert points[0]["customdata"] == ["2, 5"]
    assert drawn(figure, "only random, mean")["x"] == [pytest.approx(0.1)]
    assert [shape["x0"] for shape in figure.layout["shapes"]] == [0.99]
    labels = [note["text"] for note in annotations(figure)]
    assert labels[0] == "nothing taken out: 99.00%"
    assert labels[1] == "without the 2 key frequencies: <b>8.00%</b>"
    assert "Without the key frequencies (2 and 5) it scores 8.00%" in figure.alt
    assert figure.table["kind"][0] == "none"


def test_ablation_says_that_random_sets_hold_no_key_frequency_only_where_so(trained, tmp_path):
    artifact = planted(trained)
    remark = "no key one among them"
    assert remark in ablation(results_of(artifact, tmp_path / "others")).caption
    mixed = replace(artifact, series={**artifact.series, "ablation": ablated("2 4")})
    assert remark not in ablation(results_of(mixed, tmp_path / "mixed")).caption


def test_points_of_a_row_stay_within_it_and_apart():
    found = heights(100)
    assert np.abs(found).max() < 0.25
    assert np.diff(np.sort(found)).min() > 0.001


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
    empty = np.zeros((0,))
    none = table(neuron=empty.astype(int), freq=empty.astype(int), activation=empty, norm_2d=empty)
    artifact = replace(trained, series={**trained.series, "typical_neurons": none})
    results = results_of(artifact, tmp_path)
    for figure in (typical_neurons(results), neuron_spectra(results), relu_product(results)):
        figure.check("without neurons")
        assert NONE in figure.caption
        assert figure.layout["annotations"][0]["text"] == NONE


def test_relu_makes_products_of_a_sum_of_waves():
    a, b = np.meshgrid(np.arange(P), np.arange(P), indexing="ij")
    total = wave(P, 5, a) + wave(P, 5, b - 2)
    assert product_share(total, 5) == pytest.approx(0, abs=1e-12)
    assert product_share(wave(P, 5, a) * wave(P, 5, b - 2), 5) == pytest.approx(1)
    assert product_share(np.maximum(total, 0), 5) == pytest.approx(PURE_SHARE, abs=5e-3)


def test_what_enters_a_neuron_is_what_leaves_it_where_that_is_above_zero():
    neuron, found = typical_neuron(COMMITTED), COMMITTED["addition"]["typical_neurons"]
    activation = found["activation"][found["neuron"].tolist().index(neuron.number)]
    half = 2**-11 * activation.max() * 10  # ten roundings of weights to 16 bits
    np.testing.assert_allclose(neuron.after, activation, atol=half)


def test_spectra_of_neurons_have_a_over_x_and_are_relative_to_the_largest_wave(grokked):
    neurons, figure = grokked["addition"]["typical_neurons"], neuron_spectra(grokked)
    norms, heat = neurons["norm_2d"][0], figure.data[0]
    others = norms.copy()
    others[0, 0] = 0
    np.testing.assert_allclose(heat["customdata"][2, 5], 100 * norms[5, 2] / others.max())
    np.testing.assert_allclose(heat["z"].max(), np.log10(max(1, norms[0, 0] / others.max())))
    assert heat["z"].min() >= np.log10(FLOOR)
    np.testing.assert_allclose(figure.table["neuron 9"], neurons["norm_2d"][1].ravel())
    assert 5 in figure.layout["xaxis"]["tickvals"]
    assert 6 in figure.layout["yaxis2"]["tickvals"]


def test_a_neuron_of_one_frequency_has_its_energy_at_three_points():
    norms = np.zeros((7, 7))
    norms[0, 0], norms[5, 0], norms[0, 5], norms[5, 5], norms[5, 2] = 100, 2, 2, 1, 1
    assert own_energy(norms, 5) == pytest.approx(0.9)


def test_the_ends_of_an_axis_make_room_for_the_frequency():
    assert ticks(17, 65)["tickvals"] == [0, 17, 65]
    assert ticks(59, 65)["tickvals"] == [0, 59]
    assert ticks(1, 65)["tickvals"] == [1, 65]


def test_the_histogram_counts_every_neuron_and_parts_at_the_threshold(trained, tmp_path):
    shares = np.array([0.0, 0.849, 0.85, 1.0])
    neurons = table(neuron=np.arange(4), freq=np.ones(4), share=shares, energy=np.ones(4))
    artifact = replace(trained, series={**trained.series, "neurons": neurons})
    figure = neuron_clusters(results_of(artifact, tmp_path))
    belong = np.array(figure.data[0]["marker"]["color"]) == TEAL
    assert (figure.table["neurons"][~belong].sum(), figure.table["neurons"][belong].sum()) == (2, 2)
    np.testing.assert_allclose(figure.table["share_from"][belong].min(), 0.85)


def test_a_figure_lies_in_the_folder_of_the_page_that_shows_it() -> None:
    shown = {
        CATALOGUE.file(name): place.href.partition(".html")[0].replace("-", "_")
        for name, place in figure_places(read_pages(Site.at(ROOT))).items()
    }
    assert {file: Path(file).parent.name for file in shown} == shown


def test_two_pages_cannot_have_a_figure_of_one_name(tmp_path, monkeypatch):
    for folder in ("", "one", "two"):
        (tmp_path / "figures_of_this_test" / folder).mkdir()
        (tmp_path / "figures_of_this_test" / folder / "__init__.py").touch()
    for folder in ("one", "two"):
        (tmp_path / "figures_of_this_test" / folder / "curves.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TimelessError, match='two files make the figure "curves"'):
        Catalogue("figure", "figures_of_this_test").names()
