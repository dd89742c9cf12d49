"""Do networks on real-valued throws grok? Losses beside a thresholded accuracy, with controls."""

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import MAGENTA, OCHRE, SPLIT_COLOURS, TEAL
from timeless.figures.panels import ACCURACY, curve, over_epochs
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

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
        plot=_plot(artifact),
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
    )


def _plot(artifact: Artifact) -> go.Figure:
    curves = {variant: artifact[f"curves_{variant}"] for variant in VARIANTS}
    losses = [{"title_text": f"loss: {name}", "type": "log"} for name, _ in VARIANTS.values()]
    within = ACCURACY | {"title_text": "test answers within tolerance"}
    learnt = dict.fromkeys(range(1, len(VARIANTS) + 1), LEARNT)
    epochs = curves["standard"]["epoch"]
    plot = over_epochs(HEIGHT, [*losses, within], epochs, levels=learnt, switch="x")
    for panel, table in enumerate(curves.values(), 1):
        for split, colour in SPLIT_COLOURS.items():
            drawn = (table, f"{split}_loss", split, colour, f"{split} loss")
            plot.add_trace(curve(*drawn, panel=panel, legendgroup=split))
    for variant, (name, colour) in VARIANTS.items():
        right = (curves[variant], "test_accuracy", name, colour)
        plot.add_trace(curve(*right, panel=len(VARIANTS) + 1, spec=".1%"))
    return plot


def _story(quote: Quoting) -> str:
    """Return in words from when on each variant explains 99% of the variance of either split."""
    parts = [
        f"{name}: train from epoch {quote(f'continuous.{key}.memorisation_epoch')}, test "
        f"from {quote(f'continuous.{key}.grok_epoch')}"
        for key, (name, _) in VARIANTS.items()
    ]
    return f"99% of the variance explained, {'; '.join(parts)}."
