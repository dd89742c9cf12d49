"""One curve or two? Test accuracy of the main run, mirrored and unseen pairs apart."""

from timeless.figures import Figure
from timeless.figures.colours import BLUE, MUTED, ORANGE
from timeless.figures.panels import ACCURACY, LOSS, curve, level, over_epochs
from timeless.results.artifacts import Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("revisited", "addition")
HEIGHT = 520
RUN = "addition"
PARTS = {
    "mirrored": (ORANGE, "mirrored pairs"),
    "unseen": (BLUE, "unseen pairs"),
    "test": (MUTED, "all test pairs"),
}


def figure(results: Results) -> Figure:
    """Return accuracy above loss, a line for each part of the test pairs."""
    artifact, quote = results["revisited"], Quoting(results, "revisited")
    pairs = artifact["pairs"]
    table = pairs.where((pairs["run"] == RUN) & (pairs["epoch"] > 0))
    plot = over_epochs(HEIGHT, [ACCURACY, LOSS], table["epoch"], switch="xy")
    plot.add_shape(level(float(results["addition"].summary["chance_loss"]), 2))
    for part, (colour, words) in PARTS.items():
        for panel, (name, spec) in enumerate((("accuracy", ".1%"), ("loss", ".3~g")), 1):
            line = curve(
                table, f"{part}_{name}", words, colour, panel=panel, spec=spec, legendgroup=part
            )
            plot.add_trace(line.update(showlegend=panel == 1, mode="lines+markers"))
    story = (
        f"Half of the mirrored pairs are right by epoch {quote(f'pairs.{RUN}.mirrored_50_epoch')}, "
        f"half of the unseen ones by epoch {quote(f'pairs.{RUN}.unseen_50_epoch')}."
    )
    return Figure(
        plot=plot,
        title="Two transitions in one curve",
        caption=(
            "The main run at its published checkpoints. Mirrored: test pairs whose exchange was "
            f"trained on, {quote(f'pairs.{RUN}.mirrored_share', '.0%')} of them. Unseen: trained "
            f"on in neither order. {story} Dotted: the loss of guessing."
        ),
        alt=plain(f"Accuracy and loss over training on three groups of test pairs. {story}"),
        table={name: table[name] for name in table.columns if name != "run"},
    )
