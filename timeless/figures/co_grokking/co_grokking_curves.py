"""Do two tasks in one network click together? Their curves, beside those of each task alone."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import INK, MAGENTA, TEAL
from timeless.figures.panels import Flag, curve, over_epochs, shade
from timeless.results.artifacts import Artifact, Results, Table
from timeless.rules import ACCURACY_THRESHOLD, HOLD_EPOCHS, relapses
from timeless.words.values import Quoting, plain

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
NORM = (
    *("sum_sq_weights", "sum of squared weights"),
    *({"rangemode": "tozero", "tickformat": ",d"}, ",.0f"),
)


def figure(results: Results) -> Figure:
    """Return panels of accuracies, losses and norm: the joint run solid, the controls dotted."""
    artifact, quote = results["co_grokking"], Quoting(results, "co_grokking")
    return Figure(
        plot=_plot(results, artifact),
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
    )


# --- what is drawn -----------------------------------------------------------------------


def _plot(results: Results, artifact: Artifact) -> go.Figure:
    tables = [artifact["curves"], *(artifact[f"control_{task}"] for task in TASKS)]
    epochs = max((table["epoch"] for table in tables), key=lambda column: column.max())
    grokked = {task: artifact.summary[f"grok_epoch_{task}"] for task in TASKS}
    found = sorted((epoch, task) for task, epoch in grokked.items() if epoch is not None)
    flags = [Flag(epoch, f"{task} in the joint run, {epoch:,}") for epoch, task in found]
    axes = [{"title_text": title, **axis} for _, title, axis, _ in (*PANELS, NORM)]
    apart = [shade(found[0][0], found[1][0], 0.14) | {"name": "gap"}] if len(found) == 2 else []
    plot = over_epochs(HEIGHT, axes, epochs, flags, shading=apart, switch="x")
    plot.add_traces([*_joint(artifact), *_controls(results, artifact)])
    return plot


def _joint(artifact: Artifact) -> Iterator[go.Scatter]:
    curves = artifact["curves"]
    for panel, (task, colour) in product(range(1, len(PANELS) + 1), TASKS.items()):
        yield _line(curves, f"{PANELS[panel - 1][0]}_{task}", task, colour, panel, line_width=1.5)
    yield _line(curves, NORM[0], "both tasks", INK, len(PANELS) + 1, showlegend=False)


def _controls(results: Results, artifact: Artifact) -> Iterator[go.Scatter]:
    alone = {"line_width": 1.25, "line_dash": "dot"}
    for panel, (column, *_) in enumerate((*PANELS, NORM), 1):
        for task, colour in TASKS.items():
            own = artifact[f"control_{task}"] if panel <= len(PANELS) else results[task]["curves"]
            yield _line(own, column, f"{task} alone", colour, panel, **alone)


def _line(table: Table, column: str, name: str, colour: str, panel: int, **more: Any) -> go.Scatter:
    *_, spec = (*PANELS, NORM)[panel - 1]
    return curve(table, column, name, colour, panel=panel, spec=spec, legendgroup=name, **more)


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
