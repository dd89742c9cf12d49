"""Progress measures against logits, neurons and curves whose answers are known beforehand."""

import math

import numpy as np
import pytest

from tests.planted import (
    all_pairs_of,
    nuisance,
    ring_embedding,
    sums,
    table_activations,
    wave,
    wave_logits,
    wave_loss,
)
from timeless.analysis.fourier import power_shares, spectrum
from timeless.analysis.progress import (
    component_gini,
    cross_entropies,
    excluded_logits,
    gini,
    key_frequencies,
    neuron_clusters,
    restricted_logits,
    spectral_entropy,
    variance_explained,
)
from timeless.errors import TimelessError
from timeless.rules import held_epoch, phases, relapses

P = 13
TOP = P // 2
AMPLITUDES = {1: 1.5, 4: 2.0, TOP: 3.0}
RNG = np.random.default_rng(0)


def mean_loss(logits):
    return cross_entropies(logits, sums(P)).mean()


# --- key frequencies ---------------------------------------------------------------------


def test_key_frequencies_exceed_a_quarter_of_the_largest():
    assert key_frequencies(np.array([1.0, 4.0, 1.01, 0.0, 0.99])) == [2, 3]


def test_the_top_frequency_can_be_key():
    norms = spectrum(ring_embedding(131, {1: 1.0, 65: 1.0}, d_model=4))
    assert key_frequencies(norms) == [1, 65]


def test_an_embedding_without_waves_has_no_key_frequency():
    assert key_frequencies(np.zeros(6)) == []


# --- restricted and excluded loss --------------------------------------------------------


def test_cross_entropies_are_minus_log_probabilities():
    probabilities = RNG.dirichlet(np.ones(5), size=3)
    labels = np.array([4, 0, 2])
    found = cross_entropies(np.log(probabilities) + 700, labels)
    np.testing.assert_allclose(found, -np.log(probabilities[range(3), labels]))


def test_cross_entropies_of_float32_logits_are_resolved_in_float64():
    logits = np.zeros((2, 131), np.float32)
    logits[:, 7] = [20, 30]
    expected = np.log1p(130 * np.exp([-20.0, -30.0]))
    np.testing.assert_allclose(cross_entropies(logits, np.array([7, 7])), expected, rtol=1e-4)


def test_planted_logits_have_their_loss():
    assert mean_loss(wave_logits(P, AMPLITUDES)) == pytest.approx(wave_loss(P, AMPLITUDES))


@pytest.mark.parametrize("kept", [[], [1], [4, TOP], [1, 4, TOP], [2]])
def test_restricted_and_excluded_loss_part_the_planted_frequencies(kept):
    logits = wave_logits(P, AMPLITUDES)
    inside = {k: size for k, size in AMPLITUDES.items() if k in kept}
    outside = {k: size for k, size in AMPLITUDES.items() if k not in kept}
    restricted, excluded = restricted_logits(logits, kept), excluded_logits(logits, kept)
    np.testing.assert_allclose(restricted, wave_logits(P, inside), atol=1e-12)
    np.testing.assert_allclose(excluded, wave_logits(P, outside), atol=1e-12)
    assert mean_loss(restricted) == pytest.approx(wave_loss(P, inside))
    assert mean_loss(excluded) == pytest.approx(wave_loss(P, outside))


def test_without_its_frequencies_a_network_is_at_chance():
    excluded = excluded_logits(wave_logits(P, AMPLITUDES), list(AMPLITUDES))
    assert mean_loss(excluded) == pytest.approx(math.log(P))


def test_both_keep_the_class_means_of_the_logits_they_are_given():
    freqs, waves = list(AMPLITUDES), wave_logits(P, AMPLITUDES)
    for means in (RNG.normal(size=P), 10 * RNG.normal(size=P)):
        np.testing.assert_allclose(restricted_logits(waves + means, freqs), waves + means)
        left = np.tile(means, (P * P, 1))
        np.testing.assert_allclose(excluded_logits(waves + means, freqs), left, atol=1e-12)


