"""What if no exchange is known? Accuracy on unseen pairs, by two ways to draw the split."""

from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, MAGENTA
from timeless.figures.grokking.seeds import LINE, curves_of
from timeless.figures.panels import ACCURACY, below_one_another, curve, over_epochs
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("seeds", "mirrors")
HEIGHT = 360
SPLITS = {"seeds": (BLUE, "drawn at random"), "mirrors": (MAGENTA, "closed under exchange")}


def figure(results: Results) -> Figure:
    """Return accuracy on unseen pairs, a line for each run of both experiments."""
    found = {name: results[name] for name in SPLITS}
    story = " ".join(_outcome(Quoting(results, name), found[name]) for name in SPLITS)
    return Figure(
        plot=_plot(found),
        title="Unseen pairs, with splits drawn at random and splits closed under exchange",
        caption=(
            "Share of right answers on test pairs that were trained on in neither order, a line "
            f"for each run. {story} Two runs of one seed start from the same weights; only their "
            "splits differ."
        ),
        alt=plain(f"Accuracy on unseen pairs over epochs, a line for each run. {story}"),
        table=_table(found),
    )


def _plot(found: dict[str, Artifact]) -> go.Figure:
    curves = {name: curves_of(artifact) for name, artifact in found.items()}
    longest = max((table["epoch"] for runs in curves.values() for table in runs.values()), key=len)
    plot = over_epochs(HEIGHT, [ACCURACY], longest, switch="x")
    for name, runs in curves.items():
        colour, words = SPLITS[name]
        for i, (run, table) in enumerate(runs.items()):
            seed = found[name].summary["runs"][run]["seed"]
            drawn = (table, "unseen_accuracy", words, colour, f"{words}, seed {seed}")
            shown: dict[str, Any] = {"legendgroup": name, "showlegend": i == 0, "opacity": 0.75}
            plot.add_trace(curve(*drawn, spec=".2%", **shown).update(line=LINE))
    return plot


def _outcome(quote: Quoting, artifact: Artifact) -> str:
    """Return in words how many runs with one way to draw the split grok, and what more did."""
    budget, runs = artifact.config["train"]["epochs"], artifact.summary["runs"]
    epochs = [one["grok_epoch"] for one in runs.values()]
    within = sum(epoch is not None and epoch <= budget for epoch in epochs)
    story = f"{quote.found(within, 'curves_*')} of {quote('n_runs')} runs grok within "
    story += f"{quote('config.train.epochs')} epochs"
    for seed in artifact.config.get("longer", {}):
        at = runs[f"seed{seed}"]["grok_epoch"]
        then = "does not" if at is None else f"does at {quote(f'runs.seed{seed}.grok_epoch')}"
        story += f"; seed {seed}, allowed {quote(f'config.longer.{seed}')}, {then}"
    return f"With splits {SPLITS[artifact.experiment][1]} {story}."


def _table(found: dict[str, Artifact]) -> dict[str, Any]:
    """Return the curves of all runs below one another."""
    rows = [
        (name, artifact.summary["runs"][run]["seed"], table)
        for name, artifact in found.items()
        for run, table in curves_of(artifact).items()
    ]
    return below_one_another(
        [table for *_, table in rows],
        ("epoch", "unseen_accuracy"),
        split=[SPLITS[name][1] for name, *_ in rows],
        seed=[seed for _, seed, _ in rows],
    )
