"""What happens while the accuracies stand still? Restricted and excluded loss beside the others."""

from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.colours import MAGENTA, SPLIT_COLOURS, TEAL
from timeless.figures.panels import LOSS, curve, over_phases, phase_words
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 520
CURVES = (
    ("loss_train", "train loss", SPLIT_COLOURS["train"]),
    ("loss_test", "test loss", SPLIT_COLOURS["test"]),
    ("restricted_loss_all", "restricted loss, all pairs", TEAL),
    ("excluded_loss_train", "excluded loss, train", MAGENTA),
)
CONFIRMED = (
    ("restricted_loss_all", "restricted", TEAL),
    ("excluded_loss_train", "excluded", MAGENTA),
)


def figure(results: Results) -> Figure:
    """Return the losses over the checkpoints, with the computed phases behind them."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    last = (
        f"At the end the restricted loss is {quote('final_restricted_loss_all', '.2g')}, the "
        f"excluded loss {quote('final_excluded_loss_train', '.3g')} nats."
    )
    return Figure(
        plot=plot(artifact, confirmed=True),
        title="Progress measures and phases",
        caption=(
            f"Losses at the {quote('n_checkpoints')} checkpoints of the run with seed "
            f"{quote('config.seeds.0')}. Restricted: of the logits only the "
            f"{quote('n_key_freqs')} key frequencies of \\(a+b\\) are kept; all pairs. Excluded: "
            f"these are taken out; training pairs. {last} Dotted: the same with the "
            f"{quote('n_confirmed_freqs')} key frequencies that the rule names at epoch "
            f"{quote('confirmed_epoch')}. Shading: the phases, computed from these curves. "
            f"{phase_words(artifact, quote)}"
        ),
        alt=plain(
            "Train, test, restricted and excluded loss over training. "
            f"{phase_words(artifact, quote)} {last}"
        ),
        table={
            **columns(artifact),
            **{f"confirmed_{name}": artifact["progress_confirmed"][name] for name, *_ in CONFIRMED},
        },
    )


def plot(artifact: Artifact, *, confirmed: bool) -> go.Figure:
    """Return the four losses, with the key frequencies of the last checkpoint, over the phases.

    ``confirmed`` adds restricted and excluded loss with those of the confirmed epoch.
    """
    progress = artifact["progress"]
    found = over_phases(artifact, progress["epoch"], HEIGHT, [LOSS], switch="xy")
    found.add_traces([curve(progress, *drawn) for drawn in CURVES])
    if confirmed:
        chosen = f"set of epoch {artifact.summary['confirmed_epoch']:,}"
        found.add_traces(
            [
                curve(
                    *(artifact["progress_confirmed"], column, f"{name}, {chosen}", colour),
                    line_dash="dot",
                )
                for column, name, colour in CONFIRMED
            ]
        )
    return found


def columns(artifact: Artifact) -> dict[str, NDArray[Any]]:
    """Return what `plot` draws, for the figure's table."""
    return {name: artifact["progress"][name] for name in ("epoch", *(name for name, *_ in CURVES))}
