"""Do throws written as tokens grok? Loss and accuracies on seen, held-out and unseen throws."""

from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure, switched
from timeless.figures.colours import MAGENTA, SPLIT_COLOURS, VIOLET
from timeless.figures.panels import curve, epoch_axis, level, stacked_axes
from timeless.results.artifacts import Artifact, Results
from timeless.words.quoting import Quoting, plain

ARTIFACTS = ("kinematics",)
HEIGHT = 680
SPLITS = {
    "train": ("training throws", SPLIT_COLOURS["train"]),
    "test": ("held-out combinations", SPLIT_COLOURS["test"]),
    "ood_theta": ("unseen angles", MAGENTA),
    "ood_v0": ("unseen speeds", VIOLET),
}
PANELS = (("loss", ".3~g"), ("accuracy", ".1%"), ("within_one_bin", ".1%"))


def figure(results: Results) -> Figure:
    """Return loss, share of right bins and share at most one bin off, by weight decay."""
    artifact, quote = results["kinematics"], Quoting(results, "kinematics")
    runs = artifact.summary["tokens"]
    views = {
        f"{run['weight_decay']:g}": go.Figure(_lines(artifact, key), _layout(artifact, key))
        for key, run in runs.items()
    }
    first = next(iter(runs))
    curves = artifact[f"curves_tokens_{first}"]
    return Figure(
        plot=switched("Weight decay", views),
        title="Throws as tokens: loss and accuracy over training",
        caption=(
            f"The run with weight decay {quote(f'tokens.{first}.weight_decay', 'g')}; the switch "
            f"shows the other. Trained on {quote('throws.n_train')} throws, tested on "
            f"{quote('throws.n_test')} other combinations of the same values, on "
            f"{quote('throws.n_ood_theta')} throws at angles and {quote('throws.n_ood_v0')} at "
            "speeds that never occur in training. Dotted: above, the loss of a network that rates "
            "all bins alike; below, a table look-up that answers the held-out combinations with "
            f"the bin of the nearest training throw. {_story(artifact, quote)}"
        ),
        alt=plain(f"Loss and two accuracies over training. {_story(artifact, quote)}"),
        table={
            "epoch": curves["epoch"],
            **{
                f"{split}_{quantity}_{key}": artifact[f"curves_tokens_{key}"][f"{split}_{quantity}"]
                for key in runs
                for split in SPLITS
                for quantity, _ in PANELS
            },
        },
        height=HEIGHT,
    )


def _lines(artifact: Artifact, key: str) -> list[dict[str, Any]]:
    curves = artifact[f"curves_tokens_{key}"]
    return [
        curve(curves, f"{split}_{quantity}", name, colour, panel=panel, spec=spec)
        | {"legendgroup": split}
        for panel, (quantity, spec) in enumerate(PANELS, 1)
        for split, (name, colour) in SPLITS.items()
    ]


def _layout(artifact: Artifact, key: str) -> dict[str, Any]:
    throws, epochs = artifact.summary["throws"], artifact[f"curves_tokens_{key}"]["epoch"]
    share = {"range": [-0.02, 1.03], "tickformat": ".0%"}
    axes: list[dict[str, Any]] = [
        {"title": {"text": "loss, nats per throw"}, "type": "log"},
        {"title": {"text": "right bin"}, **share},
        {"title": {"text": "at most one bin off"}, **share},
    ]
    nearest = throws["nearest"]
    return {
        "xaxis": epoch_axis(epochs) | {"anchor": "y3"},
        **stacked_axes(HEIGHT, axes),
        "shapes": [
            level(throws["chance_loss"]),
            level(nearest["test_accuracy"], panel=2),
            level(nearest["test_within_one_bin"], panel=3),
        ],
        "hoversubplots": "axis",
    }


def _story(artifact: Artifact, quote: Quoting) -> str:
    """Return in words how each run ends, on what it saw and on what it did not."""
    return " ".join(
        f"Weight decay {quote(f'tokens.{key}.weight_decay', 'g')}: at the end "
        f"{quote(f'tokens.{key}.final_train_accuracy', '.1%')} right on training throws, "
        f"{quote(f'tokens.{key}.final_test_accuracy', '.1%')} on held-out combinations, "
        f"{quote(f'tokens.{key}.final_ood_theta_accuracy', '.1%')} on unseen angles, "
        f"{quote(f'tokens.{key}.final_ood_v0_accuracy', '.1%')} on unseen speeds."
        for key in artifact.summary["tokens"]
    )
