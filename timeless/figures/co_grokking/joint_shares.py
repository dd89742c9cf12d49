"""From which share on, and how late? First epochs with 99%, for both tasks and for each alone."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.arms import worst_accuracy
from timeless.figures.co_grokking.co_grokking_curves import TASKS
from timeless.figures.colours import BLUE, VIOLET
from timeless.results.artifacts import Results
from timeless.rules import ACCURACY_THRESHOLD, first_epoch
from timeless.words.values import plain

ARTIFACTS = ("full_size", "joint")
HEIGHT = 440
BESIDE = 0.009  # of all pairs, between kinds of networks at one share
NEVER = -1
TICKS = [multiple * 10**power for power in range(1, 5) for multiple in (1, 2, 5)]
KINDS = {  # by the arms' names without their share
    "joint": ("both tasks", BLUE),
    "joint_one_head": ("both, one head", VIOLET),
    **{task: (f"{task} alone", colour) for task, colour in TASKS.items()},
}
Runs = dict[str, NDArray[Any]]


def figure(results: Results) -> Figure:
    """Return a point for each run, by share of the pairs, and lines through the medians."""
    runs = _runs(results)
    return Figure(
        plot=_plot(results, runs),
        title="Two tasks and one, by the share of the pairs",
        caption=(
            f"Each point is a run: the first epoch with {ACCURACY_THRESHOLD:.0%} of the test pairs "
            "right, whether that lasts or not; of two tasks the later. Lines join the medians, of "
            f"two runs the earlier.{_open(runs)}"
        ),
        alt=plain(f"First epochs with 99% against the share of the pairs. {_story(runs)}"),
        table=runs,
    )


def _runs(results: Results) -> Runs:
    """Return kind, share, seed, first epoch and last, a row for each run of the kinds drawn."""
    found = []
    for name in ARTIFACTS:
        table = results[name]["runs"]
        for run in dict.fromkeys(table["run"].tolist()):
            row = int(np.flatnonzero(table["run"] == run)[0])
            kind = _kind(str(table["arm"][row]))
            if kind not in KINDS:
                continue
            curves = results[name][f"curves_{run}"]
            reached = first_epoch(curves["epoch"], worst_accuracy(curves) >= ACCURACY_THRESHOLD)
            found.append(
                {
                    "kind": kind,
                    "frac_train": float(table["frac_train"][row]),
                    "seed": int(table["seed"][row]),
                    "reached_epoch": NEVER if reached is None else reached,
                    "epochs": int(curves["epoch"][-1]),
                }
            )
    return {name: np.array([one[name] for one in found]) for name in found[0]}


def _kind(arm: str) -> str:
    """Return an arm's name without the share that it may end in: "joint" for joint_40."""
    task, _, share = arm.rpartition("_")
    return task if share.isdecimal() else arm


def _plot(results: Results, runs: Runs) -> go.Figure:
    plot = go.Figure([*_traces(results, runs)], {"height": HEIGHT, "hovermode": "closest"})
    shares, epochs = np.unique(runs["frac_train"]), _heights(runs)
    return plot.update_layout(
        xaxis={
            "title_text": "share of each task’s pairs that the network is trained on",
            "tickvals": shares.tolist(),
            "tickformat": ".0%",
            "range": [float(shares[0]) - 0.04, float(shares[-1]) + 0.04],
        },
        yaxis={
            "title_text": f"first epoch with {ACCURACY_THRESHOLD:.0%}",
            "type": "log",
            "tickvals": TICKS,
            "ticktext": [f"{epoch:,}" for epoch in TICKS],
            "range": np.log10([0.8 * epochs.min(), 1.25 * epochs.max()]).tolist(),
        },
    )


def _traces(results: Results, runs: Runs) -> Iterator[go.Scatter]:
    """Yield for each kind a line through its medians, then its runs."""
    for place, (kind, (name, colour)) in enumerate(KINDS.items()):
        those = runs["kind"] == kind
        if not those.any():
            continue
        beside = BESIDE * (place - (len(KINDS) - 1) / 2)
        shares, medians = _medians(results, kind)
        yield go.Scatter(
            mode="lines",
            name=name,
            legendgroup=kind,
            x=shares + beside,
            y=medians,
            line={"color": colour, "width": 1.5},
            hoverinfo="skip",
        )
        there, epochs = runs["reached_epoch"][those] != NEVER, _heights(runs)[those]
        yield go.Scatter(
            mode="markers",
            name=name,
            legendgroup=kind,
            showlegend=False,
            x=runs["frac_train"][those] + beside,
            y=epochs,
            cliponaxis=False,
            marker={
                "color": colour,
                "size": 8,
                "line": {"width": 1.5},
                "symbol": np.where(there, "circle", "circle-open").tolist(),
            },
            customdata=runs["seed"][those],
            text=[
                f"epoch {epoch:,}" if came else f"not within {epoch:,} epochs"
                for epoch, came in zip(epochs.tolist(), there.tolist(), strict=True)
            ],
            hovertemplate=f"{name}, seed %{{customdata}}: %{{text}}<extra></extra>",
        )


def _heights(runs: Runs) -> NDArray[np.integer]:
    """Return where each run stands: at the first epoch with 99%, or else at its end."""
    return np.where(runs["reached_epoch"] != NEVER, runs["reached_epoch"], runs["epochs"])


def _medians(results: Results, kind: str) -> tuple[NDArray[np.float64], list[int | None]]:
    """Return the shares of a kind, and the epoch by which half of its runs got there, or None."""
    arms = [
        (arm["frac_train"], arm["reached_epoch"]["median"])
        for name in ARTIFACTS
        for key, arm in results[name].summary["arms"].items()
        if _kind(key) == kind
    ]
    shares, medians = zip(*sorted(arms, key=itemgetter(0)), strict=True)
    return np.array(shares), list(medians)


def _open(runs: Runs) -> str:
    there = (runs["reached_epoch"] != NEVER).all()
    return "" if there else " Open, at its end: a run that did not get there."


def _story(runs: Runs) -> str:
    """Return when the runs of each kind got there, share by share, as sentences."""
    told = []
    for kind, (name, _) in KINDS.items():
        those = runs["kind"] == kind
        at = []
        for share in np.unique(runs["frac_train"][those]):
            epochs = runs["reached_epoch"][those & (runs["frac_train"] == share)].tolist()
            words = (f"{epoch:,}" if epoch != NEVER else "not reached" for epoch in epochs)
            at.append(f"from {share:.0%}: {', '.join(words)}")
        if at:
            told.append(f"{name.capitalize()}, {'; '.join(at)}.")
    return " ".join(told)
