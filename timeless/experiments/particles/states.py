"""Particle states: parts of the network as points in the plane of a key frequency. NumPy only.

A particle is a row of a weight matrix. Its two coordinates in a plane are drawn, its length is
kept, and what lies outside the plane is the rest. Number tokens are rows of W_E about their
mean, in a plane of W_E; neurons are rows of W_out, in a plane of W_U. All planes are those of the
last checkpoint, at every epoch. The page computes the same in ``instruments/sandbox/particles.js``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from timeless.analysis.fourier import Floats, power_shares, spectrum
from timeless.analysis.progress import order_parameter, spectral_entropy
from timeless.analysis.published import plane_of
from timeless.results.weights import Arrays


@dataclass(frozen=True)
class State:
    """Particles at one checkpoint: ``xy`` [n, 2] in the plane, ``lengths`` [n] of their rows."""

    xy: Floats
    lengths: Floats

    @property
    def energy(self) -> float:
        """Return half the sum of squares of the particles' rows, what weight decay charges."""
        return float(np.square(self.lengths).sum() / 2)

    @property
    def plane_energy(self) -> float:
        """Return the part of the energy that lies in the plane."""
        return float(np.square(self.xy).sum() / 2)


def token_rows(weights: Arrays, p: int) -> Floats:
    """Return the rows of W_E of the p number tokens, about their mean [p, d_model]."""
    rows = weights["W_E"][:p].astype(np.float64)
    return np.asarray(rows - rows.mean(0))


def neuron_rows(weights: Arrays) -> Floats:
    """Return what each neuron writes to the residual stream, its row of W_out [d_mlp, d_model]."""
    return np.asarray(weights["W_out"].astype(np.float64))


def token_plane(weights: Arrays, p: int, freq: int) -> Floats:
    """Return the plane [d_model, 2] in which the embedding carries a frequency."""
    return plane_of(weights["W_E"][:p].astype(np.float64), freq)


def neuron_plane(weights: Arrays, p: int, freq: int) -> Floats:
    """Return the plane [d_model, 2] from which the unembedding reads a frequency of the answer."""
    return plane_of(weights["W_U"][:, :p].T.astype(np.float64), freq)


def state_of(rows: Floats, plane: Floats) -> State:
    """Return rows [n, d_model] as particles in a plane."""
    return State(rows @ plane, np.linalg.norm(rows, axis=1))


def token_shares(state: State) -> Floats:
    """Return the power shares of the frequencies 1 … floor(p/2) in tokens that stand at ``xy``."""
    return power_shares(spectrum(state.xy))


def neuron_shares(state: State, d_model: int) -> Floats:
    """Return the power shares of d_model/2 planes that together hold the neurons' rows.

    The first is the state's plane. What lies outside of it is counted as spread evenly over the
    others, for a state keeps only its length. Source: ours.
    """
    n_planes = d_model // 2
    total = np.square(state.lengths).sum()
    inside = np.square(state.xy).sum() / total if total else 1 / n_planes
    return np.append(inside, np.full(n_planes - 1, (1 - inside) / (n_planes - 1)))


def token_measures(state: State, key_freqs: Sequence[int]) -> dict[str, float]:
    """Return energy, spectral entropy (nats) and order parameter of tokens in a plane."""
    return _measures(state, token_shares(state), key_freqs)


def neuron_measures(state: State, d_model: int) -> dict[str, float]:
    """Return energy, spectral entropy (nats) and order parameter of neurons in a plane.

    The order parameter is the power share of the plane.
    """
    return _measures(state, neuron_shares(state, d_model), [1])


def _measures(state: State, shares: Floats, freqs: Sequence[int]) -> dict[str, float]:
    return {
        "energy": state.energy,
        "plane_energy": state.plane_energy,
        "spectral_entropy": spectral_entropy(shares),
        "order_parameter": order_parameter(shares, freqs),
    }


def mean_radius(state: State) -> float:
    """Return the root mean square of the particles' distances from the plane's origin."""
    return math.sqrt(2 * state.plane_energy / len(state.xy))
