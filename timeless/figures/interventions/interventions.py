"""What starts generalisation and what keeps it away? Each run of each arm, when it grokked."""

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.arms import label, over_rows, points
from timeless.figures.colours import BLUE, ORANGE
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("interventions",)
ROW, AROUND = 30, 120  # pixels of an arm's row, and of what stands around them
SPREAD = 0.5  # of a row's height, over which the runs of an arm are spread


def figure(results: Results) -> Figure:
    """Return a row for each arm with a point for each run."""
    artifact, quote = results["interventions"], Quoting(results, "interventions")
    story = _story(artifact, quote)
    return Figure(
        plot=_plot(artifact),
        title="What starts generalisation, and what keeps it away",
        caption=(
            f"Each point is a run of the small network: {_network(quote)}. Full: the epoch from "
            "which test accuracy stays at 99%. Open: the run had not generalised when it ended. "
            f"With the norm held fixed, all weights are scaled back after every update so that the "
            f"sum of their squares is what it was at the start. {story}"
        ),
        alt=plain(f"Points by arm over epochs, full where a run generalised. {story}"),
        table={name: artifact["runs"][name] for name in artifact["runs"].columns},
    )


def _network(quote: Quoting) -> str:
    """Return what network is trained, and how fast."""
    n_heads, d_model, d_mlp = (
        quote(f"config.train.model.{name}") for name in ("n_heads", "d_model", "d_mlp")
    )
    return (
        f"{n_heads} head, \\(d_\\text{{model}}\\) = {d_model}, {d_mlp} neurons, learning rate "
        f"{quote('config.train.lr')}"
    )


def _plot(artifact: Artifact) -> go.Figure:
    arms, table = artifact.summary["order"], artifact["runs"]
    rows = np.array([arms.index(arm) for arm in table["arm"]])
    seeds = sorted(set(table["seed"].tolist()))
    place = np.array([seeds.index(seed) for seed in table["seed"].tolist()]) + 0.5
    heights = rows + SPREAD * (place / len(seeds) - 0.5)
    runs = {name: table[name] for name in table.columns} | {"row": rows, "height": heights}
    words, grokked = [label(artifact.config, arm) for arm in arms], runs["grok_epoch"] >= 0
    traces = [
        points(name, {"color": colour, "symbol": symbol}, runs, shown, words)
        for name, colour, symbol, shown in (
            ("generalised", BLUE, "circle", grokked),
            ("not within the run", ORANGE, "circle-open", ~grokked),
        )
    ]
    return over_rows(traces, words, AROUND + ROW * len(arms))


def _story(artifact: Artifact, quote: Quoting) -> str:
    """Return how many runs of each arm generalised, as sentences."""
    told = [
        f"{label(artifact.config, arm)}, {quote(f'arms.{arm}.n_grokked')} of "
        f"{quote(f'arms.{arm}.n_runs')}"
        for arm in artifact.summary["order"]
    ]
    budget = quote("config.train.epochs")
    return f"Runs that generalised within {budget} epochs: {'; '.join(told)}."
