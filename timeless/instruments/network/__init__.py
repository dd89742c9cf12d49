"""The live network: the trained transformer at every published checkpoint, computed in the page."""

from itertools import islice

import numpy as np

from timeless.instruments import Widget
from timeless.instruments.networks import network_files, published_run
from timeless.results.artifacts import Results
from timeless.results.weights import load_training_examples
from timeless.words.values import as_data

ARTIFACTS = ("addition", "multiplication", "co_grokking")
KILOBYTE = 1000


def widget(results: Results) -> Widget:
    """Return what the networks themselves do not say: the root g, and where to begin."""
    addition, joint = results["addition"], results["co_grokking"]
    _, script = next(islice(network_files(results, ["addition"]), 1, None))
    numbers = addition.summary["n_parameters"]
    size = as_data(
        f"{len(script) / KILOBYTE:.0f}", len(script), "the length of a checkpoint's data file"
    )
    epochs = addition.summary["published_epochs"]
    a, b = first_one_way_pair(results)
    return Widget(
        title="The trained network, running",
        caption=CAPTION.format(size=size, numbers=as_data(f"{numbers:,}", numbers, "its numbers")),
        alt=(
            f"The trained transformer computes in the page, at {len(epochs)} checkpoints of the "
            f"addition run and at those of the multiplication run and of the joint run: its "
            f"attention, its most active neurons, its logits and its answer to a pair of numbers "
            f"that the reader chooses, and a map of its answers to all "
            f"{addition.summary['n_pairs']:,} pairs. At the last checkpoint of the addition run "
            f"{addition.summary['final_test_accuracy']:.0%} of the test pairs are answered right; "
            f"of the joint run's additions {joint.summary['final_test_accuracy_addition']:.0%}."
        ),
        data={
            "g": results["multiplication"].summary["g"],
            "epoch": epochs[-1],
            "a": a,
            "b": b,
        },
        networks=ARTIFACTS,
    )


def first_one_way_pair(results: Results) -> tuple[int, int]:
    """Return the first pair (a, b) past the middle that is not trained on while (b, a) is.

    The split is that of the addition run.
    """
    artifact = results["addition"]
    p = artifact.config["train"]["model"]["p"]
    trained = np.zeros(p * p, bool)
    trained[load_training_examples(results.directory, "addition", published_run(artifact))] = True
    grid = trained.reshape(p, p)
    a, b = np.nonzero(np.triu(grid.T & ~grid))
    here = int(np.argmax(a >= p // 2))
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
