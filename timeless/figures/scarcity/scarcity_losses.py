"""What do losses and weights do at each fraction? Test loss, train loss and the weights' norm."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, BROWN, MAGENTA, OCHRE, ORANGE, TEAL, VIOLET
from timeless.figures.panels import over_epochs
from timeless.figures.regimes import Fraction, fractions, quartiles
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("fraction_sweep",)
HEIGHT = 640
# From little data to much. Beyond these, the colours begin again with dashed lines.
COLOURS = (MAGENTA, ORANGE, OCHRE, TEAL, BLUE, VIOLET, BROWN)
PANELS = (
    ("test_loss", "test loss", ".3~g"),
    ("train_loss", "train loss", ".3~g"),
    ("sum_sq_weights", "sum of squared weights", ",.0f"),
)

AXES: tuple[dict[str, Any], ...] = (
    {"title_text": "test loss, nats per example", "type": "log"},
    {"title_text": "train loss, nats per example", "type": "log"},
    {"title_text": "sum of squared weights", "rangemode": "tozero", "tickformat": ",d"},
)


def figure(results: Results) -> Figure:
    """Return three panels on one epoch axis, a line for each fraction in each."""
    artifact, quote = results["fraction_sweep"], Quoting(results, "fraction_sweep")
    found = fractions(artifact)
    return Figure(
        plot=_plot(artifact, found),
        title="Losses and weights at each fraction of the data",
        caption=(
            f"One line for each fraction{_seeds(found)}; a line ends where its run does. The "
            "dotted line is the loss of a network that rates all answers alike, "
            f"\\(\\ln {artifact.config['train']['model']['p']}\\). {_price(artifact, quote)}"
        ),
        alt=plain(
            "Test loss, train loss and sum of squared weights over training, a line for each "
            f"fraction. {_ends(artifact, quote)} {_price(artifact, quote)}"
        ),
        table=_table(found),
    )


def _seeds(found: list[Fraction]) -> str:
    several = max(len(fraction.rows) for fraction in found) > 1
    return ", the median over its runs" if several else ""


def _plot(artifact: Artifact, found: list[Fraction]) -> go.Figure:
    longest = max((quartiles(f.curves, "test_loss")[0] for f in found), key=len)
    chance = float(np.log(artifact.config["train"]["model"]["p"]))
    plot = over_epochs(HEIGHT, AXES, longest, levels={1: chance, 2: chance}, switch="x")
    for number, fraction in enumerate(found):
        plot.add_traces([_line(fraction, number, panel) for panel in range(1, len(PANELS) + 1)])
    return plot


def _line(fraction: Fraction, number: int, panel: int) -> go.Scatter:
    column, name, spec = PANELS[panel - 1]
    epochs, (_, middle, _) = quartiles(fraction.curves, column)
    share = f"{fraction.frac_train:.0%}"
    colour, dash = COLOURS[number % len(COLOURS)], "dash" if number >= len(COLOURS) else "solid"
    return go.Scatter(
        mode="lines",
        name=share,
        legendgroup=share,
        x=epochs,
        y=middle,
        yaxis=f"y{panel}",
        line={"color": colour, "width": 1.75, "dash": dash},
        hovertemplate=f"{share}: {name} %{{y:{spec}}}<extra></extra>",
    )


def _ends(artifact: Artifact, quote: Quoting) -> str:
    """Return with what test loss and what weights the runs ended, the first of each fraction."""
    words = []
    for fraction in fractions(artifact):
        name = artifact["runs"]["name"][fraction.rows[0]]
        loss, norm = (f"runs.{name}.final_{key}" for key in ("test_loss", "sum_sq_weights"))
        words.append(
            f"at {fraction.frac_train:.0%} {quote(loss, '.2g')} nats and {quote(norm, ',.0f')}"
        )
    first = " (first run of each)" if _seeds(fractions(artifact)) else ""
    return f"Test loss and sum of squares at the end{first}: {'; '.join(words)}."


def _price(artifact: Artifact, quote: Quoting) -> str:
    """Return whether what only memorised ends with more weight than what generalised."""
    records = artifact.summary["runs"]
    norm = {name: record["final_sum_sq_weights"] for name, record in records.items()}
    rules = [name for name, record in records.items() if record["grok_epoch"] is not None]
    tables = [
        name
        for name, record in records.items()
        if record["grok_epoch"] is None and record["memorisation_epoch"] is not None
    ]
    if not rules or not tables:
        return "All runs that memorised " + ("generalised." if rules else "only memorised.")
    more, less = (
        min(norm[name] for name in heavy) > max(norm[name] for name in light)
        for heavy, light in ((tables, rules), (rules, tables))
    )
    compared = "more than" if more else "less than" if less else "not set apart from"
    return (
        "The sum of squares of what only memorised ends at "
        f"{_span(norm, tables, quote)}, {compared} the {_span(norm, rules, quote)} of what "
        "generalised."
    )


def _span(norm: dict[str, float], names: list[str], quote: Quoting) -> str:
    """Return the smallest and the largest norm of some runs, or the one there is."""
    ends = dict.fromkeys(pick(names, key=norm.__getitem__) for pick in (min, max))
    return " to ".join(quote(f"runs.{name}.final_sum_sq_weights", ",.0f") for name in ends)


def _table(found: list[Fraction]) -> dict[str, Any]:
    """Return what is drawn, the fractions below one another."""
    drawn = {column: [quartiles(f.curves, column) for f in found] for column, *_ in PANELS}
    epochs = [epochs for epochs, _ in drawn["test_loss"]]
    shares = [np.full(len(e), f.frac_train) for e, f in zip(epochs, found, strict=True)]
    columns = {
        column: np.concatenate([middle for _, (_, middle, _) in lines])
        for column, lines in drawn.items()
    }
    return {"frac_train": np.concatenate(shares), "epoch": np.concatenate(epochs), **columns}
