"""Of what waves are the logits made? Their two-dimensional spectrum over a and b."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.colours import SEQUENTIAL
from timeless.figures.labels import colour_bar, named
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 520


def figure(results: Results) -> Figure:
    """Return a square heat map of norms by pair of frequencies, colours by their logarithm."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    freqs, norms = (artifact["logit_spectrum_2d"][name] for name in ("freq_a", "norm"))
    exponents = np.log10(np.maximum(norms, norms[norms > 0].min()))
    return Figure(
        plot=_plot(artifact, exponents),
        title="Two-dimensional spectrum of the logits",
        caption=(
            f"Norm over the {quote('config.train.model.p')} classes of the logits’ Fourier "
            "coefficients over all pairs, cosine and sine combined, at the last checkpoint of the "
            f"run with seed {quote('config.seeds.0')}; frequency 0 is the constant. The colour "
            "scale is logarithmic. A function of \\(a+b\\) alone lies on the diagonal, which "
            f"{_energy(artifact, norms, quote)}"
        ),
        alt=plain(f"Heat map; its diagonal {_energy(artifact, norms, quote)}"),
        table={"freq_a": freqs, **{f"freq_b={k}": norms[:, k] for k in freqs}},
    )


def _plot(artifact: Artifact, exponents: NDArray[np.float64]) -> go.Figure:
    found, n = artifact["logit_spectrum_2d"], artifact.summary["n_frequencies"]
    heat = go.Heatmap(
        x=found["freq_a"],
        y=found["freq_a"],
        z=exponents.T,
        customdata=found["norm"].T,
        colorscale=SEQUENTIAL,
        colorbar=colour_bar("norm", **_powers(exponents)),
        hovertemplate="frequency %{x} over a, %{y} over b<br>"
        "norm %{customdata:.3~g}<extra></extra>",
    )
    labels = [_beside(freq, n) for freq in artifact.summary["key_freqs"]]
    plot = go.Figure(heat, {"height": HEIGHT, "hovermode": "closest", "annotations": labels})
    plot.update_xaxes(title_text="frequency over a", range=[-0.5, n + 0.5])
    return plot.update_yaxes(title_text="frequency over b", range=[-0.5, n + 0.5], scaleanchor="x")


def _powers(exponents: NDArray[np.float64]) -> dict[str, Any]:
    """Return the powers of ten among the values as ticks of the colour bar."""
    ticks = np.arange(np.ceil(exponents.min()), np.floor(exponents.max()) + 1)
    return {"tickvals": ticks, "ticktext": [f"{10**tick:,g}" for tick in ticks]}


def _beside(freq: int, n: int) -> go.layout.Annotation:
    """Return the label of a point on the diagonal, right of it unless that is beyond the map."""
    left, shift = ("right", -3) if freq > 0.93 * n else ("left", 3)
    at = {"x": freq, "y": freq, "xanchor": left, "xshift": shift, "yanchor": "top", "yshift": 2}
    return go.layout.Annotation(at, text=str(freq), showarrow=False)


def _energy(artifact: Artifact, norms: NDArray[np.float64], quote: Quoting) -> str:
    """Return in words how much of the non-constant energy is on the diagonal, as a predicate."""
    power = np.square(norms)
    power[0, 0] = 0
    power /= power.sum()
    keys, table = artifact.summary["key_freqs"], "logit_spectrum_2d"
    strongest = max(keys, key=lambda freq: norms[freq, freq])
    return (
        f"holds {quote.found(np.trace(power), table, '.1%')} of the non-constant energy, "
        f"{quote.found(power[keys, keys].sum(), table, '.1%')} at the {quote('n_key_freqs')} key "
        f"frequencies alone. The strongest is {named(strongest)}."
    )
