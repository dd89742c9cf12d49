"""Do throws written as tokens grok? Loss and accuracies on seen, held-out and unseen throws."""

import plotly.graph_objects as go

from timeless.figures import Figure, switched
from timeless.figures.colours import MAGENTA, SPLIT_COLOURS, VIOLET
from timeless.figures.panels import ACCURACY, LOSS, curve, over_epochs
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

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
    views = {f"{run['weight_decay']:g}": _view(artifact, key) for key, run in runs.items()}
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
    )


def _view(artifact: Artifact, key: str) -> go.Figure:
    curves, throws = artifact[f"curves_tokens_{key}"], artifact.summary["throws"]
    nearest = throws["nearest"]
    axes = (
        LOSS | {"title_text": "loss, nats per throw"},
        ACCURACY | {"title_text": "right bin"},
        ACCURACY | {"title_text": "at most one bin off"},
    )
    levels = (throws["chance_loss"], nearest["test_accuracy"], nearest["test_within_one_bin"])
    plot = over_epochs(HEIGHT, axes, curves["epoch"], levels=dict(enumerate(levels, 1)))
    for panel, (quantity, spec) in enumerate(PANELS, 1):
        for split, (name, colour) in SPLITS.items():
            drawn = (curves, f"{split}_{quantity}", name, colour)
            plot.add_trace(curve(*drawn, panel=panel, spec=spec, legendgroup=split))
    return plot


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
