"""The analysis of a run, on checkpoints whose weights were set by hand."""

from dataclasses import replace

import numpy as np
import pytest

from tests.planted import (
    all_pairs_of,
    lookup_network,
    nuisance,
    sums,
    table_activations,
    table_config,
    table_network,
    wave,
    wave_logits,
    wave_loss,
)
from timeless.analysis.groups import additive
from timeless.analysis.network import Network
from timeless.analysis.progress import gini, neuron_clusters, variance_explained
from timeless.analysis.trajectory import _typical_neurons, final_spectrum, trajectory
from timeless.config import TrainConfig
from timeless.results.weights import save_weights
from timeless.training.campaign import Run
from timeless.training.tasks import make_task

P = 7
CONFIG = TrainConfig(model=table_config(P, n_rings=2), frac_train=0.4)
MEANS = np.linspace(-2, 3, P)
AMPLITUDES = {0: {2: 4.0, 3: 1.0}, 500: {1: 3.0, 2: 0.5, 3: 5.0}}
RADII = {0: {2: 9.0, 3: 8.0}, 500: {1: 4.0, 3: 6.0}}
KEY = [1, 3]  # the rings of the last checkpoint; 3 is the top frequency


def curves(test_accuracy):
    """Return curves whose test accuracy never changes."""
    epochs = np.arange(0, 5010, 10)
    return {"epoch": epochs, "test_accuracy": np.full((len(epochs), 1), test_accuracy)}


def run_with(directory, weights_at, recorded=None):
    paths = {}
    for epoch, weights in weights_at.items():
        paths[epoch] = directory / f"e{epoch:06d}.safetensors"
        save_weights(paths[epoch], weights, {"epoch": epoch})
    return Run(CONFIG, recorded or curves(0.5), paths, seconds=0.0, workplace={})


def two_networks():
    """Return two checkpoints; the first has class means and logits that are not along a + b."""
    early = wave_logits(P, AMPLITUDES[0]) + nuisance(P, 3)
    first = table_network(P, early, RADII[0]) | {"b_U": MEANS.astype(np.float32)}
    return first, table_network(P, wave_logits(P, AMPLITUDES[500]), RADII[500])


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    first, last = two_networks()
    directory = tmp_path_factory.mktemp("checkpoints")
    return trajectory(run_with(directory, {500: last, 0: first}))


def split_losses(logits):
    """Return mean cross-entropies over all, train and test pairs, from their definition."""
    losses = np.log(np.exp(logits).sum(1)) - logits[np.arange(P * P), sums(P)]
    mask = make_task(CONFIG).train_mask
    return [losses.mean(), losses[mask].mean(), losses[~mask].mean()]


def losses_at(found, name, row):
    return [found.tables["progress"][f"{name}_{split}"][row] for split in ("all", "train", "test")]


def only_key(amplitudes):
    return {k: size for k, size in amplitudes.items() if k in KEY}


def without_key(amplitudes):
    return {k: size for k, size in amplitudes.items() if k not in KEY}


def test_key_frequencies_are_those_of_the_last_checkpoint(found):
    assert found.key_freqs == KEY
    np.testing.assert_array_equal(found.tables["progress"]["epoch"], [0, 500])


def test_a_run_that_does_not_grok_has_the_last_frequencies_confirmed(found):
    assert (found.confirmed_epoch, found.confirmed_freqs) == (500, KEY)
    confirmed, progress = found.tables["progress_confirmed"], found.tables["progress"]
    for name in confirmed.columns:
        np.testing.assert_array_equal(confirmed[name], progress[name])


def test_a_run_that_groks_is_measured_again_by_the_frequencies_it_grokked_with(tmp_path):
    first, last = two_networks()
    weights = {5000: last, 1100: last, 1000: first, 0: last}  # held from 0 on: confirmed at 1000
    found = trajectory(run_with(tmp_path, weights, curves(1.0)))
    assert (found.confirmed_epoch, found.confirmed_freqs) == (1000, [2, 3])
    assert found.key_freqs == KEY
    kept = {k: size for k, size in AMPLITUDES[500].items() if k in (2, 3)}
    restricted = found.tables["progress_confirmed"]["restricted_loss_all"][-1]
    assert restricted == pytest.approx(wave_loss(P, kept), rel=1e-5)
    one_by_one = found.tables["excluded_by_frequency"]["excluded_loss_train"]
    assert one_by_one.shape == (4, 3)  # frequencies 1, 2 and 3 are watched


