"""Where does the product of two waves come from? One neuron before and after its ReLU."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.analysis.fourier import dft_2d
from timeless.analysis.last_position import LastPosition, Singles
from timeless.figures import Figure
from timeless.figures.colours import BLUE, MAGENTA, OCHRE, TEAL, VIOLET
from timeless.figures.fourier.typical_neurons import NONE, in_order, nothing
from timeless.results.artifacts import Results
from timeless.results.weights import load_published
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
COLOURS = (TEAL, BLUE, VIOLET, MAGENTA, OCHRE)  # of values of b, spread evenly round the circle
HEIGHT = 330
BETWEEN = 0.1  # share of the width between the two panels

# Of max(0, cos x + cos y), less its mean 4/π²: the energy is 1/2 - 16/π⁴, and cos x cos y, with the
# coefficient 16/(3π²), has 64/(9π⁴) of it.
PURE_SHARE = (64 / 9) / (np.pi**4 / 2 - 16)


@dataclass(frozen=True)
class Neuron:
    """A neuron with its frequency, and what it has on all pairs [p, p] before and after ReLU."""

    number: int
    freq: int
    before: Singles

    @property
    def after(self) -> Singles:
        """Return the activation."""
        return np.maximum(self.before, 0)


def figure(results: Results) -> Figure:
    """Return two panels: a neuron's input, and its output, over a, for several values of b."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    neuron = typical_neuron(results)
    if neuron is None:
        none = {"neuron": np.zeros(0)}
        return Figure(
            plot=nothing(), title="How ReLU multiplies", caption=NONE, alt=NONE, table=none
        )
    words = _words(neuron, quote)
    return Figure(
        plot=_plot(neuron),
        title="How ReLU multiplies",
        caption=(
            f"A typical neuron of frequency {quote.found(neuron.freq, 'typical_neurons')} at the "
            "last checkpoint, computed from its published weights. Across, \\(a\\) in the order of "
            f"\\(ka\\) modulo {quote('config.train.model.p')}, once round the clock; each line is "
            f"one \\(b\\). Left, what enters the neuron: a wave of \\(a\\) that \\(b\\) lifts and "
            "lowers, a sum. Right, what leaves it: where the sum is below zero it is cut off, so "
            "that \\(b\\) now decides how high the wave of \\(a\\) is, as a factor would. " + words
        ),
        alt=plain(f"Waves over a for five values of b, before and after ReLU. {words}"),
        table=_table(neuron, artifact.config["train"]["model"]["p"]),
    )


def typical_neuron(results: Results) -> Neuron | None:
    """Return the typical neuron of the strongest frequency that has one, None if there is none."""
    artifact = results["addition"]
    found = artifact["typical_neurons"]
    if not len(found["neuron"]):
        return None
    norms = artifact["final_spectrum"]["norm"]
    which = int(np.argmax([norms[freq - 1] for freq in found["freq"]]))
    number, freq = int(found["neuron"][which]), int(found["freq"][which])
    p = artifact.config["train"]["model"]["p"]
    run = f"seed{artifact.config['seeds'][0]}"
    weights = load_published(results.directory, "addition", run)
    return Neuron(number, freq, LastPosition.of(weights, p).mlp_pre(number))


def product_share(values: NDArray[np.floating], freq: int) -> float:
    """Return which share of the energy of values [p, p], less their mean, is products of waves.

    They are the products of cosine or sine of ``freq`` over a with cosine or sine of it over b.
    """
    p = len(values)
    power = np.square(dft_2d((values - values.mean()).ravel(), p))
    own = [2 * freq - 1, 2 * freq]
    return float(power[np.ix_(own, own)].sum() / power.sum())


def _words(neuron: Neuron, quote: Quoting) -> str:
    before, after = (
        quote.found(product_share(values, neuron.freq), "typical_neurons", ".0%")
        for values in (neuron.before, neuron.after)
    )
    return (
        "Products of a wave of a with a wave of b hold "
        f"{before} of the energy over all pairs before ReLU and {after} after. For a sum of two "
        f"equal pure waves it would be none and {PURE_SHARE:.0%}."
    )


def _chosen(p: int) -> list[int]:
    """Return the places of the values of b that are drawn."""
    return [round(i * p / len(COLOURS)) for i in range(len(COLOURS))]


def _panels(neuron: Neuron) -> tuple[NDArray[Any], ...]:
    p = len(neuron.before)
    return tuple(in_order(values, neuron.freq, p) for values in (neuron.before, neuron.after))


def _plot(neuron: Neuron) -> go.Figure:
    p = len(neuron.before)
    across = {"range": [0, p - 1], "tickvals": [0, (p - 1) / 2, p - 1]}
    across |= {"ticktext": ["0", f"{neuron.freq}a", str(p - 1)]}
    plot = go.Figure(
        layout={
            "height": HEIGHT,
            "hovermode": "closest",
            "xaxis": {**across, "domain": [0, 0.5 - BETWEEN / 2]},
            "xaxis2": {**across, "domain": [0.5 + BETWEEN / 2, 1], "anchor": "y2"},
            "yaxis": {"title": {"text": "before ReLU: added"}},
            "yaxis2": {"title": {"text": "after ReLU: multiplied"}, "anchor": "x2", "matches": "y"},
        }
    )
    for axis, values in enumerate(_panels(neuron), 1):
        for place, colour in zip(_chosen(p), COLOURS, strict=True):
            plot.add_scatter(
                x=np.arange(p),
                y=values[:, place].astype(np.float32),
                xaxis=f"x{axis}",
                yaxis=f"y{axis}",
                mode="lines",
                line={"color": colour, "width": 2},
                name=f"{neuron.freq}b = {place}",
                legendgroup=str(place),
                showlegend=axis == 1,
                hovertemplate=f"{neuron.freq}a = %{{x}}: %{{y:.2f}}",
            )
    return plot


def _table(neuron: Neuron, p: int) -> dict[str, NDArray[Any]]:
    before, after = _panels(neuron)
    columns = {f"{neuron.freq}a mod {p}": np.arange(p)}
    for place in _chosen(p):
        columns[f"before, {neuron.freq}b = {place}"] = before[:, place]
        columns[f"after, {neuron.freq}b = {place}"] = after[:, place]
    return columns
