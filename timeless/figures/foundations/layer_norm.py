"""What would layer normalisation do to a network that was trained without it?"""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import INK, MAGENTA, ORANGE, TEAL, VIOLET
from timeless.figures.panels import curve, over_phases
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition", "laboratory")
HEIGHT = 640
AXES: tuple[dict[str, Any], ...] = (
    {"title_text": "accuracy over all pairs", "range": [-0.03, 1.03], "tickformat": ".0%"},
    {"title_text": "variance of the residual stream", "type": "log", "dtick": 1},
)
INSERTED = {
    "none": ("nowhere", INK),
    "attention": ("before attention", TEAL),
    "mlp": ("before the MLP", MAGENTA),
    "final": ("before the unembedding", VIOLET),
    "all": ("all three", ORANGE),
}
PLACES = {
    "resid_pre_a": ("resid_pre, a", TEAL, "solid"),
    "resid_pre_op": ("resid_pre, operation", TEAL, "dot"),
    "resid_mid": ("resid_mid", MAGENTA, "solid"),
    "resid_post": ("resid_post", VIOLET, "solid"),
}


def figure(results: Results) -> Figure:
    """Return accuracy with normalisation inserted, and the variance it would set to one."""
    artifact, quote = results["laboratory"], Quoting(results, "laboratory")
    found = artifact["layer_norm"]
    return Figure(
        plot=_plot(results["addition"], artifact),
        title="Layer normalisation, inserted afterwards",
        caption=(
            "Published checkpoints of a network that was trained without layer normalisation; a "
            "network that is trained with it is another network. Above: accuracy over all pairs "
            "with normalisation (no gain, no bias) inserted. Below: the variance of the residual "
            "stream over its channels, mean over pairs, which normalisation would set to one "
            f"(dotted). {_story(quote)}"
        ),
        alt=plain(f"Two panels over training. {_story(quote)}"),
        table={name: found[name] for name in found.columns},
    )


def _rows(table: Table, column: str, value: str) -> Table:
    """Return the rows of a table in which a column has a value."""
    chosen = np.flatnonzero(table[column] == value)
    columns = {
        name: type(found)(found.values[chosen], found.unit, found.description, found.split)
        for name, found in table.columns.items()
    }
    return Table(table.description, columns)


def _plot(run: Artifact, artifact: Artifact) -> go.Figure:
    found, residual = artifact["layer_norm"], artifact["residual"]
    plot = over_phases(run, found["epoch"], HEIGHT, AXES, levels={2: 1})
    for key, (name, colour) in INSERTED.items():
        rows = _rows(found, "inserted", key)
        plot.add_trace(curve(rows, "accuracy_all", name, colour, spec=".2%"))
    for key, (name, colour, dash) in PLACES.items():
        rows = _rows(residual, "place", key)
        plot.add_trace(curve(rows, "variance", name, colour, panel=2, line_dash=dash))
    return plot


def _story(quote: Quoting) -> str:
    """Return in words what normalisation does at the last checkpoint, and the stream there."""
    accuracies = ", ".join(
        f"{quote(f'layer_norm.{key}.accuracy', '.1%')} {name}"
        for key, (name, _) in INSERTED.items()
    )
    variances = ", ".join(
        f"{quote(f'residual.{key}.variance', '.3g')} in {name}"
        for key, (name, *_) in PLACES.items()
    )
    return (
        f"Accuracy at the last checkpoint, by where it is inserted: {accuracies}. The variance "
        f"there: {variances}. With all three the best checkpoint is that of epoch "
        f"{quote('layer_norm.best_all.epoch')}, and has "
        f"{quote('layer_norm.best_all.accuracy', '.1%')}."
    )