def test_every_table_has_a_row_for_each_checkpoint(found):
    for name in ("progress", "progress_confirmed", "embedding_spectrum", "excluded_by_frequency"):
        np.testing.assert_array_equal(found.tables[name]["epoch"], [0, 500])


def test_the_last_checkpoint_has_the_losses_of_the_closed_form(found):
    amplitudes = AMPLITUDES[500]
    for name, left in (
        ("loss", amplitudes),
        ("restricted_loss", only_key(amplitudes)),
        ("excluded_loss", without_key(amplitudes)),
    ):
        np.testing.assert_allclose(losses_at(found, name, 1), wave_loss(P, left), rtol=1e-5)


def test_an_earlier_checkpoint_keeps_its_own_means_under_the_last_one_s_frequencies(found):
    amplitudes, other = AMPLITUDES[0], nuisance(P, 3)
    kept = wave_logits(P, only_key(amplitudes)) + MEANS
    left = wave_logits(P, without_key(amplitudes)) + other + MEANS
    whole = wave_logits(P, amplitudes) + other + MEANS
    for name, logits in (("loss", whole), ("restricted_loss", kept), ("excluded_loss", left)):
        np.testing.assert_allclose(losses_at(found, name, 0), split_losses(logits), rtol=1e-5)


def test_frequencies_are_taken_out_one_by_one_on_the_train_split(found):
    excluded = found.tables["excluded_by_frequency"]["excluded_loss_train"]
    for row, epoch in enumerate((0, 500)):
        for column, freq in enumerate(KEY):
            left = {k: size for k, size in AMPLITUDES[epoch].items() if k != freq}
            rest = nuisance(P, 3) + MEANS if epoch == 0 else 0
            expected = split_losses(wave_logits(P, left) + rest)[1]
            assert excluded[row, column] == pytest.approx(expected, rel=1e-5)


def test_variance_explained_is_the_key_amplitudes_share(found):
    squares = {k: size**2 for k, size in AMPLITUDES[500].items()}
    fve = found.tables["progress"]["fve"]
    assert fve[1] == pytest.approx(sum(only_key(squares).values()) / sum(squares.values()))
    early = wave_logits(P, AMPLITUDES[0]) + nuisance(P, 3) + MEANS
    assert fve[0] == pytest.approx(variance_explained(early, KEY), rel=1e-5)


def test_the_embedding_is_measured_on_its_number_tokens(found):
    """One-hot numbers give every frequency a norm² of 2, a ring of radius r gives r²p more."""
    progress, norms = found.tables["progress"], found.tables["embedding_spectrum"]["norm"]
    for row, epoch in enumerate((0, 500)):
        squares = np.array([2 + P * RADII[epoch].get(k, 0) ** 2 for k in (1, 2, 3)])
        shares = squares / squares.sum()
        np.testing.assert_allclose(norms[row] ** 2, squares, rtol=1e-5)
        assert progress["order_parameter"][row] == pytest.approx(shares[[0, 2]].sum(), rel=1e-5)
        entropy = -(shares * np.log(shares)).sum()
        assert progress["spectral_entropy"][row] == pytest.approx(entropy, rel=1e-5)
        components = np.repeat(np.sqrt(squares / 2), 2)
        assert progress["gini_W_E"][row] == pytest.approx(gini(components), rel=1e-5)


def test_the_logits_direction_is_measured_over_the_classes(found):
    """By complex waves, on the products that the network was made from."""
    table = wave_logits(P, AMPLITUDES[500]).reshape(P, P, P)
    neurons = [
        table[a, b] if a != b else 2 * table[a, a] - table[a].sum(0)
        for a in range(P)
        for b in range(a, P)
    ]
    t = np.arange(P)
    waves = [np.exp(2j * np.pi * k * t / P) * np.sqrt(2 / P) for k in (1, 2, 3)]
    parts = [part for k in waves for part in (k.real, k.imag)]
    expected = gini(np.array([np.linalg.norm(np.stack(neurons) @ part) for part in parts]))
    assert found.tables["progress"]["gini_W_logit"][1] == pytest.approx(expected, rel=1e-4)


