"""Clock or pizza? Runs at equal age in the plane of the two measures that tell them apart."""

from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, INK, MAGENTA, MUTED, OCHRE, ORANGE, TEAL, VIOLET
from timeless.results.artifacts import Results
from timeless.words.values import Quoting, plain, run_name

ARTIFACTS = ("revisited",)
HEIGHT = 480
MAIN = "addition"
OTHERS = (ORANGE, MAGENTA, VIOLET, OCHRE, MUTED)
WORDS = {
    "grok": "near the grokking epoch",
    "later": "some 2,000 epochs later",
    "end": "at the end",
}
# Distance irrelevance and gradient symmetricity of the two networks modulo 59 that Zhong et al.
# 2023 take apart, from section 4 of arXiv 2306.17844; the weights that they publish give the same.
ZHONG = {"Model A, a pizza": (0.17, 0.99), "Model B, a clock": (0.85, 0.33)}
SYMBOLS = {"grok": "circle-open", "later": "circle", "end": "square"}
MEASURES = ("distance_irrelevance", "gradient_symmetricity")


def figure(results: Results) -> Figure:
    """Return a line from age to age for each run, and a point for one that was kept once."""
    artifact, quote = results["revisited"], Quoting(results, "revisited")
    ages = artifact["ages"]
    names = ("run", "age", "epoch", "since_grok", *MEASURES, "uniform_accuracy", "n_key_freqs")
    moves = [
        f"{name.replace('_', ' ')} falls in {quote(f'ages.{name}.falls.count')} of "
        f"{quote(f'ages.{name}.falls.n')}"
        for name in MEASURES
    ]
    story = f"From the first age to the second, of the main run and the seeds, {', '.join(moves)}."
    return Figure(
        plot=_plot(artifact.summary["ages"]["runs"]),
        title="From pizza towards clock, at equal age",
        caption=(
            "A clock lies low and to the right, where gradients differ and the distance \\(a-b\\) "
            "says nothing; a pizza high and to the left. A line for each run from "
            f"{WORDS['grok']} (open) to {WORDS['later']} (filled), for the main run on to its end "
            "(square); a lone point where only the last weights were kept, some 2,000 epochs "
            "after grokking. Crosses: the pizza and the clock of Zhong and colleagues, the former "
            f"without attention by content. {story}"
        ),
        alt=plain(f"Runs as lines in the plane of two measures. {story}"),
        table={name: ages[name] for name in names},
    )


def _plot(runs: dict[str, Any]) -> go.Figure:
    plot = go.Figure(layout={"height": HEIGHT, "hovermode": "closest"})
    colours, named = iter(OTHERS), set[str]()
    for run, ages in runs.items():
        if ages is None:  # it was kept at none of them
            continue
        if run == MAIN:
            colour, name = TEAL, "main run"
        elif run.startswith("seeds"):
            colour, name = BLUE, "seeds"
        else:
            colour, name = next(colours, MUTED), run_name(run.replace("variant_", "variant ", 1))
        plot.add_trace(_path(ages, colour, name, shown=name not in named, run=run))
        named.add(name)
    plot.add_trace(_others())
    plot.update_xaxes(title_text="distance irrelevance", range=[0, 1.04])
    plot.update_yaxes(title_text="gradient symmetricity", range=[0, 1.08])
    corner = {"xref": "x domain", "yref": "y domain", "showarrow": False, "font_color": MUTED}
    plot.add_annotation(x=0, xanchor="left", y=1, yanchor="top", text="pizza", **corner)
    return plot.add_annotation(x=1, xanchor="right", y=0, yanchor="bottom", text="clock", **corner)


def _others() -> go.Scatter:
    """Return the two networks of Zhong and colleagues, crosses."""
    across, up = zip(*ZHONG.values(), strict=True)
    return go.Scatter(
        mode="markers",
        name="Zhong et al., crosses",
        x=list(across),
        y=list(up),
        text=list(ZHONG),
        marker={"color": INK, "size": 11, "symbol": "x-thin", "line": {"color": INK, "width": 2.5}},
        hovertemplate="%{text}<br>distance irrelevance %{x:.2f}<br>gradient symmetricity "
        "%{y:.2f}<extra></extra>",
    )


def _path(ages: dict[str, Any], colour: str, name: str, *, shown: bool, run: str) -> go.Scatter:
    across, up = ([float(found[measure]) for found in ages.values()] for measure in MEASURES)
    said = [f"{run.replace('_', ' ')}, epoch {found['epoch']:,}" for found in ages.values()]
    return go.Scatter(
        mode="lines+markers",
        name=name,
        legendgroup=name,
        showlegend=shown,
        x=across,
        y=up,
        text=said,
        line={"color": colour, "width": 3 if name == "main run" else 1.25},
        marker={
            "color": colour,
            "size": 12 if name == "main run" else 9,
            "symbol": [SYMBOLS[age] for age in ages],
        },
        hovertemplate="%{text}<br>distance irrelevance %{x:.3f}<br>gradient symmetricity "
        "%{y:.3f}<extra></extra>",
    )
