"""The values that instruments must show, computed with NumPy from the committed artifacts."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tests.browser.reading import ROOT
from timeless.instruments.networks import published_run
from timeless.results.artifacts import Artifact, Results
from timeless.results.weights import load_weights, published_file

P = 131
RESULTS = Results(ROOT / "artifacts")


@cache
def addition() -> Artifact:
    return RESULTS["addition"]


def epochs() -> list[int]:
    """Return the epochs of the checkpoints whose weights are published."""
    return [int(epoch) for epoch in addition().summary["published_epochs"]]


@dataclass(frozen=True)
class Spectrum:
    """Norm, share of power and rank of every frequency; index k - 1."""

    norm: NDArray[np.float64]

    @property
    def share(self) -> NDArray[np.float64]:
        power = np.square(self.norm)
        return power / power.sum()

    def rank(self, k: int) -> int:
        return 1 + int((self.norm > self.norm[k - 1]).sum())


@cache
def spectrum(epoch: int) -> Spectrum:
    """Return the embedding's spectrum at a checkpoint by NumPy's own transform.

    Cosine and sine of one frequency together carry twice the power of its orthonormal
    complex coefficient, because the other half lies at p - k.
    """
    weights, _ = load_weights(
        published_file(RESULTS.directory, "addition", published_run(RESULTS["addition"]), epoch)
    )
    W_E = weights["W_E"][:P].astype(np.float64)
    transformed = np.fft.fft(W_E, axis=0, norm="ortho")[1 : P // 2 + 1]
    return Spectrum(np.sqrt(2 * np.square(np.abs(transformed)).sum(axis=1)))


def accuracy_at(epoch: int) -> float:
    """Return the test accuracy that was logged at an epoch."""
    curves = addition()["curves"]
    return float(curves["test_accuracy"][curves["epoch"].tolist().index(epoch)])
