"""Where training ends: the train loss over epochs by Adam's ε, a line for each run."""

from collections.abc import Iterator
from math import log10
from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, GREY, MAGENTA, ORANGE, TEAL, VIOLET
from timeless.figures.panels import LOSS, curve, over_epochs
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("epsilon",)
HEIGHT = 400
COLOURS = (BLUE, TEAL, ORANGE, MAGENTA, VIOLET, GREY)
HALF = "half_lr"


def figure(results: Results) -> Figure:
    """Return the train losses of every run, coloured by ε; dashed at half the learning rate."""
    artifact, quote = results["epsilon"], Quoting(results, "epsilon")
    ends = [
        f"{quote(f'arms.{arm}.final_train_loss', '.0e')} with ε = {quote(f'arms.{arm}.epsilon')}"
        for arm in artifact.summary["order"]
        if arm != HALF
    ]
    story = f"They end, in the median, at {', '.join(ends)}."
    return Figure(
        plot=over_losses(artifact).add_traces([*_lines(artifact)]),
        title="Adam's ε sets where the train loss ends",
        caption=(
            f"Train loss of small networks, {quote('arms.half_lr.n_runs')} runs for each ε, all "
            "else equal; dashed: at half the learning rate, with an ε that is among the others. "
            f"{story}"
        ),
        alt=plain(f"Bundles of lines of train loss over epochs, one for each ε. {story}"),
        table=losses_table(artifact),
    )


def over_losses(artifact: Artifact) -> go.Figure:
    """Return an empty figure for the train losses of an artifact that has a table of them."""
    axis = {**LOSS, "title_text": "train loss, nats per pair", "exponentformat": "power"}
    return over_epochs(HEIGHT, [axis], artifact["losses"]["epoch"], switch="x")


def arm_name(arm: str, epsilon: float) -> str:
    """Return what is tried in an arm, in words: its ε, or half the learning rate."""
    power = -round(log10(epsilon))
    return "half the learning rate" if arm == HALF else plain(f"ε = 10<sup>−{power}</sup>")


def line_of(arm: str) -> dict[str, Any]:
    """Return how the line of a run is drawn: dashed at half the learning rate."""
    return {"width": 1.5, "dash": "dash" if arm == HALF else "solid"}


def _lines(artifact: Artifact) -> Iterator[go.Scatter]:
    arms = artifact.summary["arms"]
    for i, arm in enumerate(artifact.summary["order"]):
        name = arm_name(arm, arms[arm]["epsilon"])
        for seed in artifact.config["seeds"]:
            drawn = curve(
                artifact["losses"],
                f"{arm}_seed{seed}",
                name,
                COLOURS[i % len(COLOURS)],
                f"{name}, seed {seed}",
                spec=".1e",
                legendgroup=arm,
                showlegend=seed == artifact.config["seeds"][0],
                opacity=0.8,
            )
            yield drawn.update(line=line_of(arm))


def losses_table(artifact: Artifact) -> dict[str, Any]:
    """Return the train losses of all runs below one another."""
    losses, runs = artifact["losses"], list(artifact.summary["runs"])
    epochs = losses["epoch"]
    return {
        "run": np.repeat(runs, len(epochs)),
        "epoch": np.tile(epochs, len(runs)),
        "train_loss": np.concatenate([losses[run] for run in runs]),
    }
