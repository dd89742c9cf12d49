"""The arms of the experiment `interventions`: what each is called, its runs, runs as points."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.results.artifacts import Artifact, Table

FIXED = {
    "fixed_norm": "norm held fixed",
    "random_labels": "random labels",
}


def label(config: Mapping[str, Any], arm: str) -> str:
    """Return what an arm changes, in words: "decay off after 150" for off_1.

    ``config`` is that of `interventions`, as its artifact holds it.
    """
    if arm in FIXED:
        return FIXED[arm]
    kind, _, number = arm.partition("_")
    if kind == "decay":
        strength = number.replace("p", ".")
        return "no decay" if float(strength) == 0 else f"decay {strength}"
    return f"decay {kind} after {switched_at(config, arm):,}"


def switched_at(config: Mapping[str, Any], arm: str) -> int:
    """Return the epoch at which decay is switched in an arm such as off_1."""
    kind, _, number = arm.partition("_")
    return int(config[kind][int(number) - 1])


def curves_of(artifact: Artifact, arm: str) -> dict[int, Table]:
    """Return the curves of the runs of an arm, by seed."""
    runs = artifact["runs"]
    return {
        int(seed): artifact[f"curves_{run}"]
        for run, of, seed in zip(runs["run"], runs["arm"], runs["seed"], strict=True)
        if of == arm
    }


def worst_accuracy(curves: Table) -> NDArray[np.float64]:
    """Return the test accuracy of a run at each logged epoch, of the worse of its tasks."""
    columns = [name for name in curves.columns if name.startswith("test_accuracy")]
    return np.asarray(np.min([curves[name] for name in columns], axis=0))


def points(
    name: str,
    marker: Mapping[str, Any],
    runs: Mapping[str, NDArray[Any]],
    shown: NDArray[np.bool_],
    words: Sequence[str],
) -> go.Scatter:
    """Return a point for each run that is ``shown``: where it grokked or, else, at its end.

    ``runs`` has of each run ``row`` and ``height``, where in the figure it stands, and the columns
    of the table `runs` that its place and words need; ``words`` say what the runs of a row are.
    """
    those = {column: values[shown] for column, values in runs.items()}
    return go.Scatter(
        mode="markers",
        name=name,
        x=np.where(those["grok_epoch"] >= 0, those["grok_epoch"], those["epochs"]),
        y=those["height"],
        marker={"size": 8, "line": {"width": 1.5}, **marker},
        customdata=np.stack([those["seed"], 100 * those["test_accuracy"]], axis=1),
        text=[words[row].replace("<br>", " ") for row in those["row"]],
        hovertemplate="%{text}, seed %{customdata[0]}: epoch %{x:,d}, "
        "%{customdata[1]:.1f}% of test pairs at the end<extra></extra>",
    )


def over_rows(traces: Sequence[go.Scatter], words: Sequence[str], height: int) -> go.Figure:
    """Return a figure over epochs with a row for each arm; ``words`` say what they are."""
    plot = go.Figure(list(traces), {"height": height, "hovermode": "closest"})
    return plot.update_layout(
        xaxis={"title_text": "epoch", "rangemode": "tozero", "tickformat": ",d"},
        yaxis={
            "tickvals": list(range(len(words))),
            "ticktext": [f"{each} " for each in words],
            "range": [len(words) - 0.5, -0.5],
            "showgrid": True,
        },
    )
