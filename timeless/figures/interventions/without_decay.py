"""Without weight decay: unseen pairs over training, a panel for each way to go without it."""

from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.arms import curves_of
from timeless.figures.colours import BLUE, ORANGE, TEAL
from timeless.figures.panels import below_one_another, epoch_axis, stacked
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("without_decay",)
ROW, AROUND = 128, 70  # pixels of a panel with its gap, and of what stands around all panels
PANELS = {
    "decay": "weight decay, softmax",
    "softmax": "no decay, softmax",
    "stablemax": "no decay, StableMax",
    "perpendicular": "no decay, ⊥Grad",
}
WAYS = {
    "float64": ("loss in float64", BLUE),
    "float32": ("loss in float32", ORANGE),
    "epsilon": ("float64, next to no ε", TEAL),
}


def figure(results: Results) -> Figure:
    """Return a panel for each of `PANELS`, with a line for each run."""
    artifact, quote = results["without_decay"], Quoting(results, "without_decay")
    story = _story(artifact, quote)
    return Figure(
        plot=_plot(artifact),
        title="Four ways to train, three of them without weight decay",
        caption=(
            "Share of right answers on pairs that were trained on in neither order; a line for "
            f"each run of the small network, from {quote('config.train.frac_train', '.0%')} of the "
            "pairs. The control has decay "
            f"{quote('arms.decay.weight_decay', '.0f')}. Adam’s ε is "
            f"{quote('config.train.epsilon', '.0e')}, and \\(10^{{-15}}\\) where there is next to "
            f"none. A run ends {quote('hold')} epochs after it has generalised, or at "
            f"{quote('config.train.epochs')}, some with StableMax at "
            f"{quote('config.longer.stablemax_float64_seed1')}. {story}"
        ),
        alt=plain(f"Accuracy on unseen pairs over epochs in panels. {story}"),
        table=_table(artifact),
    )


def way_of(arm: str) -> tuple[str, str]:
    """Return the panel of an arm and which of `WAYS` it goes: softmax and float32."""
    panel, _, way = arm.partition("_")
    return panel, way or "float64"


def words_of(arm: str) -> str:
    """Return what an arm is, in words."""
    panel, way = way_of(arm)
    return f"{PANELS[panel]}, {WAYS[way][0]}"


def epochs_of(artifact: Artifact) -> NDArray[Any]:
    """Return the epochs that the longest run logged."""
    every = [
        table["epoch"]
        for arm in artifact.summary["order"]
        for table in curves_of(artifact, arm).values()
    ]
    return max(every, key=len)


def _plot(artifact: Artifact) -> go.Figure:
    accuracy = {"range": [-0.03, 1.04], "dtick": 0.5, "tickformat": ".0%"}
    axes = [{"title_text": words, **accuracy} for words in PANELS.values()]
    plot = stacked(AROUND + ROW * len(axes), axes, **epoch_axis(epochs_of(artifact)))
    plot.add_traces([*_lines(artifact)])
    return plot


def _lines(artifact: Artifact) -> Iterator[go.Scatter]:
    for arm in artifact.summary["order"]:
        panel, way = way_of(arm)
        words, colour = WAYS[way]
        for i, (seed, table) in enumerate(curves_of(artifact, arm).items()):
            yield go.Scatter(
                mode="lines",
                name=words,
                legendgroup=way,
                showlegend=panel == "softmax" and i == 0,
                x=table["epoch"],
                y=table["unseen_accuracy"],
                yaxis=f"y{1 + list(PANELS).index(panel)}",
                opacity=0.75,
                line={"color": colour, "width": 1.25},
                hovertemplate=f"{words}, seed {seed} %{{y:.1%}}<extra></extra>",
            )


def _story(artifact: Artifact, quote: Quoting) -> str:
    """Return how many runs of each arm generalised, as a sentence."""
    told = [
        f"{words_of(arm)}: {quote(f'arms.{arm}.n_grokked')} of {quote(f'arms.{arm}.n_runs')}"
        for arm in artifact.summary["order"]
    ]
    return f"Runs that generalised: {'; '.join(told)}."


def _table(artifact: Artifact) -> dict[str, Any]:
    rows = [
        (arm, *item)
        for arm in artifact.summary["order"]
        for item in curves_of(artifact, arm).items()
    ]
    return below_one_another(
        [table for *_, table in rows],
        ("epoch", "test_accuracy", "mirrored_accuracy", "unseen_accuracy", "train_loss"),
        arm=[words_of(arm) for arm, *_ in rows],
        seed=[seed for _, seed, _ in rows],
    )
