"""Clock or pizza? Each variant in the plane of the two measures that tell them apart."""

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.architecture.variants import variant
from timeless.figures.colours import BLUE, BROWN, GREY, MAGENTA, MUTED, OCHRE, ORANGE, TEAL, VIOLET
from timeless.results.artifacts import Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("variants",)
HEIGHT = 440
COLOURS = (TEAL, ORANGE, BLUE, MAGENTA, VIOLET, OCHRE, BROWN, GREY)
MEASURES = ("distance_irrelevance", "gradient_symmetricity")


def figure(results: Results) -> Figure:
    """Return a point for each variant; open where the network has not generalised."""
    artifact, quote = results["variants"], Quoting(results, "variants")
    records: Mapping[str, Any] = artifact.summary["runs"]
    default = records[artifact.summary["default"]]
    runs = artifact["runs"]
    names = ("name", "n_heads", "act", "loss_dtype", "censored", *MEASURES)
    words = "; ".join(
        f"{variant(record, default)}: {quote(f'runs.{key}.gradient_symmetricity', '.2f')} and "
        f"{quote(f'runs.{key}.distance_irrelevance', '.2f')}"
        for key, record in records.items()
    )
    return Figure(
        plot=_plot(records, default),
        title="Clock or pizza",
        caption=(
            "Each variant’s last checkpoint. A clock lies low and to the right, where gradients "
            "differ and the distance \\(a-b\\) says nothing; a pizza high and to the left. Open: a "
            "network that has not generalised within its run, of which neither can be said. "
            "Gradient symmetricity and distance irrelevance: "
            f"{words}."
        ),
        alt=plain(
            "A point for each variant in a plane. Gradient symmetricity and distance "
            f"irrelevance: {words}."
        ),
        table={name: runs[name] for name in names},
    )


def _plot(records: Mapping[str, Any], default: Mapping[str, Any]) -> go.Figure:
    plot = go.Figure(layout={"height": HEIGHT, "hovermode": "closest"})
    for record, colour in zip(records.values(), cycle(COLOURS), strict=False):
        name = variant(record, default)
        symbol = "circle-open" if record["grok_epoch"] is None else "circle"
        line = {"color": colour, "width": 2.5}
        plot.add_scatter(
            mode="markers",
            cliponaxis=False,
            name=name,
            x=[record["distance_irrelevance"]],
            y=[record["gradient_symmetricity"]],
            marker={"color": colour, "size": 15, "symbol": symbol, "line": line},
            hovertemplate=f"{name}<br>distance irrelevance %{{x:.3f}}<br>gradient symmetricity "
            "%{y:.3f}<extra></extra>",
        )
    lowest = min(record["gradient_symmetricity"] for record in records.values())
    plot.update_xaxes(title_text="distance irrelevance", range=[0, 1.04])
    plot.update_yaxes(title_text="gradient symmetricity", range=[min(0.0, lowest) - 0.06, 1.12])
    corner = {"xref": "x domain", "yref": "y domain", "showarrow": False, "font_color": MUTED}
    plot.add_annotation(x=0, xanchor="left", y=1, yanchor="top", text="pizza", **corner)
    return plot.add_annotation(x=1, xanchor="right", y=0, yanchor="bottom", text="clock", **corner)
