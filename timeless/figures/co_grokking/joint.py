"""Do two tasks come together where they are learned? A panel for each seed, joint and apart."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.co_grokking.co_grokking_curves import TASKS
from timeless.figures.panels import shade, stacked
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("joint",)
ROW, AROUND = 112, 70  # pixels of a panel with its gap, and of what stands around all panels
TINT = 0.14
DASHES = {"shared": "solid", "own": "dash", "alone": "dot"}  # of one network for both, or two
NAMES = {"shared": "{}", "own": "{}, tokens of its own", "alone": "{} alone"}
NETWORKS = {
    "shared": "both tasks",
    "own": "both tasks, tokens of their own",
    "alone": "one task",
}
Line = tuple[str, str, NDArray[Any], NDArray[Any]]  # task, a key of DASHES, epochs, accuracy


def figure(results: Results) -> Figure:
    """Return a panel for each seed: test accuracy of either task, in one network and alone."""
    artifact, quote = results["joint"], Quoting(results, "joint")
    return Figure(
        plot=_plot(artifact),
        title="Both tasks in one network, and each alone, seed by seed",
        caption=(
            f"Test accuracy, with {quote('frac_train', '.0%')} of each task’s pairs. Solid: one "
            "network that learns both; dashed, one in which either task has number tokens of its "
            "own. Shaded: from the first epoch at which such a network has 99% of one task’s test "
            "pairs right to that of the other. Dotted: a network for each task. A run "
            f"ends {quote('hold')} epochs after it has generalised, or at "
            f"{quote('config.train.epochs')}; the axis where the last of the solid lines does."
        ),
        alt=plain(f"A panel of six curves for each seed. {_story(artifact, quote)}"),
        table=_table(artifact),
    )


def _plot(artifact: Artifact) -> go.Figure:
    pairs = artifact.summary["pairs"]
    axis = {"range": [-0.03, 1.04], "dtick": 0.5, "tickformat": ".0%"}
    axes = [{"title_text": seed.replace("seed", "seed "), **axis} for seed in pairs]
    gaps = [
        shade(min(both), max(both), TINT, panel)
        for panel, pair in enumerate(pairs.values(), 1)
        for both in [[pair[arm][task] for task in TASKS] for arm in ("joint", "own")]
        if None not in both
    ]
    lines = {seed: _lines(artifact, seed) for seed in pairs}
    whole = (of_seed[0] for of_seed in lines.values())  # tokens of its own leap on for longer
    end = max(int(epoch[-1]) for *_, epoch, _ in whole)
    x_axis: dict[str, Any] = {"title": {"text": "epoch"}, "range": [0, end], "tickformat": ",d"}
    plot = stacked(AROUND + ROW * len(axes), axes, shapes=gaps, **x_axis)
    for panel, of_seed in enumerate(lines.values(), 1):
        for task, arm, epoch, accuracy in of_seed:
            name = NAMES[arm].format(task)
            plot.add_trace(
                go.Scatter(
                    mode="lines",
                    name=name,
                    legendgroup=name,
                    showlegend=panel == 1,
                    x=epoch,
                    y=accuracy,
                    yaxis=f"y{panel}",
                    line={
                        "color": TASKS[task],
                        "width": 1.75 if arm == "shared" else 1.25,
                        "dash": DASHES[arm],
                    },
                    hovertemplate=f"{name}: %{{y:.1%}}<extra></extra>",
                )
            )
    return plot


def _lines(artifact: Artifact, seed: str) -> list[Line]:
    """Return the test accuracies with a seed: of either task in one network, and alone."""
    both = {"shared": artifact[f"curves_joint_{seed}"], "own": artifact[f"curves_own_{seed}"]}
    apart = {task: artifact[f"curves_{task}_{seed}"] for task in TASKS}
    return [
        *(
            (task, arm, curves["epoch"], curves[f"test_accuracy_{task}"])
            for arm, curves in both.items()
            for task in TASKS
        ),
        *((task, "alone", one["epoch"], one["test_accuracy"]) for task, one in apart.items()),
    ]


def _story(artifact: Artifact, quote: Quoting) -> str:
    """Return for each seed when either task was learned, together and alone, as sentences."""
    told = []
    for seed, pair in artifact.summary["pairs"].items():
        together, own, alone = (
            " and ".join(
                "not within the run"
                if pair[arm][task] is None
                else quote(f"pairs.{seed}.{arm}.{task}")
                for task in TASKS
            )
            for arm in ("joint", "own", "alone")
        )
        told.append(
            f"Seed {seed.removeprefix('seed')}: addition and multiplication at {together} "
            f"together, at {own} with tokens of their own, at {alone} alone."
        )
    return " ".join(told)


def _table(artifact: Artifact) -> dict[str, Any]:
    """Return the lines below one another, with seed, network and task."""
    rows = [
        (int(seed.removeprefix("seed")), *line)
        for seed in artifact.summary["pairs"]
        for line in _lines(artifact, seed)
    ]
    lengths = [len(epoch) for *_, epoch, _ in rows]
    return {
        "seed": np.repeat([seed for seed, *_ in rows], lengths),
        "network": np.repeat([NETWORKS[row[2]] for row in rows], lengths),
        "task": np.repeat([row[1] for row in rows], lengths),
        "epoch": np.concatenate([epoch for *_, epoch, _ in rows]),
        "test_accuracy": np.concatenate([accuracy for *_, accuracy in rows]),
    }
