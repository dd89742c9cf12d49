"""Do long runs leap at the edge? Their curvature, their train loss and their test accuracy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, MAGENTA, ORANGE, TEAL
from timeless.figures.panels import ACCURACY, below_one_another, curve, level, stacked
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition", "late")
HEIGHT = 560
LEAST = 1.2  # of the limit, that the first panel reaches at least
OTHERS = (ORANGE, MAGENTA, TEAL)


@dataclass(frozen=True)
class Long:
    """A long run: its name and colour, its artifact, and where its tables and its record lie."""

    name: str
    colour: str
    artifact: Artifact
    suffix: str
    place: str
    edge: Mapping[str, Any]

    def table(self, name: str) -> Table:
        """Return one of its tables."""
        return self.artifact[f"{name}{self.suffix}"]


def figure(results: Results) -> Figure:
    """Return three panels over the epochs of which the optimiser's moments were kept."""
    quote, runs = Quoting(results, "addition"), list(_runs(results))
    story = " ".join(_story(results, run) for run in runs)
    return Figure(
        plot=_plot(runs, int(results["addition"].config["train"]["epochs"])),
        title="Curvature and relapses of long runs",
        caption=(
            "Above: the largest curvature that Adam sees, preconditioned, over the largest that "
            f"its step bears (dotted: equal), every {quote('config.train.checkpoint_every')} "
            f"epochs; points: at the logs of the {quote('edge.before')} epochs before a leap. "
            f"Below: train loss, and test accuracy. {story}"
        ),
        alt=plain(f"Curvature, train loss and test accuracy over late epochs. {story}"),
        table=below_one_another(
            [run.table("sharpness") for run in runs],
            ["epoch", "sharpness"],
            run=[run.name for run in runs],
        ),
    )


def _runs(results: Results) -> Iterator[Long]:
    main, late = results["addition"], results["late"]
    yield Long("main run", BLUE, main, "", "edge", main.summary["edge"])
    for (name, record), colour in zip(late.summary["runs"].items(), cycle(OTHERS), strict=False):
        yield Long(record["name"], colour, late, f"_{name}", f"runs.{name}.edge", record["edge"])


def _plot(runs: list[Long], end: int) -> go.Figure:
    since = min(int(run.edge["since"]) for run in runs if run.edge["since"] is not None)
    tables = [run.table(name) for run in runs for name in ("sharpness", "before_leaps")]
    highest = max([LEAST, *(1.1 * ratio for table in tables for ratio in table["sharpness"])])
    axes: list[dict[str, Any]] = [
        {"title_text": "curvature / limit", "range": [0, highest]},
        {"title_text": "train loss, nats per example", "type": "log", "dtick": 2},
        {**ACCURACY, "title_text": "test accuracy"},
    ]
    plot = stacked(
        HEIGHT,
        axes,
        shapes=[level(1, 1)],
        title={"text": "epoch"},
        range=[since, end],
        tickformat=",d",
    )
    for run in runs:
        plot.add_traces([*_lines(run, since)])
    return plot


def _lines(run: Long, since: int) -> Iterator[go.Scatter]:
    curves = run.table("curves")
    late = curves.where(curves["epoch"] >= since)
    for panel, (table, column, spec) in enumerate(
        (
            (run.table("sharpness"), "sharpness", ".2f"),
            (late, "train_loss", ".2~g"),
            (late, "test_accuracy", ".1%"),
        ),
        1,
    ):
        line = curve(table, column, run.name, run.colour, panel=panel, spec=spec)
        yield line.update(legendgroup=run.name, showlegend=panel == 1, line_width=1.25)
    before = run.table("before_leaps")
    if len(before["epoch"]):
        words = f"{run.name}, before a leap"
        points = curve(before, "sharpness", words, run.colour, panel=1, spec=".2f")
        yield points.update(mode="markers", marker={"color": run.colour, "size": 4})


def _story(results: Results, run: Long) -> str:
    """Return how far a run came, how often it leapt, and how often from near the limit."""
    quote, place = Quoting(results, run.artifact.experiment), run.place
    own = f"{run.name[0].upper()}{run.name[1:]}"
    if run.edge["since"] is None:
        return f"Of {run.name} the moments were not kept."
    head = (
        f"{own}, from epoch {quote(f'{place}.since')} on: at its kept states up to "
        f"{quote(f'{place}.largest', '.2f')} of the limit"
    )
    if not run.edge["n_leaps"]:
        return f"{head}, and no leap of the train loss."
    return (
        f"{head}; the train loss leaps, {quote(f'{place}.leap', '.0f')} times or more from one log "
        f"to the next, {quote(f'{place}.n_leaps')} times, before {quote(f'{place}.n_from_edge')} "
        f"of them from {quote(f'{place}.near', '.0%')} of the limit or more."
    )
