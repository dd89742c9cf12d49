"""The live network: the trained transformer at every published checkpoint, computed in the page."""

import math
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.last_position import LastPosition, log_chances
from timeless.instruments import Widget
from timeless.instruments.networks import network_files, published_run
from timeless.results.artifacts import Artifact, Results
from timeless.results.weights import load_published, load_training_examples
from timeless.words.values import as_data

ARTIFACTS = ("addition", "multiplication", "co_grokking")
KILOBYTE = 1000
SURE = 0.999  # probability of a wrong answer that the page opens with


def widget(results: Results) -> Widget:
    """Return what the networks themselves do not say: where to begin."""
    addition, joint = results["addition"], results["co_grokking"]
    _, script = next(islice(network_files(results, ["addition"]), 1, None))
    numbers = addition.summary["n_parameters"]
    size = as_data(
        f"{len(script) / KILOBYTE:.0f}", len(script), "the length of a checkpoint's data file"
    )
    epochs = addition.summary["published_epochs"]
    epoch = most_wrong_epoch(addition)
    a, b = first_confident_mistake(results, epoch)
    return Widget(
        title="The trained network, running",
        caption=CAPTION.format(size=size, numbers=as_data(f"{numbers:,}", numbers, "its numbers")),
        alt=(
            f"The trained transformer computes in the page, at {len(epochs)} checkpoints of the "
            f"addition run and at those of the multiplication run and of the joint run: its "
            f"attention, its most active neurons, its logits and its answer to a pair of numbers "
            f"that the reader chooses, and a map of its answers to all "
            f"{addition.summary['n_pairs']:,} pairs. It opens at epoch {epoch:,}, where the "
            f"network has memorised and is sure of a wrong sum. At the last checkpoint of the run "
            f"{addition.summary['final_test_accuracy']:.0%} of the test pairs are answered right; "
            f"of the joint run's additions {joint.summary['final_test_accuracy_addition']:.0%}."
        ),
        data={
            "epoch": epoch,
            "a": a,
            "b": b,
        },
        networks=ARTIFACTS,
    )


def most_wrong_epoch(addition: Artifact) -> int:
    """Return the published epoch nearest, in its logarithm, to the highest test loss."""
    peak = addition.summary["peak_test_loss_epoch"]
    epochs: list[int] = addition.summary["published_epochs"]
    return min(epochs, key=lambda epoch: abs(math.log1p(epoch) - math.log1p(peak)))


def first_confident_mistake(results: Results, epoch: int) -> tuple[int, int]:
    """Return the first pair past the middle of which the network is wrongly sure at an epoch.

    Neither the pair nor its mirror image is trained on, and the wrong answer gets `SURE` or
    more. Where there is none, it is `first_one_way_pair`.
    """
    artifact = results["addition"]
    p, trained = artifact.config["train"]["model"]["p"], trained_pairs(results)
    weights = load_published(results.directory, "addition", published_run(artifact), epoch)
    network = LastPosition.of(weights, p)
    for a in range(p // 2, p):
        chances = log_chances(network.logits(slice(a, a + 1))[0])
        right = (a + np.arange(p)) % p
        wrong = (chances.argmax(-1) != right) & (chances.max(-1) >= math.log(SURE))
        found = np.flatnonzero(wrong & ~trained[a] & ~trained[:, a])
        if len(found):
            return a, int(found[0])
    return first_one_way_pair(results)


def trained_pairs(results: Results) -> NDArray[np.bool_]:
    """Return which pairs [p, p] the addition run is trained on."""
    artifact = results["addition"]
    p = artifact.config["train"]["model"]["p"]
    trained = np.zeros(p * p, bool)
    trained[load_training_examples(results.directory, "addition", published_run(artifact))] = True
    return trained.reshape(p, p)


def first_one_way_pair(results: Results) -> tuple[int, int]:
    """Return the first pair (a, b) past the middle that is not trained on while (b, a) is.

    The split is that of the addition run.
    """
    grid = trained_pairs(results)
    a, b = np.nonzero(np.triu(grid.T & ~grid))
    here = int(np.argmax(a >= len(grid) // 2))
    return int(a[here]), int(b[here])


CAPTION = """
The trained network, computed here from the weights of its published checkpoints: {numbers}
16-bit floats, {size} KB for each checkpoint, loaded when it is asked for. One pair is computed in
64-bit floats; for all pairs in the background, sums are in 64 bits and the tables of what a
number contributes in 32. A neuron belongs to a frequency when that frequency's waves in both
numbers hold at least 85% of the centred energy of its activation over all pairs, as everywhere
on this site; the page tests this for all neurons at the chosen checkpoint. For multiplication the
waves run over the logarithms of the numbers, and the pairs with a zero are left out of that test.
What is logged is the run's own, with 32-bit weights.
"""
