"""From which share on? Tasks by shares of the pairs, a cell for the runs of each."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import SEQUENTIAL
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("borders",)
ROW, AROUND = 46, 130  # pixels of a task's row, and of what stands around them
TASKS = {
    "addition": "a + b",
    "addition_own": "a + b,<br>tokens by place",
    "closed": "a + b, split<br>closed",
    "subtraction": "a − b",
    "velocity": "v = v₀ + a t",
    "velocity_own": "v = v₀ + a t,<br>tokens by place",
    "velocity_one_head": "v = v₀ + a t,<br>one head",
    "joint": "a + b and a · b<br>in one network",
    "joint_own": "a + b and a · b,<br>tokens by task",
    "joint_wide": "a + b and a · b,<br>twice as wide",
    "position": "s = v₀ t + a t²/2",
}


def figure(results: Results) -> Figure:
    """Return a heat map of test accuracy at the end, with the median epochs to 99%."""
    artifact, quote = results["borders"], Quoting(results, "borders")
    return Figure(
        plot=_plot(artifact),
        title="From which share of the pairs on, task by task",
        caption=(
            "The small network, with four heads unless one is named. "
            "In the cell: the first epoch with 99% of the test pairs right, or where that was not "
            f"reached within {quote('config.train.epochs')} epochs, what share of them was right "
            "at the end; with several runs, medians, and how many got there. Colour: accuracy at "
            "the end. Of two tasks in one network the worse counts. “Split closed”: both orders of "
            "a pair are trained on, or neither. “Tokens by place”: either number of a pair has "
            "number tokens of its own, “by task”: either task. Empty cells were not trained."
        ),
        alt=plain(f"A table of tasks by shares. {_story(artifact)}"),
        table={name: artifact["runs"][name] for name in artifact["runs"].columns},
    )


def arm(task: str, share: float) -> str:
    """Return the arm of a task at a share: addition_50."""
    return f"{task}_{100 * share:.0f}"


def all_shares(artifact: Artifact) -> list[float]:
    """Return the shares at which any task was trained, ascending."""
    return sorted({share for shares in artifact.config["shares"].values() for share in shares})


def _plot(artifact: Artifact) -> go.Figure:
    tasks, shares = artifact.summary["tasks"], all_shares(artifact)
    arms = artifact.summary["arms"]
    found = [[arms.get(arm(task, share)) for share in shares] for task in tasks]
    accuracy = np.array(
        [[cell["final_test_accuracy_median"] if cell else np.nan for cell in row] for row in found]
    )
    plot = go.Figure(
        go.Heatmap(
            z=accuracy,
            zmin=0,
            zmax=1,
            colorscale=SEQUENTIAL,
            xgap=2,
            ygap=2,
            showscale=False,
            text=[[_cell(cell) if cell else "" for cell in row] for row in found],
            texttemplate="%{text}",
            hovertemplate="%{z:.1%}<extra></extra>",
        ),
        {"height": AROUND + ROW * len(tasks), "hovermode": "closest"},
    )
    return plot.update_layout(
        xaxis={
            "title_text": "share of the pairs trained on",
            "tickvals": list(range(len(shares))),
            "ticktext": [f"{share:.0%}" for share in shares],
            "showgrid": False,
        },
        yaxis={
            "tickvals": list(range(len(tasks))),
            "ticktext": [f"{TASKS[task]} " for task in tasks],
            "range": [len(tasks) - 0.5, -0.5],
            "showgrid": False,
        },
    )


def _cell(cell: Mapping[str, Any]) -> str:
    """Return when 99% was first reached, or the accuracy at the end, and in how many runs."""
    median, accuracy = cell["reached_epoch"]["median"], cell["final_test_accuracy_median"]
    text = f"{accuracy:.0%}" if median is None else f"{median:,}"
    many = cell["n_runs"] > 1
    return f"{text}<br>{cell['n_reached']}/{cell['n_runs']}" if many else text


def _story(artifact: Artifact) -> str:
    """Return for each task the shares at which every run generalised, as sentences."""
    told = []
    for task in artifact.summary["tasks"]:
        shares = artifact.config["shares"][task]
        cells = {share: artifact.summary["arms"][arm(task, share)] for share in shares}
        full = [share for share, cell in cells.items() if cell["n_reached"] == cell["n_runs"]]
        name = TASKS[task].replace("<br>", " ")
        at = ", ".join(f"{share:.0%}" for share in full) if full else "no share tried"
        told.append(f"{name}: every run generalises at {at}.")
    return " ".join(told)