def test_only_the_direction_of_the_sum_is_key():
    waves, other = wave_logits(P, AMPLITUDES), nuisance(P, TOP)
    np.testing.assert_allclose(restricted_logits(waves + other, [TOP, 1, 4]), waves, atol=1e-12)
    np.testing.assert_allclose(excluded_logits(waves + other, [TOP, 1, 4]), other, atol=1e-12)


def test_float32_logits_are_projected_in_float64():
    logits = (wave_logits(P, AMPLITUDES) + 1e3).astype(np.float32)
    for part in (restricted_logits, excluded_logits):
        found = part(logits, [4])
        assert found.dtype == np.float64
        np.testing.assert_array_equal(found, part(logits.astype(np.float64), [4]))


@pytest.mark.parametrize("measure", [restricted_logits, excluded_logits, variance_explained])
@pytest.mark.parametrize(
    ("shape", "expected"),
    [((169, 14), [169, 13]), ((169, 12), [169, 13]), ((50, 13), [169, 13]), ((169,), [169, 13])],
)
def test_a_wrong_shape_is_refused_with_the_right_one(measure, shape, expected):
    with pytest.raises(TimelessError) as error:
        measure(np.zeros(shape), [1])
    assert f"must have shape [p*p, p] = {expected}; got {list(shape)}" in str(error.value)
    assert "without the columns of op tokens" in error.value.remedy


# --- variance explained ------------------------------------------------------------------


def test_the_closed_form_is_explained_whole_whatever_is_common_to_the_classes():
    common = RNG.normal(size=(P * P, 1))
    logits = wave_logits(P, AMPLITUDES) + common
    assert variance_explained(logits, list(AMPLITUDES)) == pytest.approx(1)


def test_each_frequency_explains_the_square_of_its_amplitude():
    total = sum(size**2 for size in AMPLITUDES.values())
    for freq, size in AMPLITUDES.items():
        found = variance_explained(wave_logits(P, AMPLITUDES), [freq])
        assert found == pytest.approx(size**2 / total)
    assert variance_explained(wave_logits(P, AMPLITUDES), [2, 3]) == pytest.approx(0)


def test_noise_of_known_energy_takes_its_share():
    waves, other = wave_logits(P, {4: 1.0}), nuisance(P, 4)
    share = np.square(waves).sum() / (np.square(waves).sum() + np.square(other).sum())
    assert variance_explained(waves + other, [4]) == pytest.approx(share)


def test_each_amplitude_is_one_number_so_a_shifted_wave_is_not_explained():
    late = (sums(P)[:, None] - np.arange(P) - P / 16) % P
    assert variance_explained(wave(P, 4, late), [4]) == pytest.approx(0, abs=1e-12)
    assert variance_explained(wave_logits(P, {4: -1.0}), [4]) == pytest.approx(1)


