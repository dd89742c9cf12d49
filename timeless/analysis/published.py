"""The embeddings of the published checkpoints, as instruments in the page need them."""

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.fourier import Floats, dft
from timeless.results.artifacts import Artifact, Results
from timeless.results.weights import load_published


def number_embeddings(results: Results, experiment: str, seed: int) -> Floats:
    """Return the rows of W_E of the p numbers at each published epoch [epochs, p, d_model]."""
    artifact = results[experiment]
    p = artifact.config["train"]["model"]["p"]
    checkpoints = (
        load_published(results.directory, experiment, f"seed{seed}", epoch)
        for epoch in artifact.summary["published_epochs"]
    )
    return np.stack([weights["W_E"][:p].astype(np.float64) for weights in checkpoints])


def rows_at(artifact: Artifact, epochs: list[int]) -> NDArray[np.intp]:
    """Return the rows of the curves logged at these epochs."""
    return np.searchsorted(artifact["curves"]["epoch"], epochs)


def plane_of(embedding: Floats, freq: int) -> Floats:
    """Return two orthonormal directions [d_model, 2] that carry a frequency of the embedding.

    They are the orthonormal pair nearest to the coefficients of cos k and sin k, so that a
    perfect ring starts at token 0 on the right and runs counter-clockwise.
    """
    pair = dft(embedding)[2 * freq - 1 : 2 * freq + 1].T
    left, _, right = np.linalg.svd(pair, full_matrices=False)
    return np.asarray(left @ right)


def quantised(values: Floats) -> tuple[NDArray[np.int16], float]:
    """Return 16-bit integers and the scale that turns them back into the values."""
    scale = float(np.abs(values).max()) / np.iinfo(np.int16).max
    return np.round(values / scale).astype(np.int16), scale
