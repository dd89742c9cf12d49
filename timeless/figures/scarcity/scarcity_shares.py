"""The same with one head, where every share has several seeds."""

from timeless.figures import Figure
from timeless.figures.scarcity.scarcity_delay import epochs_against_share
from timeless.results.artifacts import Results

ARTIFACTS = ("shares",)


def figure(results: Results) -> Figure:
    """Return the regime of each share above its epochs to memorise and to generalise."""
    return epochs_against_share(results, "shares", "Epochs to 99% against the share, with one head")
