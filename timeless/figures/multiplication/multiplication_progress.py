"""Does the circuit for multiplication grow unseen, too? The progress measures over logarithms."""

from timeless.figures import Figure
from timeless.figures.grokking.progress_measures import columns, plot
from timeless.figures.panels import phase_words
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("multiplication",)


def figure(results: Results) -> Figure:
    """Return the losses over the checkpoints, with the computed phases behind them."""
    artifact, quote = results["multiplication"], Quoting(results, "multiplication")
    return Figure(
        plot=plot(artifact, confirmed=_sets_differ(artifact)),
        title="Progress measures of multiplication, over discrete logarithms",
        caption=(
            f"Losses of the run with seed {quote('seed')} on the pairs of non-zero numbers. "
            f"Restricted: of the logits only the {quote('n_key_freqs')} key frequencies of "
            "\\(\\log_g a + \\log_g b\\) are kept; all such pairs. Excluded: these are taken out; "
            f"training pairs. {_last(quote)} {_sets(artifact, quote)} Shading: the phases, "
            f"computed from these curves. {phase_words(artifact, quote)}"
        ),
        alt=plain(
            "Train, test, restricted and excluded loss over training. "
            f"{phase_words(artifact, quote)} {_last(quote)}"
        ),
        table=columns(artifact),
    )


def _sets_differ(artifact: Artifact) -> bool:
    return bool(artifact.summary["key_freqs"] != artifact.summary["confirmed_freqs"])


def _last(quote: Quoting) -> str:
    return (
        f"At the end the restricted loss is {quote('restricted_loss_all', '.2g')}, the excluded "
        f"loss {quote('excluded_loss_train', '.3g')} nats."
    )


def _sets(artifact: Artifact, quote: Quoting) -> str:
    """Return how the key frequencies of the end compare with those it grokked with."""
    if _sets_differ(artifact):
        return (
            f"Dotted: the same with the {quote('n_confirmed_freqs')} key frequencies that the "
            f"rule names at epoch {quote('confirmed_epoch')}."
        )
    return f"At epoch {quote('confirmed_epoch')} the rule names the same frequencies."
