"""One curve or two? Test accuracy of the main run, mirrored and unseen pairs apart."""

from timeless.figures import Figure
from timeless.figures.colours import BLUE, MUTED, ORANGE
from timeless.figures.panels import ACCURACY, LOSS, curve, level, over_epochs
from timeless.results.artifacts import Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition", "revisited")
HEIGHT = 520
QUANTITIES = {"accuracy": ".1%", "loss": ".3~g"}
PARTS = {
    "mirrored": (ORANGE, "mirrored pairs"),
    "unseen": (BLUE, "unseen pairs"),
    "test": (MUTED, "all test pairs"),
}


def figure(results: Results) -> Figure:
    """Return accuracy above loss, a line for each part of the test pairs."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    share = Quoting(results, "revisited")("pairs.addition.mirrored_share", ".0%")
    curves = artifact["curves"]
    table = curves.where(curves["epoch"] > 0)
    plot = over_epochs(HEIGHT, [ACCURACY, LOSS], table["epoch"], switch="xy")
    plot.add_shape(level(float(artifact.summary["chance_loss"]), 2))
    for part, (colour, words) in PARTS.items():
        for panel, (name, spec) in enumerate(QUANTITIES.items(), 1):
            line = curve(
                table, f"{part}_{name}", words, colour, panel=panel, spec=spec, legendgroup=part
            )
            plot.add_trace(line.update(showlegend=panel == 1))
    story = (
        f"Half of the mirrored pairs are right by epoch {quote('mirrored_50_epoch')}, "
        f"half of the unseen ones by epoch {quote('unseen_50_epoch')}."
    )
    return Figure(
        plot=plot,
        title="Two transitions in one curve",
        caption=(
            f"The main run. Mirrored: test pairs whose exchange was trained on, {share} of them. "
            f"Unseen: trained on in neither order. {story} Dotted: the loss of guessing."
        ),
        alt=plain(f"Accuracy and loss over training on three groups of test pairs. {story}"),
        table={"epoch": table["epoch"]}
        | {f"{part}_{name}": table[f"{part}_{name}"] for part in PARTS for name in QUANTITIES},
    )
