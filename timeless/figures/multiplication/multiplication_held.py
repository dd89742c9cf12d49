"""How many waves does the embedding take, in the order of the logarithms and in others like it?"""

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, MUTED, ORANGE, TEAL, faint
from timeless.results.artifacts import Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("orders",)
HEIGHT = 400
LINES = {  # name of the line: column, colour, dash
    "logarithms": ("own", TEAL, "solid"),
    "the strongest random order": ("random_max", ORANGE, "solid"),
    "the strongest log(a + c)": ("shifted_max", BLUE, "dash"),
    "numbers": ("numbers_max", MUTED, "dot"),
}


def figure(results: Results) -> Figure:
    """Return the share of the energy that the k strongest frequencies hold, in each order."""
    quote, held = Quoting(results, "orders"), results["orders"]["held"]
    story = (
        f"The {quote('runs.multiplication.n_key_freqs')} strongest frequencies of the logarithm "
        f"hold {quote('held_by_key_number.own', '.1%')} of the energy, as many of a random order "
        f"{quote('held_by_key_number.random_median', '.1%')} in the median and at most "
        f"{quote('held_by_key_number.random_max', '.1%')}, of the numbers "
        f"{quote('held_by_key_number.numbers_max', '.1%')}."
    )
    return Figure(
        plot=_plot(held),
        title="How many waves each order takes",
        caption=(
            "The share of the energy about the mean in \\(W_E\\) that the k strongest frequencies "
            "of an order hold; each order counts its own. The last weights of the run on "
            f"multiplication. Of {quote('n_random')} random orders, and of the logarithms of "
            "shifted numbers, the largest share at each k is drawn, whichever order has it; the "
            f"grey area reaches down to the random orders’ median. {story}"
        ),
        alt=plain(f"Lines that rise with the number of frequencies counted. {story}"),
        table={name: held[name] for name in held.columns},
    )


def _plot(held: Table) -> go.Figure:
    plot = go.Figure(layout={"height": HEIGHT, "hovermode": "x unified"})
    edge = {"mode": "lines", "x": held["k"], "line": {"width": 0}, "hoverinfo": "skip"}
    band = {"fill": "tonexty", "fillcolor": faint(MUTED, 0.2), "showlegend": False}
    plot.add_scatter(y=held["random_median"], showlegend=False, **edge)
    plot.add_scatter(y=held["random_max"], **edge, **band)
    for name, (column, colour, dash) in LINES.items():
        plot.add_scatter(
            mode="lines",
            name=name,
            x=held["k"],
            y=held[column],
            line={"color": colour, "dash": dash, "width": 2.5 if column == "own" else 1.75},
            hovertemplate="%{y:.1%}",
        )
    plot.update_xaxes(title_text="number k of strongest frequencies", range=[0, held["k"][-1] + 1])
    return plot.update_yaxes(title_text="share of the energy", range=[0, 1.03], tickformat=".0%")
