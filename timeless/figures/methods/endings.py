"""Where the main run ends: its train loss, taken up again with other ε, over the epochs since."""

from collections.abc import Iterator

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.methods.epsilon import (
    COLOURS,
    arm_name,
    line_of,
    losses_table,
    over_losses,
)
from timeless.figures.panels import curve
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("endings",)
MAIN = "main"


def figure(results: Results) -> Figure:
    """Return the train losses of the main run and of what goes on from it."""
    artifact, quote = results["endings"], Quoting(results, "endings")
    ends = [
        f"{quote(f'runs.{run}.final_train_loss', '.1e')} with {_name(artifact, run)}"
        for run in artifact.summary["order"]
    ]
    story = f"They end at {', '.join(ends)}."
    return Figure(
        plot=over_losses(artifact).add_traces([*_lines(artifact)]),
        title="The main run, taken up again with other ε",
        caption=(
            f"Train loss over the epochs since epoch {quote('config.epoch')} of the main run: its "
            f"state there, weights and moments, is where the others begin. {story}"
        ),
        alt=plain(f"Lines of train loss over epochs, one for each run. {story}"),
        table=losses_table(artifact),
    )


def _lines(artifact: Artifact) -> Iterator[go.Scatter]:
    for i, run in enumerate(artifact.summary["order"]):
        name = _name(artifact, run)
        drawn = curve(artifact["losses"], run, name, COLOURS[i % len(COLOURS)], name, spec=".1e")
        yield drawn.update(line=line_of(run))


def _name(artifact: Artifact, run: str) -> str:
    name = arm_name(run, artifact.summary["runs"][run]["epsilon"])
    return f"{name}, the main run" if run == MAIN else name
