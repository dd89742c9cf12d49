"""Does multiplication grok? Loss and accuracy of both splits, as for addition."""

from timeless.figures import Figure
from timeless.figures.grokking.curves import columns, plot, story
from timeless.results.artifacts import Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("multiplication",)


def figure(results: Results) -> Figure:
    """Return loss above accuracy on one epoch axis, train and test in each."""
    artifact, quote = results["multiplication"], Quoting(results, "multiplication")
    return Figure(
        plot=plot(artifact),
        title="Loss and accuracy while multiplication is learned",
        caption=(
            f"Mean cross-entropy and share of right answers on the {quote('n_train')} training "
            "pairs and on all others, at every logged epoch of the run with seed "
            f"{quote('seed')}. {story(artifact, quote)} {_end(quote)} The dotted line is the loss "
            "of a network that rates all answers alike."
        ),
        alt=plain(
            "Train and test loss above train and test accuracy of the network that learns "
            f"multiplication. {story(artifact, quote)} {_end(quote)}"
        ),
        table=columns(artifact),
    )


def _end(quote: Quoting) -> str:
    return (
        f"Training ended at epoch {quote('epochs')} of at most {quote('budget')}: it stops once "
        f"test accuracy has held for {quote('hold')} epochs."
    )
