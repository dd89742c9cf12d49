"""Few throws and enlarged initial weights: curves of one arm, and where every run ends."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from timeless.figures import Figure
from timeless.figures.colours import BLUE, MAGENTA, MUTED, OCHRE
from timeless.figures.panels import ACCURACY, curve
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("few_throws",)
HEIGHT = 680
COLOURS = (BLUE, OCHRE, MAGENTA)  # of the scales, from usual initial weights on
SHARE, DECAY = "5", "1"  # of the arm whose curves are shown
LEVELS = {"linear": ("linear interpolation", "dash"), "nearest": ("nearest throw", "dashdot")}
BESIDE, SPREAD = 0.3, 0.052  # of a share's width: from scale to scale, from seed to seed
SYMBOLS = {  # of the decays
    "circle": "full circles",
    "circle-open": "open circles",
    "diamond-open": "open diamonds",
}


def figure(results: Results) -> Figure:
    """Return train and test accuracy over epochs, and what each run answers in the end."""
    artifact, quote = results["few_throws"], Quoting(results, "few_throws")
    runs = artifact["runs"]
    marks = ", ".join(
        f"{words} with decay {decay}, "
        f"{quote(f'arms.{_arm(artifact, SHARE, decay, 1)}.epochs')} epochs"
        for decay, words in zip(artifact.config["seeds"], SYMBOLS.values(), strict=False)
    )
    return Figure(
        plot=_plot(artifact),
        title="Few throws, and enlarged initial weights",
        caption=(
            f"Above, each seed from {SHARE}% of the throws with weight decay {DECAY}: dotted, the "
            "share of training throws in the right bin; full, that of the test throws at most one "
            "bin off. Below, what each run answers to within one bin in the end, the median over "
            f"the last fifth of its epochs: {marks}. Lines: a look-up of the nearest training "
            "throw, and the straight line between training throws; both know the order of the "
            f"values. {_story(artifact, quote)}"
        ),
        alt=plain(
            "Accuracies over training by size of the initial weights, and at its end by share of "
            f"the throws. {_story(artifact, quote)}"
        ),
        table={name: runs[name] for name in runs.columns},
    )


def _story(artifact: Artifact, quote: Quoting) -> str:
    """Return in words what the runs of each arm answer in the end."""
    told = []
    for decay, shares in artifact.config["seeds"].items():
        for share in shares:
            ends = ", ".join(
                f"weights ×{scale:g} "
                + quote(f"arms.{_arm(artifact, share, decay, scale)}.answered_median", ".0%")
                for scale in artifact.config["scales"]
            )
            nearest = quote(f"shares.share_{share}.nearest.within_one_bin", ".0%")
            told.append(f"From {share}% with decay {decay}: {ends}; nearest throw {nearest}.")
    return f"Medians: {' '.join(told)}"


def _arm(artifact: Artifact, share: str, decay: str, scale: float) -> str:
    """Return the name of the arm that has these."""
    runs = artifact["runs"]
    those = (runs["scale"] == scale) & (runs["weight_decay"] == float(decay))
    return str(runs["arm"][those & np.isclose(100 * runs["share"], float(share))][0])


def _plot(artifact: Artifact) -> go.Figure:
    plot = make_subplots(rows=2, vertical_spacing=0.16)
    shares = list(artifact.config["seeds"][DECAY])
    for scale, colour in zip(artifact.config["scales"], COLOURS, strict=True):
        plot.add_traces(_curves(artifact, scale, colour))
        for decay, symbol in zip(artifact.config["seeds"], SYMBOLS, strict=False):
            plot.add_trace(_ends(artifact, shares, (scale, decay), colour, symbol), row=2, col=1)
    dotted = {"color": MUTED, "width": 1.25, "dash": "dot"}
    plot.add_trace(go.Scatter(name="training throws", mode="lines", x=[0], y=[0], line=dotted))
    for share, name in enumerate(shares):
        for level, (words, dash) in LEVELS.items():
            height = artifact.summary["shares"][f"share_{name}"][level]["within_one_bin"]
            line = go.Scatter(
                mode="lines",
                name=words,
                legendgroup=level,
                showlegend=share == 0,
                x=[share - 0.45, share + 0.45],
                y=[height, height],
                line={"color": MUTED, "width": 1.5, "dash": dash},
                hovertemplate=f"{words} %{{y:.1%}}<extra></extra>",
            )
            plot.add_trace(line, row=2, col=1)
    plot.update_layout(
        height=HEIGHT,
        hovermode="closest",
        xaxis={"title_text": "epoch", "rangemode": "tozero", "tickformat": ",d"},
        yaxis={**ACCURACY, "title_text": f"accuracy, from {SHARE}% of the throws"},
        xaxis2={
            "title_text": "share of the throws trained on",
            "tickvals": list(range(len(shares))),
            "ticktext": [f"{share}%" for share in shares],
            "range": [-0.5, len(shares) - 0.5],
            "zeroline": False,
        },
        yaxis2={**ACCURACY, "title_text": "answered in the end"},
    )
    return plot


def _curves(artifact: Artifact, scale: float, colour: str) -> list[go.Scatter]:
    """Return train and test accuracy of each seed of the arm that is shown, at one scale."""
    arm, traces = _arm(artifact, SHARE, DECAY, scale), []
    for place, seed in enumerate(artifact.config["seeds"][DECAY][SHARE]):
        table, more = artifact[f"curves_{arm}_seed{seed}"], {"legendgroup": arm}
        words = f"weights ×{scale:g}, seed {seed}:"
        name = "usual weights" if scale == 1 else f"weights ×{scale:g}"
        test: dict[str, Any] = {"words": f"{words} test", "showlegend": place == 0, **more}
        train: dict[str, Any] = {"words": f"{words} training", "showlegend": False, **more}
        line = curve(table, "train_accuracy", name, colour, spec=".1%", **train)
        traces.append(line.update(line={"dash": "dot", "width": 1.25}))
        traces.append(curve(table, "test_within_one_bin", name, colour, spec=".1%", **test))
    return traces


def _ends(
    artifact: Artifact, shares: list[str], arm: tuple[float, str], colour: str, symbol: str
) -> go.Scatter:
    """Return a point for each run of a scale and a decay: what it answers in the end."""
    runs, (scale, decay) = artifact["runs"], arm
    those = (runs["scale"] == scale) & (runs["weight_decay"] == float(decay))
    place = [shares.index(f"{100 * share:g}") for share in runs["share"][those]]
    seeds, all_seeds = runs["seed"][those], artifact.config["seeds"]
    before = list(all_seeds)[: list(all_seeds).index(decay)]
    slots = sum(max(map(len, all_seeds[other].values())) for other in before) + seeds - 1
    beside = BESIDE * (artifact.config["scales"].index(scale) - 1)
    return go.Scatter(
        mode="markers",
        name=f"weights ×{scale:g}",
        showlegend=False,
        x=np.array(place) + beside + SPREAD * (slots - 2),
        y=runs["answered"][those],
        marker={"color": colour, "symbol": symbol, "size": 8, "line": {"width": 1.5}},
        customdata=np.stack([seeds, runs["memorisation_epoch"][those]], axis=1),
        hovertemplate=f"weights ×{scale:g}, decay {decay}, seed %{{customdata[0]}}: %{{y:.1%}}; "
        "memorised at %{customdata[1]:,d}<extra></extra>",
    )
