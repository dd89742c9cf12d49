"""The data side of the instruments for attention, normalisation and the transform."""

import numpy as np
import pytest

from tests.sites import ROOT
from timeless.analysis.fourier import dft_2d, spectrum_2d
from timeless.instruments import dft_2d as transform
from timeless.instruments import layer_norm, temperature
from timeless.results.artifacts import Results
from timeless.results.encoding import receive_script

RESULTS = Results(ROOT / "artifacts")
MODULES = {"temperature": temperature, "layer-norm": layer_norm, "dft-2d": transform}


@pytest.mark.parametrize("name", MODULES)
def test_it_can_be_published_runs_the_network_and_is_small(name: str) -> None:
    made = MODULES[name].widget(RESULTS)
    made.check(name)
    assert made.networks == ("addition",)
    assert made.data["experiment"] in made.networks
    assert len(receive_script(f"widget-{name}", made.data)) < 50_000


def test_what_is_measured_beforehand_is_what_the_page_would_compute_at_its_places() -> None:
    curves = temperature.widget(RESULTS).data["measured"]
    at = [i for i, epoch in enumerate(curves["epoch"]) if epoch == max(curves["epoch"])]
    assert [curves["temperature"][i] for i in at] == [
        float(f"{20 ** (i / 10):.4g}") for i in range(-10, 11)
    ]
    inserted = layer_norm.widget(RESULTS).data["measured"]["inserted"]
    assert set(inserted) == {"none", "attention", "mlp", "final", "attention+mlp+final"}


def test_the_transform_opens_with_a_typical_neuron_s_activation() -> None:
    opening = transform.widget(RESULTS).data["opening"]
    neurons = RESULTS["addition"]["typical_neurons"]
    assert opening["neuron"] == neurons["neuron"][0]
    values, activation = opening["values"] * opening["scale"], neurons["activation"][0].ravel()
    np.testing.assert_allclose(values, activation, atol=1e-2 * activation.max())


@pytest.mark.parametrize("p", [2, 7, 131])
def test_the_first_pair_is_one(p: int) -> None:
    a, b = temperature.first_pair(p)
    assert 0 <= a < p
    assert 0 <= b < p


def test_typical_neurons_are_those_of_the_artifact_and_have_their_frequency() -> None:
    addition = RESULTS["addition"]
    neurons = addition["typical_neurons"]
    listed = transform.widget(RESULTS).data["typical"]
    assert [each["freq"] for each in listed] == neurons["freq"].tolist()
    for each, activation in zip(listed, neurons["activation"], strict=True):
        power = np.square(spectrum_2d(dft_2d(activation.ravel(), len(activation))))
        power[0, 0] = 0
        power /= power.sum()
        k = each["freq"]
        assert power[[k, 0, k], [0, k, k]].sum() > 0.85
