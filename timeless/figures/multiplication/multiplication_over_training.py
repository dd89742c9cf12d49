"""When do the frequencies of the logarithm stand out? Power share, frequency by epoch."""

import numpy as np

from timeless.analysis.fourier import Floats, power_shares
from timeless.figures import Figure
from timeless.figures.fourier.spectrum_over_training import plot
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("multiplication",)


def figure(results: Results) -> Figure:
    """Return a heat map of power shares over discrete logarithms, epochs across."""
    artifact, quote = results["multiplication"], Quoting(results, "multiplication")
    spectra = artifact["embedding_spectrum"]
    epochs, shares = spectra["epoch"], power_shares(spectra["norm"])
    freqs = np.arange(1, shares.shape[1] + 1)
    return Figure(
        plot=plot(artifact, epochs, shares),
        title="Power share of each frequency of the logarithm over training",
        caption=(
            "Each column is the spectrum of the rows of \\(W_E\\) of the non-zero numbers, in the "
            f"order of their logarithms, at one of {quote.found(len(epochs), 'embedding_spectrum')}"
            f" checkpoints of the run with seed {quote('seed')}. The numbers on the right are the "
            f"key frequencies. {_leaders(artifact, shares, quote)}"
        ),
        alt=plain(
            f"Heat map over epochs and frequencies. The key frequencies are {quote('key_freqs')}. "
            f"{_leaders(artifact, shares, quote)}"
        ),
        table={"epoch": epochs, **{f"k={k}": shares[:, k - 1] for k in freqs}},
    )


def _leaders(artifact: Artifact, shares: Floats, quote: Quoting) -> str:
    """Return in words which frequency is the largest when training has been memorised, and last."""
    epochs, memorised = artifact["embedding_spectrum"]["epoch"], "memorisation_epoch"
    last = f"At the end it is {quote.found(shares[-1].argmax() + 1, 'embedding_spectrum')}."
    if artifact.summary[memorised] is None:
        return last.replace("At the end it is", "The largest at the end is")
    row = min(int(np.searchsorted(epochs, artifact.summary[memorised])), len(epochs) - 1)
    return (
        f"At epoch {quote.found(epochs[row], 'embedding_spectrum')}, when the training pairs have "
        "been memorised, the largest is frequency "
        f"{quote.found(shares[row].argmax() + 1, 'embedding_spectrum')}, with "
        f"{quote.found(shares[row].max(), 'embedding_spectrum', '.1%')} of the power. {last}"
    )
