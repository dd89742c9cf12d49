"""The logarithm explorer: powers round a circle, and where the trained network puts the numbers."""

import numpy as np

from timeless.analysis.published import quantised
from timeless.instruments import Widget
from timeless.results.artifacts import Results
from timeless.results.weights import load_published

ARTIFACTS = ("multiplication",)


def widget(results: Results) -> Widget:
    """Return the last checkpoint's embedding of the numbers; groups are computed in the page."""
    artifact = results["multiplication"]
    summary, p = artifact.summary, artifact.config["train"]["model"]["p"]
    weights = load_published(results.directory, "multiplication", f"seed{summary['seed']}")
    W_E, scale = quantised(weights["W_E"][:p].astype(np.float64))
    return Widget(
        title="Logarithm explorer",
        caption=CAPTION,
        alt=(
            f"The non-zero numbers modulo {p} on a circle, in the order of the powers of a number "
            f"that the reader chooses. Two numbers are multiplied by adding their logarithms. "
            f"Below, the embedding of the trained network in that order: "
            f"{summary['n_key_freqs']} of {summary['n_frequencies']} frequencies stand out."
        ),
        data={
            "p": p,
            "g": summary["g"],
            "d_model": weights["W_E"].shape[1],
            "epoch": summary["epochs"],
            "W_E": W_E,
            "scale": scale,
        },
    )


CAPTION = """
Above, arithmetic: the numbers on a circle in their own order, and in the order of the powers of
\\(g\\). The path takes one step for each multiplication by \\(g\\); on the right all steps are
equally long. Colours mark the logarithm, the place on the right. Below, the trained network: the
spectrum of its last checkpoint’s embedding over the numbers in the chosen order, and the numbers
in the plane of one frequency, coloured by their place on that frequency’s circle. The plane is
chosen to contain the wave, so compare it with that of a frequency that does not stand out, and
with the other order. Weights are in 16 bits.
"""