@pytest.mark.parametrize("n", [7, 10])
def test_variance_explained_is_that_of_least_squares(n):
    freqs = [1, 3, n // 2] if n == 10 else [1, 3]
    logits = RNG.normal(size=(n * n, n)) + wave_logits(n, {3: 0.5, n // 2: 0.7})
    centred = (logits - logits.mean(1, keepdims=True)).ravel()
    regressors = np.stack([wave_logits(n, {k: 1.0}).ravel() for k in freqs], axis=1)
    rest = centred - regressors @ np.linalg.lstsq(regressors, centred)[0]
    expected = 1 - np.square(rest).sum() / np.square(centred).sum()
    assert variance_explained(logits, freqs) == pytest.approx(expected)


def test_logits_that_never_differ_have_nothing_explained():
    assert variance_explained(np.ones((P * P, P)), [1]) == 0


# --- Gini and entropy --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([2, 2, 2, 2], 0),
        ([0, 0, 0, 5], 3 / 4),
        ([0, 1, 0, 1], 1 / 2),
        ([1, 3], 1 / 4),
        ([3, 1], 1 / 4),
        ([0, 0], 0),
    ],
)
def test_gini_of_known_values(values, expected):
    assert gini(np.array(values)) == pytest.approx(expected)


def test_gini_is_the_mean_difference_over_twice_the_mean():
    values = RNG.exponential(size=50)
    expected = np.abs(np.subtract.outer(values, values)).mean() / (2 * values.mean())
    assert gini(values) == pytest.approx(expected)


def test_gini_of_components_counts_cosine_and_sine_and_leaves_the_constant_out():
    rings = ring_embedding(P, {2: 1.0, TOP: 1.0}, d_model=4) + 100
    assert component_gini(rings) == pytest.approx(1 - 4 / (P - 1))


def test_entropy_is_the_logarithm_of_the_number_of_equal_shares():
    norms = spectrum(ring_embedding(P, {2: 3.0, 3: 3.0, TOP: 3.0}, d_model=6))
    assert spectral_entropy(power_shares(norms)) == pytest.approx(math.log(3))
    assert spectral_entropy(np.array([0.0, 1.0])) == 0
    assert spectral_entropy(np.full(8, 1 / 8)) == pytest.approx(math.log(8))
    assert spectral_entropy(np.array([0.25, 0.75])) == pytest.approx(
        math.log(4) - 0.75 * math.log(3)
    )


# --- neurons -----------------------------------------------------------------------------


def planted_neurons(p):
    """Return neurons [p*p, n], and the frequency and the share that each was made with."""
    a, b = all_pairs_of(p)
    top = p // 2
    neurons = {
        "a alone": (wave(p, 2, a) + 7, 2, 1),
        "b alone": (wave(p, 3, b - 0.4), 3, 1),
        "product at the top": (wave(p, top, a) * wave(p, top, b - 1), top, 1),
        "of the sum": (wave(p, 1, a + b) - wave(p, 1, a), 1, 1),
        "just enough": (0.86**0.5 * wave(p, 2, a) + 0.14**0.5 * wave(p, 5, b), 2, 0.86),
        "just too little": (0.84**0.5 * wave(p, 2, a) + 0.16**0.5 * wave(p, 5, b), 2, 0.84),
        "mixed product": (wave(p, 2, a) * wave(p, 3, b) + 0.1 * wave(p, 4, a), 4, 0.02 / 1.02),
    }
    activations, freqs, shares = zip(*neurons.values(), strict=True)
    return np.stack(activations, axis=1), list(freqs), list(shares)


def test_neurons_belong_to_the_frequency_they_were_made_with():
    activations, freqs, shares = planted_neurons(P)
    clusters = neuron_clusters(activations, P)
    assert list(clusters.freq) == freqs
    np.testing.assert_allclose(clusters.share, shares, atol=1e-12)
    assert list(clusters.clustered) == [share >= 0.85 for share in shares]
    centred = np.square(activations - activations.mean(0)).sum(0)
    np.testing.assert_allclose(clusters.energy, centred)


def test_a_neuron_that_never_changes_belongs_nowhere():
    constant = np.stack([np.zeros(P * P), np.full(P * P, 0.1), np.full(P * P, 7.3)], axis=1)
    clusters = neuron_clusters(constant.astype(np.float32), P)
    np.testing.assert_array_equal(clusters.energy, 0)
    np.testing.assert_array_equal(clusters.share, 0)
    assert not clusters.clustered.any()


def test_neurons_of_single_pairs_belong_to_no_frequency():
    assert not neuron_clusters(table_activations(P), P).clustered.any()


# --- epochs ------------------------------------------------------------------------------


def test_the_epoch_is_the_first_that_is_held():
    epochs = np.arange(0, 5001, 100)
    accuracy = np.where(epochs < 2000, 0.2, 0.995)
    assert held_epoch(epochs, accuracy) == 2000


def test_exactly_the_threshold_is_enough():
    epochs = np.arange(0, 3001, 10)
    assert held_epoch(epochs, np.full(len(epochs), 0.99)) == 0
    assert held_epoch(epochs, np.full(len(epochs), 0.9899)) is None


def test_a_visit_above_the_threshold_does_not_count():
    epochs = np.arange(0, 6001, 100)
    accuracy = np.where(epochs < 2000, 0.2, 1.0)
    accuracy[epochs == 1000] = 1.0
    accuracy[epochs == 2500] = 0.98
    assert held_epoch(epochs, accuracy) == 2600


@pytest.mark.parametrize(("relapse", "expected"), [(3000, 3100), (3100, 2000)])
def test_a_relapse_counts_up_to_the_end_of_the_hold(relapse, expected):
    epochs = np.arange(0, 6001, 100)
    accuracy = np.where(epochs < 2000, 0.2, 1.0)
    accuracy[epochs == relapse] = 0.5
    assert held_epoch(epochs, accuracy) == expected


@pytest.mark.parametrize(("last", "expected"), [(2990, None), (3000, 2000)])
def test_the_record_must_last_as_long_as_the_hold(last, expected):
    epochs = np.arange(0, last + 1, 10)
    assert held_epoch(epochs, np.where(epochs < 2000, 0.0, 1.0)) == expected


def test_hold_and_threshold_are_free():
    epochs, accuracy = np.array([0, 10, 20, 30]), np.array([0.1, 0.6, 0.4, 0.9])
    assert held_epoch(epochs, accuracy, threshold=0.5, hold=0) == 10
    assert held_epoch(epochs, accuracy, threshold=0.5, hold=10) is None
    assert held_epoch(epochs, accuracy, threshold=0.3, hold=20) == 10


def test_phases_are_read_from_the_curves_up_to_the_grokking_epoch():
    epochs = np.arange(0, 10_001, 1000)
    excluded = np.array([4.9, 2.0, 0.5, 1.0, 3.0, 6.0, 8.0, 9.0, 0.1, 9.0, 9.0])
    test_loss = np.array([4.9, 15.0, 20.0, 19.0, 18.0, 17.9, 9.0, 1.0, 0.1, 50.0, 0.1])
    found = phases(epochs, excluded, test_loss, grok_epoch=7500)
    assert (found.circuit_starts, found.cleanup_starts, found.cleanup_ends) == (2000, 4000, 7500)


def test_a_checkpoint_at_the_grokking_epoch_still_counts():
    epochs, rising = np.array([0, 100, 200]), np.array([1.0, 2.0, 3.0])
    assert phases(epochs, -rising, rising, grok_epoch=200).circuit_starts == 200
    assert phases(epochs, -rising, rising, grok_epoch=199).cleanup_starts == 100


def test_without_a_grokking_epoch_there_is_only_memorisation():
    found = phases(np.arange(3), np.ones(3), np.ones(3), grok_epoch=None)
    assert (found.circuit_starts, found.cleanup_starts, found.cleanup_ends) == (None, None, None)


def test_relapses_are_stretches_below_the_threshold_after_grokking():
    epochs = np.arange(0, 10_000, 10)
    accuracy = np.where(epochs < 2_000, 0.5, 1.0)
    accuracy[(epochs >= 4_000) & (epochs < 4_100)] = 0.9
    accuracy[epochs == 4_600] = 0.98  # within 1,000 epochs of the last: the same stretch
    accuracy[epochs == 8_000] = 0.95
    accuracy[epochs == 9_000] = 0.99  # at the threshold is not below it
    assert relapses(epochs, accuracy, 2_000) == [(4_000, 4_600), (8_000, 8_000)]
    assert relapses(epochs, accuracy, 8_000) == []
    assert relapses(epochs, accuracy, None) == []
