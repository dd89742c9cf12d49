"""When does the network memorise, and when does it generalise? Loss and accuracy of both splits."""

from itertools import product
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.colours import SPLIT_COLOURS
from timeless.figures.panels import ACCURACY, LOSS, Flag, curve, over_epochs
from timeless.results.artifacts import Artifact, Results
from timeless.rules import ACCURACY_THRESHOLD, HOLD_EPOCHS
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 560
MARKED = {"memorised": "memorisation", "grokked": "grok"}
MEASURES = (("loss", 1, ".3~g"), ("accuracy", 2, ".1%"))


def figure(results: Results) -> Figure:
    """Return loss above accuracy on one epoch axis, train and test in each."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    return Figure(
        plot=plot(artifact),
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
    )


def plot(artifact: Artifact) -> go.Figure:
    """Return loss above accuracy of a run with one operation, memorisation and grokking marked."""
    curves, p = artifact["curves"], artifact.config["train"]["model"]["p"]
    epochs = {word: artifact.summary[f"{key}_epoch"] for word, key in MARKED.items()}
    flags = [Flag(epoch, f"{word}, {epoch:,}") for word, epoch in epochs.items() if epoch]
    chance = {1: np.log(p)}
    found = over_epochs(
        HEIGHT, (LOSS, ACCURACY), curves["epoch"], flags, levels=chance, switch="xy"
    )
    for (measure, panel, spec), (split, colour) in product(MEASURES, SPLIT_COLOURS.items()):
        drawn = (curves, f"{split}_{measure}", split, colour, f"{split} {measure}")
        found.add_trace(curve(*drawn, panel=panel, spec=spec, legendgroup=split))
    found.add_annotation(
        x=0.5,
        xref="x domain",
        y=np.log10(np.log(p)),
        yanchor="top",
        text=f"chance, ln {p}",
        showarrow=False,
    )
    return found


def columns(artifact: Artifact) -> dict[str, NDArray[Any]]:
    """Return what `plot` draws, for the figure's table."""
    names = [
        "epoch",
        *(f"{split}_{measure}" for measure, *_ in MEASURES for split in SPLIT_COLOURS),
    ]
    return {name: artifact["curves"][name] for name in names}


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
