"""Bases are orthonormal, transforms keep the energy, and no frequency is lost."""

import numpy as np
import pytest

from tests.planted import all_pairs_of, ring_embedding, sums, wave
from timeless.analysis.fourier import (
    dft,
    dft_2d,
    fourier_basis,
    frequencies,
    power_shares,
    row_frequencies,
    spectrum,
    spectrum_2d,
    sum_directions,
    waves,
)
from timeless.errors import TimelessError

ORDERS = [3, 4, 7, 10, 13, 130, 131]
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("n", ORDERS)
def test_the_basis_is_orthonormal(n):
    basis = fourier_basis(n)
    assert basis.shape == (n, n)
    np.testing.assert_allclose(basis @ basis.T, np.eye(n), atol=1e-12)


@pytest.mark.parametrize("n", ORDERS)
def test_rows_are_the_waves_of_their_frequencies(n):
    basis, t = fourier_basis(n), np.arange(n)
    np.testing.assert_allclose(basis[0] * np.sqrt(n), 1)
    for freq in range(1, (n - 1) // 2 + 1):
        cosine, sine = basis[2 * freq - 1], basis[2 * freq]
        np.testing.assert_allclose(cosine * np.sqrt(n / 2), wave(n, freq, t), atol=1e-12)
        quarter = n / (4 * freq)
        np.testing.assert_allclose(sine * np.sqrt(n / 2), wave(n, freq, t - quarter), atol=1e-12)


@pytest.mark.parametrize("n", [4, 10, 130])
def test_an_even_order_ends_in_the_alternating_row_without_a_sine(n):
    np.testing.assert_allclose(fourier_basis(n)[-1] * np.sqrt(n), np.tile([1, -1], n // 2))
    assert list(row_frequencies(n)[-2:]) == [n // 2 - 1, n // 2]


@pytest.mark.parametrize("n", ORDERS)
def test_frequencies_reach_half_of_the_order(n):
    assert list(frequencies(n)) == list(range(1, n // 2 + 1))
    assert row_frequencies(n).max() == n // 2
    assert list(row_frequencies(n)[:3]) == [0, 1, 1]


@pytest.mark.parametrize("n", ORDERS)
def test_energy_is_kept(n):
    x = RNG.normal(size=(n, 5))
    assert np.square(dft(x)).sum() == pytest.approx(np.square(x).sum())
    without_constant = np.square(x - x.mean(0)).sum()
    assert np.square(spectrum(x)).sum() == pytest.approx(without_constant)


@pytest.mark.parametrize("n", ORDERS)
def test_a_wave_of_any_phase_shows_at_its_own_frequency_alone(n):
    for freq in frequencies(n):
        phase = 0 if 2 * freq == n else 0.7
        x = 3 + wave(n, freq, np.arange(n) - phase)[:, None]
        expected = np.zeros(n // 2)
        expected[freq - 1] = np.sqrt(n if 2 * freq == n else n / 2)
        np.testing.assert_allclose(spectrum(x), expected, atol=1e-12)


def test_rings_have_the_norms_of_their_radii():
    norms = spectrum(ring_embedding(13, {1: 2.0, 6: 1.0}, d_model=8) + 5.0)
    np.testing.assert_allclose(norms, np.sqrt(13) * np.array([2, 0, 0, 0, 0, 1]), atol=1e-12)
    np.testing.assert_allclose(power_shares(norms), [0.8, 0, 0, 0, 0, 0.2], atol=1e-12)


def test_power_shares_sum_to_one_along_the_last_axis():
    shares = power_shares(RNG.uniform(size=(4, 6)))
    np.testing.assert_allclose(shares.sum(1), 1)


def test_float32_is_transformed_in_float64():
    x = np.float32(1) + np.float32(1e-3) * RNG.normal(size=(131, 1)).astype(np.float32)
    assert dft(x).dtype == np.float64
    np.testing.assert_array_equal(dft(x), dft(x.astype(np.float64)))


@pytest.mark.parametrize("n", [5, 6])
def test_a_product_of_waves_is_one_coefficient(n):
    a, b = all_pairs_of(n)
    product = wave(n, 1, a) * wave(n, 2, b - n / 8)  # cos 1 over a, sin 2 over b
    found = dft_2d(product, n)
    expected = np.zeros((n, n))
    expected[1, 4] = n / 2
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_two_dimensional_transform_is_one_along_each_axis_and_keeps_trailing_ones():
    n, x = 7, RNG.normal(size=(49, 2, 3))
    found = dft_2d(x, n)
    assert found.shape == (7, 7, 2, 3)
    one = fourier_basis(n) @ x[:, 1, 2].reshape(n, n) @ fourier_basis(n).T
    np.testing.assert_allclose(found[:, :, 1, 2], one, atol=1e-12)
    assert np.square(found).sum() == pytest.approx(np.square(x).sum())


@pytest.mark.parametrize("n", [7, 10])
def test_two_dimensional_spectrum_combines_cosine_and_sine_of_each_pair(n):
    top, (a, b) = n // 2, all_pairs_of(n)
    x = np.stack([wave(n, top, a) * wave(n, 1, b - 0.3), np.full(n * n, 2.0)], axis=1)
    norms = spectrum_2d(dft_2d(x, n))
    expected = np.zeros((top + 1, top + 1))
    expected[top, 1] = n / 2 if n % 2 else n / np.sqrt(2)
    expected[0, 0] = 2 * n
    np.testing.assert_allclose(norms, expected, atol=1e-12)


@pytest.mark.parametrize(("n", "freqs"), [(13, [1, 4, 6]), (131, [65, 14]), (10, [2, 4])])
def test_sum_directions_are_orthonormal(n, freqs):
    directions = sum_directions(n, freqs)
    assert directions.shape == (n * n, 2 * len(freqs))
    np.testing.assert_allclose(directions.T @ directions, np.eye(2 * len(freqs)), atol=1e-12)


def test_sum_directions_are_combinations_of_basis_products():
    n, freq = 13, 6
    basis = fourier_basis(n)
    cosine, sine = basis[2 * freq - 1], basis[2 * freq]
    cos_sum = (np.outer(cosine, cosine) - np.outer(sine, sine)) / np.sqrt(2)
    sin_sum = (np.outer(sine, cosine) + np.outer(cosine, sine)) / np.sqrt(2)
    expected = np.stack([cos_sum.ravel(), sin_sum.ravel()], axis=1)
    np.testing.assert_allclose(sum_directions(n, [freq]), expected, atol=1e-12)


def test_sum_directions_keep_the_order_of_the_frequencies():
    both = sum_directions(13, [5, 2])
    np.testing.assert_array_equal(both[:, 2:], sum_directions(13, [2]))


def test_the_alternating_frequency_has_no_sine_direction():
    directions = sum_directions(10, [2, 5])
    assert directions.shape == (100, 3)
    np.testing.assert_allclose(directions[:, 2], np.where(sums(10) % 2 == 0, 0.1, -0.1))


def test_waves_are_rows_of_the_basis():
    np.testing.assert_array_equal(waves(7, [3, 1]), fourier_basis(7)[[5, 6, 1, 2]])
    assert waves(7, []).shape == (0, 7)


@pytest.mark.parametrize(("n", "freq"), [(13, 7), (13, 0), (10, 6), (10, -1)])
def test_a_frequency_that_is_none_is_refused(n, freq):
    expected = rf"frequencies mod {n} are 1 to {n // 2}; got \[2, {freq}\]"
    with pytest.raises(TimelessError, match=expected):
        sum_directions(n, [2, freq])
