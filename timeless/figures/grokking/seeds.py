"""How much belongs to the seed? Accuracy on mirrored and on unseen pairs, a line for each run."""

from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, ORANGE
from timeless.figures.panels import ACCURACY, below_one_another, curve, over_epochs
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("seeds",)
HEIGHT = 520
LINE = {"width": 1.25}
PARTS = {
    "mirrored": (ORANGE, "test pairs whose exchange was trained on"),
    "unseen": (BLUE, "test pairs seen in neither order"),
}


def figure(results: Results) -> Figure:
    """Return accuracy on mirrored above accuracy on unseen pairs, every run in both."""
    title = "The same training with other seeds: mirrored and unseen pairs"
    return surveyed(results, "seeds", title)


def surveyed(results: Results, experiment: str, title: str) -> Figure:
    """Return the same of an experiment that asks the same of many seeds."""
    artifact, quote = results[experiment], Quoting(results, experiment)
    return Figure(
        plot=_plot(artifact),
        title=title,
        caption=(
            "Share of right answers over training, a line for each of "
            f"{quote('n_runs')} runs that differ in their initial weights and in their split "
            f"alone. {_story(artifact, quote)} A line ends where its run does: after "
            f"{quote('hold')} epochs of generalisation, or at its budget."
        ),
        alt=plain(
            f"Two panels of {quote('n_runs')} lines over epochs, accuracy on mirrored test pairs "
            f"above accuracy on unseen ones. {_story(artifact, quote)}"
        ),
        table=_table(artifact),
    )


def curves_of(artifact: Artifact) -> dict[str, Table]:
    """Return the curves of every run of a survey by its name, in order."""
    return {name: artifact[f"curves_{name}"] for name in artifact.summary["runs"]}


def _plot(artifact: Artifact) -> go.Figure:
    curves = curves_of(artifact)
    axes = [{**ACCURACY, "title_text": words} for _, words in PARTS.values()]
    longest = max((table["epoch"] for table in curves.values()), key=len)
    plot = over_epochs(HEIGHT, axes, longest, switch="x")
    for panel, (part, (colour, _)) in enumerate(PARTS.items(), 1):
        for name, table in curves.items():
            seed = artifact.summary["runs"][name]["seed"]
            drawn = (table, f"{part}_accuracy", f"seed {seed}", colour, f"seed {seed}, {part}")
            line = curve(*drawn, panel=panel, spec=".1%", showlegend=False, opacity=0.75)
            plot.add_trace(line.update(line=LINE))
    return plot


def _story(artifact: Artifact, quote: Quoting) -> str:
    """Return in words when half of each kind of pair is answered, and how many runs grok."""
    survival = artifact.summary["survival"]
    medians = [
        f"{kind} pairs by epoch {quote(f'survival.{kind}_50_epoch.median')}"
        for kind in PARTS
        if survival[f"{kind}_50_epoch"]["median"] is not None
    ]
    outcome = f"Of these runs {quote('n_grokked')} grok within their budget."
    if not medians:
        return outcome
    return f"The median run answers half of the {' and half of the '.join(medians)}. {outcome}"


def _table(artifact: Artifact) -> dict[str, Any]:
    """Return the curves of all runs below one another."""
    curves = curves_of(artifact)
    seeds = [artifact.summary["runs"][name]["seed"] for name in curves]
    columns = ("epoch", *(f"{part}_accuracy" for part in PARTS))
    return below_one_another(list(curves.values()), columns, seed=seeds)
