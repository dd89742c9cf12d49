"""Two sizes of network side by side: when each run of each arm had generalised."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.arms import label, over_rows, points, worst_accuracy
from timeless.figures.colours import BLUE, ORANGE
from timeless.figures.interventions.borders import TASKS
from timeless.results.artifacts import Artifact, Results
from timeless.rules import held_epoch
from timeless.words.values import Quoting, plain

ARTIFACTS = ("full_size", "borders", "interventions")
ROW, AROUND = 46, 130  # pixels of an arm's row, and of what stands around them
SIZES = {"borders": (-0.22, ORANGE), "full_size": (0.22, BLUE)}  # place in the row, and colour
SPREAD, MIDDLE = 0.12, 2  # of a row's height from one seed to the next, and the seed amidst


def figure(results: Results) -> Figure:
    """Return a row for each arm, with a point for each run of either size."""
    full, quote, arms = results["full_size"], Quoting(results, "full_size"), _arms(results)
    small = Quoting(results, "borders")
    names = {
        "borders": f"p = {small('config.train.model.p')}",
        "full_size": f"p = {quote('config.tasks.train.model.p')}",
    }
    runs = _runs(results, arms)
    return Figure(
        plot=_plot([_words(full, arm) for arm in arms], runs, names),
        title="The same at the size of the main run",
        caption=(
            "Each point is a run. Full: the epoch from which test accuracy stays at 99%. Open: the "
            f"run had not generalised when it ended, after {quote('config.tasks.train.epochs')} "
            f"epochs with {names['full_size']} and {small('config.train.epochs')} with "
            f"{names['borders']}. Of two tasks in one network the worse counts. What is changed in "
            f"training is changed at {quote('config.changes.train.frac_train', '.0%')} of the "
            f"pairs with {names['full_size']}, and at "
            f"{Quoting(results, 'interventions')('config.train.frac_train', '.0%')} with "
            f"{names['borders']}."
        ),
        alt=plain(
            f"Points by arm over epochs, full where a run generalised. {_story(full, arms, quote)}"
        ),
        table={name: column for name, column in runs.items() if name != "row"},
    )


def _runs(results: Results, arms: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return a row for each run of either size, of these arms."""
    found: list[dict[str, Any]] = []
    for name in ARTIFACTS:
        table = results[name]["runs"]
        for run in dict.fromkeys(table["run"].tolist()):
            rows = table["run"] == run
            arm = str(table["arm"][rows][0])
            if arm not in arms:
                continue
            curves = results[name][f"curves_{run}"]
            worst = worst_accuracy(curves)
            grokked = held_epoch(curves["epoch"], worst)
            found.append(
                {
                    "size": "full_size" if name == "full_size" else "borders",
                    "arm": arm,
                    "row": arms.index(arm),
                    "seed": int(table["seed"][rows][0]),
                    "grok_epoch": -1 if grokked is None else grokked,
                    "epochs": int(curves["epoch"][-1]),
                    "test_accuracy": float(worst[-1]),
                }
            )
    return {key: np.array([one[key] for one in found]) for key in found[0]}


def _arms(results: Results) -> list[str]:
    """Return the arms that both sizes have: tasks at their shares, then changes in training."""
    full = results["full_size"].summary
    small = {*results["borders"].summary["arms"], *results["interventions"].summary["arms"]}
    tasks = (arm for arm in full["arms"] if arm not in full["order"])
    return [arm for arm in (*tasks, *full["order"]) if arm in small]


def _words(full: Artifact, arm: str) -> str:
    """Return what an arm is: its task and share, or what is changed in training."""
    if arm in full.summary["order"]:
        return label(full.config["changes"], arm)
    task, _, share = arm.rpartition("_")
    return f"{TASKS[task]}, {share}%"


def _plot(words: list[str], runs: dict[str, NDArray[Any]], names: dict[str, str]) -> go.Figure:
    grokked, traces = runs["grok_epoch"] >= 0, []
    for size, (place, colour) in SIZES.items():
        heights = runs["row"] + place + SPREAD * (runs["seed"] - MIDDLE)
        placed, ours = {**runs, "height": heights}, runs["size"] == size
        for symbol, shown in (("circle", ours & grokked), ("circle-open", ours & ~grokked)):
            marker = {"color": colour, "symbol": symbol}
            those = points(plain(names[size]), marker, placed, shown, words)
            traces.append(those.update(legendgroup=size, showlegend=symbol == "circle"))
    return over_rows(traces, words, AROUND + ROW * len(words))


def _story(full: Artifact, arms: Sequence[str], quote: Quoting) -> str:
    """Return how many runs of these arms generalised at full size, as sentences."""
    told = [
        f"{_words(full, arm).replace('<br>', ' ')}, {quote(f'arms.{arm}.n_grokked')} of "
        f"{quote(f'arms.{arm}.n_runs')}"
        for arm in arms
    ]
    return f"Runs of the larger network that generalised: {'; '.join(told)}."
