"""One neuron of a published network on all pairs, before its activation, with NumPy alone."""

import numpy as np

from timeless.analysis.fourier import Floats
from timeless.results.weights import Arrays


def neuron_input(weights: Arrays, neuron: int, p: int, op: int = 0) -> Floats:
    """Return what enters a neuron of the MLP for every pair [p, p], mlp_pre in float64.

    Attention enters it linearly, so each token at each place and head adds one number, weighed
    by its share of the pattern.
    """
    W = {name: array.astype(np.float64) for name, array in weights.items()}
    onto = W["W_in"][:, neuron]
    last = W["W_E"][p + op] + W["W_pos"][2]
    places = (W["W_E"][:p] + W["W_pos"][0], W["W_E"][:p] + W["W_pos"][1], last[None])
    query = np.einsum("d,hde->he", last, W["W_Q"]) / np.sqrt(W["W_Q"].shape[2])
    asked = np.einsum("hde,he->hd", W["W_K"], query)
    adds = np.einsum("hde,hef,f->hd", W["W_V"], W["W_O"], onto, optimize=True)
    shapes = ((-1, p, 1), (-1, 1, p), (-1, 1, 1))  # along a, along b, the same for all pairs
    scores = [(asked @ x.T).reshape(s) for x, s in zip(places, shapes, strict=True)]
    values = [(adds @ x.T).reshape(s) for x, s in zip(places, shapes, strict=True)]
    most = np.maximum(np.maximum(scores[0], scores[1]), scores[2])
    raised = [np.exp(score - most) for score in scores]
    mixed = sum(r * v for r, v in zip(raised, values, strict=True)) / sum(raised)
    return np.asarray(mixed.sum(0) + last @ onto + W["b_in"][neuron])
