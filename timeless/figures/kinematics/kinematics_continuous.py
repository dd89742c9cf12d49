"""Do networks on real-valued throws grok? Losses beside a thresholded accuracy, with controls."""

from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import MAGENTA, OCHRE, SPLIT_COLOURS, TEAL
from timeless.figures.panels import curve, epoch_axis, level, stacked_axes
from timeless.results.artifacts import Artifact, Results
from timeless.words.quoting import Quoting, plain

ARTIFACTS = ("kinematics",)
HEIGHT = 860
VARIANTS = {
    "standard": ("standard initial weights", TEAL),
    "enlarged": ("enlarged", MAGENTA),
    "enlarged_no_decay": ("enlarged, no weight decay", OCHRE),
}
LEARNT = 0.01  # the loss at which 99% of the variance is explained


def figure(results: Results) -> Figure:
    """Return train and test loss of three variants, and the thresholded accuracies of all."""
    artifact, quote = results["kinematics"], Quoting(results, "kinematics")
    first = artifact["curves_standard"]
    return Figure(
        plot=go.Figure([*_losses(artifact), *_accuracies(artifact)], _layout(artifact)),
        title="Real-valued throws: loss beside thresholded accuracy",
        caption=(
            f"Networks of seed {quote('continuous.standard.seed')} on "
            f"{quote('continuous_setup.n_train')} training and "
            f"{quote('continuous_setup.n_test')} test throws. The loss is the mean squared error "
            "in units of the variance of the training heights, so that predicting their mean "
            "costs about 1; below the dotted line, 0.01, 99% of the variance is explained. "
            "Enlarged: all initial weights times "
            f"{quote('continuous.enlarged.factor', 'g')}. The lowest panel counts a test answer "
            f"as right if it is off by at most {quote('continuous_setup.tolerance_metres', '.2f')} "
            f"m. {_story(quote)}"
        ),
        alt=plain(f"Train and test loss of three networks over training. {_story(quote)}"),
        table={
            "epoch": first["epoch"],
            **{
                f"{column}_{variant}": artifact[f"curves_{variant}"][column]
                for variant in VARIANTS
                for column in ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
            },
        },
        height=HEIGHT,
    )


def _losses(artifact: Artifact) -> list[dict[str, Any]]:
    return [
        curve(
            artifact[f"curves_{variant}"], f"{split}_loss", split, SPLIT_COLOURS[split], panel=panel
        )
        | {"legendgroup": split, "hovertemplate": f"{split} loss %{{y:.3~g}}<extra></extra>"}
        for panel, variant in enumerate(VARIANTS, 1)
        for split in ("train", "test")
    ]


def _accuracies(artifact: Artifact) -> list[dict[str, Any]]:
    panel = len(VARIANTS) + 1
    return [
        curve(artifact[f"curves_{variant}"], "test_accuracy", name, colour, panel=panel, spec=".1%")
        for variant, (name, colour) in VARIANTS.items()
    ]


def _layout(artifact: Artifact) -> dict[str, Any]:
    names = [name for name, _ in VARIANTS.values()]
    axes: list[dict[str, Any]] = [
        {"title": {"text": f"loss: {name}"}, "type": "log"} for name in names
    ]
    axes.append(
        {
            "title": {"text": "test answers within tolerance"},
            "range": [-0.02, 1.03],
            "tickformat": ".0%",
        }
    )
    return {
        "xaxis": epoch_axis(artifact["curves_standard"]["epoch"]) | {"anchor": f"y{len(axes)}"},
        **stacked_axes(HEIGHT, axes),
        "shapes": [level(LEARNT, panel=panel) for panel in range(1, len(VARIANTS) + 1)],
        "hoversubplots": "axis",
        "meta": {"axisSwitch": "x"},
    }


def _story(quote: Quoting) -> str:
    """Return in words from when on each variant explains 99% of the variance of either split."""
    parts = [
        f"{name}: train from epoch {quote(f'continuous.{key}.memorisation_epoch')}, test "
        f"from {quote(f'continuous.{key}.grok_epoch')}"
        for key, (name, _) in VARIANTS.items()
    ]
    return f"99% of the variance explained, {'; '.join(parts)}."
