"""Do two tasks come together where they are learned? A panel for each seed, joint and alone."""

from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.co_grokking.co_grokking_curves import TASKS
from timeless.figures.panels import below_one_another, shade, stacked
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("joint",)
ROW, AROUND = 112, 70  # pixels of a panel with its gap, and of what stands around all panels
TINT = 0.14


def figure(results: Results) -> Figure:
    """Return a panel for each seed: test accuracy of either task, in one network and alone."""
    artifact, quote = results["joint"], Quoting(results, "joint")
    return Figure(
        plot=_plot(artifact),
        title="Both tasks in one network, and each alone, seed by seed",
        caption=(
            f"Test accuracy, with {quote('frac_train', '.0%')} of each task’s pairs. Solid: one "
            "network that learns both; shaded, from the first epoch at which it has 99% of one "
            "task’s test pairs right to that of the other. Dotted: a network for each task. A run "
            f"ends {quote('hold')} epochs after it has generalised, or at "
            f"{quote('config.train.epochs')}."
        ),
        alt=plain(f"A panel of four curves for each seed. {_story(artifact, quote)}"),
        table=_table(artifact),
    )


def _plot(artifact: Artifact) -> go.Figure:
    pairs = artifact.summary["pairs"]
    axis = {"range": [-0.03, 1.04], "dtick": 0.5, "tickformat": ".0%"}
    axes = [{"title_text": seed.replace("seed", "seed "), **axis} for seed in pairs]
    gaps = [
        shade(min(both), max(both), TINT, panel)
        for panel, pair in enumerate(pairs.values(), 1)
        for both in [[pair["joint"][task] for task in TASKS]]
        if None not in both
    ]
    end = max(int(curves["epoch"][-1]) for _, _, curves in _runs(artifact))
    x_axis: dict[str, Any] = {"title": {"text": "epoch"}, "range": [0, end], "tickformat": ",d"}
    plot = stacked(AROUND + ROW * len(axes), axes, shapes=gaps, **x_axis)
    for panel, seed in enumerate(pairs, 1):
        for arm, name, curves in _runs(artifact, seed):
            task, alone = name.split(" ")[0], arm != "joint"
            plot.add_trace(
                go.Scatter(
                    mode="lines",
                    name=name,
                    legendgroup=name,
                    showlegend=panel == 1,
                    x=curves["epoch"],
                    y=curves["test_accuracy" if alone else f"test_accuracy_{task}"],
                    yaxis=f"y{panel}",
                    line={
                        "color": TASKS[task],
                        "width": 1.25 if alone else 1.75,
                        "dash": "dot" if alone else "solid",
                    },
                    hovertemplate=f"{name}: %{{y:.1%}}<extra></extra>",
                )
            )
    return plot


def _runs(artifact: Artifact, only: str = "") -> list[tuple[str, str, Table]]:
    """Return arm, name and curves of the four lines of each seed, or of one."""
    return [
        (arm, task if arm == "joint" else f"{task} alone", artifact[f"curves_{arm}_{seed}"])
        for seed in ([only] if only else artifact.summary["pairs"])
        for arm, tasks in (("joint", tuple(TASKS)), *((task, (task,)) for task in TASKS))
        for task in tasks
    ]


def _story(artifact: Artifact, quote: Quoting) -> str:
    """Return for each seed when either task was learned, together and alone, as sentences."""
    told = []
    for seed, pair in artifact.summary["pairs"].items():
        together, alone = (
            " and ".join(
                "not within the run"
                if pair[arm][task] is None
                else quote(f"pairs.{seed}.{arm}.{task}")
                for task in TASKS
            )
            for arm in ("joint", "alone")
        )
        told.append(
            f"Seed {seed.removeprefix('seed')}: addition and multiplication at {together} "
            f"together, at {alone} alone."
        )
    return " ".join(told)


def _table(artifact: Artifact) -> dict[str, Any]:
    """Return the test accuracies of all runs below one another."""
    columns: dict[str, list[Any]] = {"seed": [], "network": [], "task": []}
    tables = []
    for seed in artifact.summary["pairs"]:
        for arm, name, curves in _runs(artifact, seed):
            task = name.split(" ")[0]
            values = curves.columns["test_accuracy" if arm != "joint" else f"test_accuracy_{task}"]
            tables.append(Table("", {"epoch": curves.columns["epoch"], "test_accuracy": values}))
            columns["seed"].append(int(seed.removeprefix("seed")))
            columns["network"].append("both tasks" if arm == "joint" else "one task")
            columns["task"].append(task)
    return below_one_another(tables, ("epoch", "test_accuracy"), **columns)
