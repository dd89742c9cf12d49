"""Do two tasks in one network click together? Their curves, beside those of each task alone."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import ACCENT, INK, MAGENTA, TEAL, faint
from timeless.figures.panels import Flag, curve, epoch_axis, fly, header_of, stacked_axes
from timeless.results.artifacts import Artifact, Results, Table
from timeless.rules import ACCURACY_THRESHOLD, HOLD_EPOCHS, relapses
from timeless.words.quoting import Quoting, plain

ARTIFACTS = ("co_grokking", "addition", "multiplication")
HEIGHT = 860
TASKS = {"addition": TEAL, "multiplication": MAGENTA}
SHARE = {"range": [-0.03, 1.04], "dtick": 0.5, "tickformat": ".0%"}
PANELS: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("test_accuracy", "test accuracy", SHARE, ".1%"),
    ("train_accuracy", "train accuracy", SHARE, ".1%"),
    ("test_loss", "test loss, nats per example", {"type": "log"}, ".3~g"),
    ("train_loss", "train loss, nats per example", {"type": "log"}, ".3~g"),
)
NORM = ("sum of squared weights", {"rangemode": "tozero", "tickformat": ",d"})


def figure(results: Results) -> Figure:
    """Return panels of accuracies, losses and norm: the joint run solid, the controls dotted."""
    artifact, quote = results["co_grokking"], Quoting(results, "co_grokking")
    return Figure(
        plot=go.Figure([*_joint(artifact), *_controls(results, artifact)], _layout(artifact)),
        title="Two tasks in one network, and each alone",
        caption=(
            f"Solid: one network that learns both tasks, seed {quote('seed')}, with "
            f"{quote('frac_train', '.0%')} of the pairs of each. Dotted: the controls, a network "
            f"for each task, with {quote('controls.addition.frac_train', '.0%')} and "
            f"{quote('controls.multiplication.frac_train', '.0%')} of the pairs. "
            f"{_story(artifact, quote)} {_dips(artifact, quote)}"
        ),
        alt=plain(
            "Accuracies and losses of addition and multiplication over training, together in one "
            "network and each in a network of its own, and the sums of squared weights. "
            f"{_story(artifact, quote)} {_dips(artifact, quote)}"
        ),
        table={name: artifact["curves"][name] for name in artifact["curves"].columns},
        height=HEIGHT,
    )


# --- traces ------------------------------------------------------------------------------


def _joint(artifact: Artifact) -> list[dict[str, Any]]:
    curves = artifact["curves"]
    lines = [
        _line(curves, f"{column}_{task}", task, panel)
        for panel, (column, *_) in enumerate(PANELS, 1)
        for task in TASKS
    ]
    norm = curve(curves, "sum_sq_weights", "both tasks", INK, panel=len(PANELS) + 1)
    hover = {"hovertemplate": "both tasks %{y:,.0f}<extra></extra>", "showlegend": False}
    return [*lines, norm | hover]


def _controls(results: Results, artifact: Artifact) -> list[dict[str, Any]]:
    lines = [
        _line(artifact[f"control_{task}"], column, task, panel, alone=True)
        for panel, (column, *_) in enumerate(PANELS, 1)
        for task in TASKS
    ]
    last = len(PANELS) + 1
    norms = [_line(results[t]["curves"], "sum_sq_weights", t, last, alone=True) for t in TASKS]
    return [*lines, *norms]


def _line(
    table: Table, column: str, task: str, panel: int, *, alone: bool = False
) -> dict[str, Any]:
    """Return a curve of one task; its control is dotted and thinner."""
    name = f"{task} alone" if alone else task
    spec = PANELS[panel - 1][3] if panel <= len(PANELS) else ",.0f"
    line = curve(table, column, name, TASKS[task], panel=panel, spec=spec)
    style = {"color": TASKS[task], "width": 1.25 if alone else 1.5}
    return line | {"legendgroup": name, "line": style | ({"dash": "dot"} if alone else {})}


# --- layout ------------------------------------------------------------------------------


def _layout(artifact: Artifact) -> dict[str, Any]:
    tables = [artifact["curves"], *(artifact[f"control_{task}"] for task in TASKS)]
    epochs = max((table["epoch"] for table in tables), key=lambda column: column.max())
    grokked = {task: artifact.summary[f"grok_epoch_{task}"] for task in TASKS}
    found = sorted((epoch, task) for task, epoch in grokked.items() if epoch is not None)
    flags = [Flag(epoch, f"{task} in the joint run, {epoch:,}") for epoch, task in found]
    titles = [{"title": {"text": title}, **axis} for _, title, axis, _ in PANELS]
    last = {"title": {"text": NORM[0]}, **NORM[1]}
    panels = stacked_axes(HEIGHT, [*titles, last], header_of(flags))
    shapes, labels = fly(flags, HEIGHT, panels, epochs)
    return {
        "xaxis": epoch_axis(epochs) | {"anchor": f"y{len(panels)}"},
        **panels,
        "shapes": [*_gap([epoch for epoch, _ in found], panels["yaxis"]["domain"]), *shapes],
        "annotations": labels,
        "hoversubplots": "axis",
        "meta": {"axisSwitch": "x"},
    }


def _gap(epochs: list[int], domain: list[float]) -> list[dict[str, Any]]:
    """Return the shading between the two grokking epochs, if both are known."""
    if len(epochs) < 2:
        return []
    place = {"xref": "x", "yref": "paper", "x0": epochs[0], "x1": epochs[1]}
    place |= {"y0": domain[0], "y1": domain[1]}
    return [
        {"type": "rect", "layer": "below", "name": "gap"}
        | place
        | {"fillcolor": faint(ACCENT, 0.14), "line": {"width": 0}}
    ]


# --- words -------------------------------------------------------------------------------


def _story(artifact: Artifact, quote: Quoting) -> str:
    """Return when each task was grokked, jointly and alone, and the gap between the two."""
    joint = {task: f"grok_epoch_{task}" for task in TASKS}
    alone = {task: f"controls.{task}.grok_epoch" for task in TASKS}
    controls = artifact.summary["controls"]
    return (
        f"Together: {_grokked(artifact.summary, joint, quote)}{_apart(artifact.summary, quote)}. "
        f"Alone: {_grokked({alone[t]: controls[t]['grok_epoch'] for t in TASKS}, alone, quote)}"
        f"{_apart(controls, quote, 'controls.')}. The rule is {ACCURACY_THRESHOLD:.0%} for "
        f"{HOLD_EPOCHS:,} epochs."
    )


def _grokked(epochs: Any, keys: dict[str, str], quote: Quoting) -> str:
    words = [
        f"{task} {'not within the run' if epochs[key] is None else f'from epoch {quote(key)}'}"
        for task, key in keys.items()
    ]
    return ", ".join(words)


def _apart(found: Any, quote: Quoting, place: str = "") -> str:
    """Return the gap in words, or nothing if there is none to be had."""
    gap = found["gap"]
    if gap is None:
        return "" if place else f"; it was trained for {quote('epochs')} epochs"
    if gap == 0:
        return ", at the same logged epoch"
    later = "multiplication" if gap > 0 else "addition"
    return f", {quote.found(abs(gap), 'curves', ',')} epochs apart, {later} later"


def _dips(artifact: Artifact, quote: Quoting) -> str:
    """Return how often the joint run lost pairs that it had had by heart."""
    curves = artifact["curves"]
    epochs = curves["epoch"]
    accuracy = np.minimum(*(curves[f"train_accuracy_{task}"] for task in TASKS))
    there = epochs[accuracy >= ACCURACY_THRESHOLD]
    if not len(there):
        return "The training pairs of both tasks are not learned by heart."
    first = int(there[0])
    lost = relapses(epochs, accuracy, first)
    since = f"Since epoch {quote.found(first, 'curves', ',')}, when both train accuracies are first"
    if not lost:
        return f"{since} at {ACCURACY_THRESHOLD:.0%}, neither falls below it."
    worst = float(accuracy[epochs > first].min())
    times = (
        "once" if len(lost) == 1 else f"in {quote.found(len(lost), 'curves')} separate stretches"
    )
    return (
        f"{since} at {ACCURACY_THRESHOLD:.0%}, they fall below it again {times}, "
        f"down to {quote.found(worst, 'curves', '.1%')}."
    )
