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
    assert len(receive_script(f"widget-{name}", made.data)) < 1_000


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