def test_squares_are_summed_by_tensor_and_over_all(found):
    progress, weights = found.tables["progress"], found.final.weights
    squares = {name: float(np.square(array.astype(float)).sum()) for name, array in weights.items()}
    for name, square in squares.items():
        assert progress[f"sum_sq_{name}"][1] == pytest.approx(square)
    assert squares["W_E"] == pytest.approx(P + P * (4.0**2 + 6.0**2))
    assert progress["sum_sq_weights"][1] == pytest.approx(sum(squares.values()))
    assert progress["energy"][1] == pytest.approx(sum(squares.values()) / 2)


def test_neurons_are_those_of_the_last_checkpoint(found):
    expected = neuron_clusters(table_activations(P), P)
    neurons = found.tables["neurons"]
    np.testing.assert_array_equal(neurons["neuron"], range(28))
    np.testing.assert_allclose(neurons["share"], expected.share, atol=1e-5)
    np.testing.assert_allclose(neurons["energy"], expected.energy, rtol=1e-5)
    assert found.tables["progress"]["neurons_clustered"][1] == expected.clustered.sum()


def test_the_logits_2d_spectrum_lies_on_the_diagonal(found):
    norms = found.tables["logit_spectrum_2d"]["norm"]
    expected = np.zeros((4, 4))
    for freq, size in AMPLITUDES[500].items():
        expected[freq, freq] = size * np.sqrt(P**3 / 2)
    np.testing.assert_allclose(norms, expected, atol=1e-3)


def test_every_column_says_its_unit_and_what_it_is(found):
    for name, table in found.tables.items():
        assert table.description, name
        assert all(col.unit and col.description for col in table.columns.values()), name
        assert len({len(col.values) for col in table.columns.values()}) == 1, name


def test_columns_name_the_split_they_were_taken_on(found):
    columns = found.tables["progress"].columns
    for name, col in columns.items():
        suffix = name.rpartition("_")[2]
        on_pairs = {"fve": "all", "neurons_clustered": "all"}
        expected = suffix if suffix in {"all", "train", "test"} else on_pairs.get(name)
        assert col.split == expected, name


def test_both_rules_for_key_frequencies_stand_side_by_side():
    a, b = all_pairs_of(P)
    activations = [wave(P, 3, a), wave(P, 3, b), wave(P, 1, a), wave(P, 2, a) + wave(P, 1, b)]
    clusters = neuron_clusters(np.stack(activations, axis=1), P)
    table = final_spectrum(np.array([1.0, 2.0, 5.0]), [2, 3], clusters)
    np.testing.assert_array_equal(table["freq"], [1, 2, 3])
    np.testing.assert_array_equal(table["is_key"], [0, 1, 1])
    np.testing.assert_array_equal(table["neurons"], [1, 0, 2])
    np.testing.assert_allclose(table["power_share"], np.array([1, 4, 25]) / 30)


def test_the_typical_neuron_is_of_median_energy_among_its_own():
    a, b = all_pairs_of(P)
    sizes = {0: (2, 1.0), 1: (2, 9.0), 2: (2, 4.0), 3: (3, 2.0)}
    neurons = [size * wave(P, freq, a) * wave(P, freq, b) for freq, size in sizes.values()]
    activations = np.stack([*neurons, 99 * (a == 0) * (b == 1)], axis=1)
    network = Network({}, wave_logits(P, {1: 1.0}), activations, additive(P))
    table = _typical_neurons(network, neuron_clusters(activations, P), [1, 2, 3])
    np.testing.assert_array_equal(table["neuron"], [2, 3])
    np.testing.assert_array_equal(table["freq"], [2, 3])
    np.testing.assert_allclose(table["activation"][0].ravel(), neurons[2])
    expected = np.zeros((4, 4))
    expected[2, 2] = 4 * P / 2
    np.testing.assert_allclose(table["norm_2d"][0], expected, atol=1e-12)


def test_a_network_is_read_in_any_precision_with_what_is_stored_beside_it(tmp_path):
    weights = lookup_network(P, 5.0)
    run = replace(run_with(tmp_path, {0: weights}), config=TrainConfig(model=table_config(P)))
    half = {name: array.astype(np.float16) for name, array in weights.items()}
    network = Network.of(half | {"train_index": np.arange(3)}, run.config)
    np.testing.assert_allclose(network.logits, 5 * np.eye(P)[sums(P)])
    assert network.accuracy(sums(P)) == 1
    assert network.accuracy((sums(P) + (np.arange(P * P) < 7)) % P) == pytest.approx(6 / 7)
    assert network.number_embedding.shape == (P, 2 * P)
