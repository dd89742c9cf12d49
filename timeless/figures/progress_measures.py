"""What happens while the accuracies stand still? Restricted and excluded loss beside the others."""

from timeless.artifacts import Results
from timeless.figures import Figure
from timeless.panels import curve, over_phases, phase_words
from timeless.quoting import Quoting, plain

ARTIFACTS = ("addition",)
HEIGHT = 520
CURVES = (
    ("loss_train", "train loss", "train"),
    ("loss_test", "test loss", "test"),
    ("restricted_loss_all", "restricted loss, all pairs", "series-3"),
    ("excluded_loss_train", "excluded loss, train", "series-4"),
)


CONFIRMED = (
    ("restricted_loss_all", "restricted", "series-3"),
    ("excluded_loss_train", "excluded", "series-4"),
)


def figure(results: Results) -> Figure:
    """Return the losses over the checkpoints, with the computed phases behind them."""
    artifact, quote = results["addition"], Quoting(results, "addition")
    progress, confirmed = artifact["progress"], artifact["progress_confirmed"]
    chosen = f"set of epoch {artifact.summary['confirmed_epoch']:,}"
    axes = [{"title": {"text": "loss, nats per example"}, "type": "log"}]
    layout = over_phases(artifact, progress["epoch"], HEIGHT, axes)
    last = (
        f"At the end the restricted loss is {quote('final_restricted_loss_all', '.2g')}, the "
        f"excluded loss {quote('final_excluded_loss_train', '.3g')} nats."
    )
    return Figure(
        data=[
            *(curve(progress, *drawn) for drawn in CURVES),
            *(
                curve(confirmed, column, f"{name}, {chosen}", colour, dash="dot")
                for column, name, colour in CONFIRMED
            ),
        ],
        layout=layout | {"meta": {"axisSwitch": ["x", "y"]}},
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
            "epoch": progress["epoch"],
            **{name: progress[name] for name, *_ in CURVES},
            **{f"confirmed_{name}": confirmed[name] for name, *_ in CONFIRMED},
        },
        height=HEIGHT,
    )
