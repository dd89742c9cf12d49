"""Are the key frequencies what the network answers with? Accuracy without them, or with only them.

Each is set against random sets of as many frequencies, since taking out anything may do harm.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.colours import INK, MUTED, ORANGE, PAPER, TEAL, faint
from timeless.figures.panels import DOTTED
from timeless.results.artifacts import Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 400
ROWS = ("without key", "without random", "only key", "only random")  # from the top
TOP, BOTTOM = 1.0, -3.4  # of the plot area; rows are at 0, -1, -2 and -3
SPREAD = 0.36  # of a row's height, over which the points of random sets are spread
SHARE = ".2%"


def figure(results: Results) -> Figure:
    """Return four rows on one axis of accuracy: two for the key set, two for random sets."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    found = artifact["ablation"]
    return Figure(
        plot=plot(found, artifact.summary["ablation"]),
        title="Accuracy without the key frequencies, and with no others",
        caption=(
            f"Accuracy over all {quote('n_pairs')} pairs, train and test, of the last checkpoint "
            f"of the run with seed {quote('config.seeds.0')} after frequencies have been taken out "
            "of \\(W_E\\). Diamonds: the key frequencies. Points: "
            f"{quote('ablation.n_random')} random sets of as many of the "
            f"{quote('n_frequencies')} frequencies{of_others(found)}, spread over the height "
            "of a row only to keep them apart; upright bars: their mean. Guessing is right once "
            f"in {quote('config.train.model.p')}. {_words(found, quote)}"
        ),
        alt=plain(f"Four rows of points on one axis of accuracy. {_words(found, quote)}"),
        table={name: found[name] for name in found.columns},
    )


def plot(found: Table, measured: Mapping[str, Any], name: str = "key") -> go.Figure:
    """Return the rows of a table of ablations, with a title and its ``measured`` accuracy on each.

    ``name`` is what the chosen frequencies are called, "key" or another adjective.
    """
    titles = [_title(measured, kind, len(chosen_freqs(found)), name) for kind in ROWS]
    layout = {"height": HEIGHT, "showlegend": False, "hovermode": "closest"}
    drawn = go.Figure([trace for kind in ROWS for trace in _row(found, kind)], layout)
    drawn.update_xaxes(
        title_text="accuracy over all pairs",
        range=[-0.025, 1.025],
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        tickformat=".0%",
    )
    drawn.update_yaxes(visible=False, range=[BOTTOM, TOP])
    whole = whole_accuracy(found)
    side, shift = ("left", -4) if whole > 0.5 else ("right", 4)
    text = f"nothing taken out: {whole:{SHARE}}"
    drawn.add_vline(
        whole,
        annotation={"text": text, "xshift": shift, "font": {"color": MUTED}},
        annotation_position=f"top {side}",
        **DOTTED,
    )
    drawn.layout.annotations += tuple(titles)
    return drawn


def spread(n: int) -> NDArray[np.float64]:
    """Return n heights within a row, evenly filled and with neighbours far apart."""
    steps = np.arange(1, n + 1) * (np.sqrt(5) - 1) / 2
    return np.asarray(SPREAD * (steps % 1 - 0.5))


def _row(found: Table, kind: str) -> list[go.Scatter]:
    """Return the one point of the key set, or those of the random sets and their mean."""
    chosen, row = found["kind"] == kind, ROWS.index(kind)
    shares, freqs = found["accuracy_all"][chosen], found["freqs"][chosen]
    words = kind.split(maxsplit=1)[0]  # without, only
    points = go.Scatter(
        mode="markers",
        cliponaxis=False,
        name=kind,
        x=shares,
        y=np.full(len(shares), -row),
        marker={"color": TEAL, "size": 14, "symbol": "diamond"},
        customdata=[text.replace(" ", ", ") for text in freqs],
        hovertemplate=f"{words} %{{customdata}}: %{{x:{SHARE}}}<extra></extra>",
    )
    if kind.endswith("key"):
        return [points]
    points.y, points.marker = spread(len(shares)) - row, {"color": faint(ORANGE, 0.3), "size": 7}
    line = {"color": INK, "width": 2}
    mean = go.Scatter(
        mode="markers",
        cliponaxis=False,
        name=f"{kind}, mean",
        x=[shares.mean()],
        y=[-row],
        marker={"color": INK, "size": 26, "symbol": "line-ns-open", "line": line},
        hovertemplate=f"mean of {len(shares)} random sets: %{{x:{SHARE}}}<extra></extra>",
    )
    return [points, mean]


def _title(measured: Mapping[str, Any], kind: str, n: int, name: str) -> go.layout.Annotation:
    """Return the label above a row: what was done to the network, and what it scores then."""
    keys = f"the {n} {name} frequencies" if n > 1 else f"the {name} frequency"
    others = f"{n} random {'ones' if n > 1 else 'one'}, mean"
    which = {
        "without key": f"without {keys}",
        "without random": f"without {others}",
        "only key": f"only {keys}",
        "only random": f"only {others}",
    }[kind]
    key = kind.replace(" ", "_") + ("_accuracy_mean" if kind.endswith("random") else "_accuracy")
    return go.layout.Annotation(
        x=0,
        xanchor="left",
        xref="x domain",
        y=0.25 - ROWS.index(kind),
        yanchor="bottom",
        text=f"{which}: <b>{measured[key]:{SHARE}}</b>",
        showarrow=False,
        bgcolor=PAPER,
        borderpad=0,
    )


def whole_accuracy(found: Table) -> float:
    """Return the accuracy of the network of which nothing is taken out."""
    return float(found["accuracy_all"][found["kind"] == "none"][0])


def chosen_freqs(found: Table) -> list[int]:
    """Return the frequencies that are set against random ones."""
    return [int(freq) for freq in found["freqs"][found["kind"] == "without key"][0].split()]


def of_others(found: Table, name: str = "key") -> str:
    """Return the remark that none of the chosen frequencies is in a random set, if that is so."""
    random = np.char.endswith(found["kind"], "random")
    drawn = {int(freq) for freqs in found["freqs"][random] for freq in freqs.split()}
    return "" if drawn & {*chosen_freqs(found)} else f", no {name} one among them"


def _words(found: Table, quote: Quoting) -> str:
    """Return the measured accuracies in words, whichever way they come out."""

    def share(key: str) -> str:
        return quote(f"ablation.{key}", SHARE)

    return (
        f"The whole network scores {quote.found(whole_accuracy(found), 'ablation', SHARE)}. "
        f"Without the key frequencies ({quote('key_freqs')}) it scores "
        f"{share('without_key_accuracy')}; without as many random ones "
        f"{share('without_random_accuracy_mean')} on average and "
        f"{share('without_random_accuracy_min')} at worst. With the key frequencies alone it "
        f"scores {share('only_key_accuracy')}; with as many random ones alone "
        f"{share('only_random_accuracy_mean')} on average and "
        f"{share('only_random_accuracy_max')} at best."
    )
