"""What does the exact factorisation save? Multiplications of one forward pass, counted."""

from math import prod

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, GREY, ORANGE, TEAL
from timeless.results.artifacts import Artifact, Results

ARTIFACTS = ("addition",)
MILLION = 1e6
# Parts of the work, with the colour of each.
PARTS = {
    "attention": TEAL,
    "into the neurons": BLUE,
    "out to the logits": ORANGE,
    "once per step": GREY,
}


def figure(results: Results) -> Figure:
    """Return a bar for each of three ways to compute the same logits, split by part."""
    ways = multiplications(results["addition"])
    totals = {way: sum(parts.values()) for way, parts in ways.items()}
    every, last, factorised = totals.values()
    share = ways["factorised"]["once per step"] / factorised
    words = (
        f"{every / MILLION:,.0f} million multiplications if every position is computed, "
        f"{last / MILLION:,.0f} million if all but keys and values is left to the last position, "
        f"{factorised / MILLION:,.0f} million factorised: {every / factorised:.1f} times "
        f"fewer than the first. {share:.1%} of the last figure is the work done once per step."
    )
    return Figure(
        plot=_plot(ways),
        title="Three ways to the same logits",
        caption=f"Counted from the shapes, not measured, for all training pairs: {words}",
        alt=f"Stacked bars. {words}",
        table={"way": list(ways), **{part: [w[part] for w in ways.values()] for part in PARTS}},
    )


def _plot(ways: dict[str, dict[str, int]]) -> go.Figure:
    plot = go.Figure(layout={"height": 300, "barmode": "stack"})
    for part, colour in PARTS.items():
        plot.add_bar(
            orientation="h",
            name=part,
            marker={"color": colour},
            x=[w[part] / MILLION for w in ways.values()],
            y=[f"{way} " for way in ways],
            hovertemplate=f"{part} %{{x:,.1f}} million<extra></extra>",
        )
    plot.update_xaxes(title_text="million multiplications in one forward pass", tickformat=",d")
    return plot.update_yaxes(autorange="reversed", showgrid=False)


def multiplications(artifact: Artifact) -> dict[str, dict[str, int]]:
    """Return for each way to compute the logits of all training pairs the products per part."""
    model, n = artifact.config["train"]["model"], artifact.summary["n_train"]
    p, d, mlp, pos = model["p"], model["d_model"], model["d_mlp"], 3
    rows = 2 * p + 1
    every = {
        "attention": pos * 4 * d * d + 2 * pos * pos * d,
        "into the neurons": pos * d * mlp,
        "out to the logits": pos * mlp * d + d * p,
    }
    last = {
        "attention": (2 + 2 * pos) * d * d + 2 * pos * d,
        "into the neurons": d * mlp,
        "out to the logits": mlp * d + d * p,
    }
    factorised = {
        "attention": pos * d,
        "into the neurons": d * mlp,
        "out to the logits": (mlp + d) * p,
    }
    once = [
        *[(d, d), (rows, 2 * d, d), (rows, d)],  # query, keys and values, scores
        *[(d, d, mlp), (mlp + d, d, p), (d, mlp), (d, p)],  # merged weights and biases
    ]
    return {
        "every position": _per_step(every, n, 0),
        "last position": _per_step(last, n, 0),
        "factorised": _per_step(factorised, n, sum(map(prod, once))),
    }


def _per_step(per_example: dict[str, int], n: int, once: int) -> dict[str, int]:
    return {part: n * count for part, count in per_example.items()} | {"once per step": once}
