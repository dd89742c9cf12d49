"""Does multiplication depend on the seed? Mirrored and unseen pairs, a line for each run."""

from timeless.figures import Figure
from timeless.figures.grokking.seeds import surveyed
from timeless.results.artifacts import Results

ARTIFACTS = ("multiplication_seeds",)


def figure(results: Results) -> Figure:
    """Return accuracy on mirrored above accuracy on unseen pairs, every run in both."""
    title = "Multiplication with other seeds: mirrored and unseen pairs"
    return surveyed(results, "multiplication_seeds", title)
