"""The two-dimensional transform of logits and neurons, computed in the page at any checkpoint."""

from typing import Any

import numpy as np

from timeless.analysis.last_position import LastPosition
from timeless.analysis.published import quantised
from timeless.instruments import Widget
from timeless.instruments.networks import published_run, seed_of
from timeless.results.artifacts import Artifact, Results
from timeless.results.weights import load_published
from timeless.words.values import Quoting

ARTIFACTS = ("addition",)


def widget(results: Results) -> Widget:
    """Return which neurons are typical of which frequency; the page runs the checkpoints."""
    addition = results["addition"]
    p = addition.config["train"]["model"]["p"]
    return Widget(
        title="Two-dimensional transform of logits and neurons",
        caption=CAPTION + _typical(addition, Quoting(results, "addition")),
        alt=(
            f"Two heat maps: a logit or a neuron over the {p} × {p} pairs (a, b), and the norm of "
            "its Fourier coefficients by frequency over a and over b; with a table of the "
            "strongest components, at any published checkpoint."
        ),
        data={
            "experiment": "addition",
            "typical": typical_neurons(addition),
            "opening": opening(results),
        },
        networks=ARTIFACTS,
    )


def typical_neurons(addition: Artifact) -> list[dict[str, int]]:
    """Return frequency and number of the neuron of median energy of each key frequency."""
    found = addition["typical_neurons"]
    return [
        {"freq": int(freq), "neuron": int(neuron)}
        for freq, neuron in zip(found["freq"], found["neuron"], strict=True)
    ]


def opening(results: Results) -> dict[str, Any]:
    """Return the neuron that is shown first and its activation over all pairs, quantised.

    It is the first typical one, at the last published checkpoint; without any, number 0.
    """
    addition = results["addition"]
    p = addition.config["train"]["model"]["p"]
    epoch = addition.summary["published_epochs"][-1]  # in 16 bits, as the page has it
    weights = load_published(results.directory, "addition", published_run(addition), epoch)
    neuron = next((each["neuron"] for each in typical_neurons(addition)), 0)
    pre = LastPosition.of(weights, p).mlp_pre(neuron)
    values, scale = quantised(np.maximum(pre, 0).ravel().astype(np.float64))
    return {"neuron": neuron, "values": values, "scale": scale}


def _typical(addition: Artifact, quote: Quoting) -> str:
    freqs = quote.found(addition["typical_neurons"]["freq"], "typical_neurons")
    return (
        f" *Typical* neurons, for \\(k\\) = {freqs}, are those of median energy at the last "
        f"checkpoint (seed {seed_of(addition)})."
    )


CAPTION = """
Left, a function of the pair \\((a, b)\\) as the network computes it: the activation of a neuron,
the logit of a class \\(c\\), or that logit less the mean over all classes, on which no
probability depends. Right, the norms of its coefficients
\\(\\hat f_{ij} = \\sum_{a,b} F_i(a)\\,F_j(b)\\,f(a, b)\\), cosine and sine of a frequency combined;
frequency 0 is the constant, and the corner of both constants is left out. Shares are of the
energy without it. The left map can be put together again from the strongest components alone.
Computed in the page, from weights in 16 bits.
"""
