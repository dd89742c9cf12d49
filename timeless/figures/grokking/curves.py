"""When does the network memorise, and when does it generalise? Loss and accuracy of both splits."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.colours import SPLIT_COLOURS
from timeless.figures.panels import Flag, curve, epoch_axis, fly, header_of, level, stacked_axes
from timeless.results.artifacts import Artifact, Results, Table
from timeless.rules import ACCURACY_THRESHOLD, HOLD_EPOCHS
from timeless.words.quoting import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 560
SPLITS = ("train", "test")
MEASURES = (("loss", 1, ".3~g"), ("accuracy", 2, ".1%"))


def figure(results: Results) -> Figure:
    """Return loss above accuracy on one epoch axis, train and test in each."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    return Figure(
        plot=go.Figure(lines(artifact), layout(artifact)),
        title="Loss and accuracy over training",
        caption=(
            f"Mean cross-entropy and share of right answers on the {quote('n_train')} training "
            f"and the {quote('n_test')} test pairs, at every logged epoch of the run with seed "
            f"{quote('config.seeds.0')}. {story(artifact, quote)} The dotted line is the loss of "
            f"a network that rates all answers alike, {quote('chance_loss', '.3f')} nats; a loss "
            "above it means confident mistakes."
        ),
        alt=plain(
            "Train and test loss above train and test accuracy, over "
            f"{quote('config.train.epochs')} epochs. {story(artifact, quote)}"
        ),
        table=columns(artifact),
        height=HEIGHT,
    )


def lines(artifact: Artifact) -> list[dict[str, Any]]:
    """Return the traces of a run with one operation: loss of both splits, accuracy of both."""
    curves = artifact["curves"]
    return [_line(curves, split, *measure) for measure in MEASURES for split in SPLITS]


def columns(artifact: Artifact) -> dict[str, NDArray[Any]]:
    """Return what `lines` draws, for the figure's table."""
    names = ["epoch", *(f"{split}_{measure}" for measure, *_ in MEASURES for split in SPLITS)]
    return {name: artifact["curves"][name] for name in names}


def _line(curves: Table, split: str, measure: str, panel: int, spec: str) -> dict[str, Any]:
    line = curve(curves, f"{split}_{measure}", split, SPLIT_COLOURS[split], panel=panel, spec=spec)
    return line | {
        "legendgroup": split,
        "hovertemplate": f"{split} {measure} %{{y:{spec}}}<extra></extra>",
    }


def layout(artifact: Artifact) -> dict[str, Any]:
    """Return loss above accuracy on one epoch axis, with memorisation and grokking marked."""
    summary, epochs = artifact.summary, artifact["curves"]["epoch"]
    p = artifact.config["train"]["model"]["p"]
    marked = {"memorised": summary["memorisation_epoch"], "grokked": summary["grok_epoch"]}
    flags = [Flag(epoch, f"{word}, {epoch:,}") for word, epoch in marked.items() if epoch]
    panels = stacked_axes(
        HEIGHT,
        [
            {"title": {"text": "loss, nats per example"}, "type": "log"},
            {"title": {"text": "accuracy"}, "range": [-0.02, 1.03], "tickformat": ".0%"},
        ],
        header_of(flags),
    )
    shapes, labels = fly(flags, HEIGHT, panels, epochs)
    chance = {
        "x": 0.5,
        "xref": "x domain",
        "y": float(np.log10(np.log(p))),
        "yref": "y",
        "yanchor": "top",
        "showarrow": False,
        "text": f"chance, ln {p}",
    }
    return {
        "xaxis": epoch_axis(epochs) | {"anchor": "y2"},
        **panels,
        "shapes": [*shapes, level(float(np.log(p)))],
        "annotations": [*labels, chance],
        "hoversubplots": "axis",
        "meta": {"axisSwitch": ["x", "y"]},
    }


def story(artifact: Artifact, quote: Quoting) -> str:
    """Return in words what becomes of train and test accuracy."""
    memorised, grokked = (artifact.summary[f"{key}_epoch"] for key in ("memorisation", "grok"))
    held = f"{ACCURACY_THRESHOLD:.0%} or more for at least {HOLD_EPOCHS:,} epochs"
    train = (
        f"Train accuracy never stays at {held}."
        if memorised is None
        else f"From epoch {quote('memorisation_epoch')} train accuracy stays at {held}."
    )
    test = (
        f"The run does not grok: test accuracy ends at {quote('final_test_accuracy', '.1%')}."
        if grokked is None
        else (
            f"Test accuracy does so from epoch {quote('grok_epoch')}; before, test loss climbs to "
            f"{quote('peak_test_loss', '.3g')} nats, at epoch {quote('peak_test_loss_epoch')}."
        )
    )
    return f"{train} {test}"
