"""Do the laws of constant acceleration, modulo a prime, grok? Velocity and position."""

from itertools import product
from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import SPLIT_COLOURS
from timeless.figures.panels import ACCURACY, LOSS, curve, over_epochs
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("kinematics",)
HEIGHT = 760
LAWS = {"velocity": "v = v₀ + a·t", "position": "s = v₀·t + a·t²/2"}
MEASURES = (("loss", "chance_loss", ".3~g"), ("accuracy", "chance", ".1%"))


def figure(results: Results) -> Figure:
    """Return loss and accuracy of both laws on one epoch axis."""
    artifact, quote = results["kinematics"], Quoting(results, "kinematics")
    return Figure(
        plot=_plot(artifact),
        title="Two laws of motion modulo a prime",
        caption=(
            f"The study's network on the velocity law, trained on "
            f"{quote('modular.velocity.frac_train', '.0%')} of all pairs, and on the position law, "
            f"trained on {quote('modular.position.frac_train', '.0%')}. A line ends where its run "
            f"does. Dotted: chance, a loss of {quote('modular.velocity.chance_loss', '.2f')} nats "
            f"and {quote('modular.velocity.chance', '.2%')} right answers. "
            f"{_story(artifact, quote)}"
        ),
        alt=plain(f"Losses and accuracies of two runs. {_story(artifact, quote)}"),
        table=_table(artifact),
    )


def _plot(artifact: Artifact) -> go.Figure:
    curves = {law: artifact[f"curves_{law}"] for law in LAWS}
    axes = [
        axis | {"title_text": words.format(formula)}
        for formula in LAWS.values()
        for words, axis in (("loss in nats, {}", LOSS), ("accuracy, {}", ACCURACY))
    ]
    longest = max((table["epoch"] for table in curves.values()), key=len)
    panels = dict(enumerate(product(LAWS, MEASURES), 1))
    modular = artifact.summary["modular"]
    chances = {panel: modular[law][chance] for panel, (law, (_, chance, _)) in panels.items()}
    plot = over_epochs(HEIGHT, axes, longest, levels=chances, switch="x")
    for panel, (law, (measure, _, spec)) in panels.items():
        for split, colour in SPLIT_COLOURS.items():
            drawn = (curves[law], f"{split}_{measure}", split, colour)
            plot.add_trace(curve(*drawn, panel=panel, spec=spec, legendgroup=split))
    return plot


def _story(artifact: Artifact, quote: Quoting) -> str:
    """Return in words how each law's run went."""
    parts = []
    for law in LAWS:
        record, at = artifact.summary["modular"][law], f"modular.{law}"
        ends = (
            f"ends after {quote(f'{at}.epochs')} epochs at "
            f"{quote(f'{at}.final_train_accuracy', '.1%')} on train and "
            f"{quote(f'{at}.final_test_accuracy', '.1%')} on test"
        )
        if record["memorisation_epoch"] is None:
            parts.append(f"The {law} law is not memorised within its budget: it {ends}.")
        elif record["grok_epoch"] is None:
            parts.append(
                f"The {law} law is memorised from epoch {quote(f'{at}.memorisation_epoch')} and "
                f"not generalised within its budget: it {ends}."
            )
        else:
            parts.append(
                f"The {law} law is memorised from epoch {quote(f'{at}.memorisation_epoch')} and "
                f"generalised from epoch {quote(f'{at}.grok_epoch')}; it {ends}."
            )
    return " ".join(parts)


def _table(artifact: Artifact) -> dict[str, Any]:
    """Return both runs below one another."""
    curves = {law: artifact[f"curves_{law}"] for law in LAWS}
    laws = np.concatenate([np.full(len(table["epoch"]), law) for law, table in curves.items()])
    names = ("epoch", "train_loss", "test_loss", "train_accuracy", "test_accuracy")
    columns = {name: np.concatenate([t[name] for t in curves.values()]) for name in names}
    return {"law": laws.tolist(), **columns}
