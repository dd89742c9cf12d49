"""Frequency surgery: waves of the embedding switched off, beside random sets of as many."""

import math
from typing import Any

import numpy as np

from timeless.analysis.fourier import without
from timeless.analysis.last_position import LastPosition
from timeless.analysis.progress import cross_entropies
from timeless.instruments import Widget
from timeless.instruments.networks import published_run
from timeless.results.artifacts import Artifact, Results
from timeless.results.weights import load_published
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
STUDY_FREQS = (14, 28, 42)  # which the study set out with
SETS = {"remove": "without random", "keep": "only random"}  # mode of the widget -> kind of a row


def widget(results: Results) -> Widget:
    """Return the published ablation; the page computes every other set with the network itself."""
    addition, quote = results["addition"], Quoting(results, "addition")
    summary = addition.summary
    accuracy = f"{quote('ablation.without_key_accuracy', '.2%')} of all pairs"
    return Widget(
        title="Frequency surgery",
        caption=CAPTION,
        alt=plain(
            f"The {summary['n_frequencies']} frequencies of the embedding as bars that can be "
            f"switched off. Without its key frequencies ({quote('key_freqs')}) the network answers "
            f"{accuracy}; without as many random ones "
            f"{quote('ablation.without_random_accuracy_mean', '.2%')} on average."
        ),
        data={
            "study_freqs": STUDY_FREQS,
            "epoch": summary["published_epochs"][-1],
            "freqs": summary["key_freqs"],
            "random": {mode: published_sets(addition, kind) for mode, kind in SETS.items()},
            "opening": opening(results),
        },
        networks=("addition",),
    )


def published_sets(addition: Artifact, kind: str) -> dict[str, Any]:
    """Return each random set of a kind, with accuracy and loss on all, train and test pairs.

    The artifact has those of all and of test pairs; those of the train pairs follow.
    """
    table, n = addition["ablation"], addition.summary
    rows = table["kind"] == kind

    def parts(measure: str) -> dict[str, list[float]]:
        whole, test = (
            np.asarray(table[f"{measure}_{split}"][rows], float) for split in ("all", "test")
        )
        train = (n["n_pairs"] * whole - n["n_test"] * test) / n["n_train"]
        return {"all": whole.tolist(), "train": train.clip(0).tolist(), "test": test.tolist()}

    sets = [[int(freq) for freq in str(freqs).split()] for freqs in table["freqs"][rows]]
    return {"sets": sets, **{measure: parts(measure) for measure in ("accuracy", "loss")}}


def opening(results: Results) -> dict[str, Any]:
    """Return what the instrument opens with: the last checkpoint intact and without its key set.

    ``losses`` are those of all pairs without it, in steps of `highest` / 255, which is twice the
    loss of guessing and the end of the map's scale; the scores are the published ones.
    """
    addition = results["addition"]
    p = addition.config["train"]["model"]["p"]
    epoch = addition.summary["published_epochs"][-1]  # in 16 bits, as the page has it
    weights = load_published(results.directory, "addition", published_run(addition), epoch)
    numbers = np.arange(p)
    W_E = weights["W_E"].astype(np.float64)
    W_E[numbers] = without(W_E[numbers], addition.summary["key_freqs"])
    logits = LastPosition.of({**weights, "W_E": W_E}, p).logits().reshape(p * p, p)
    right = np.add.outer(numbers, numbers).ravel() % p
    losses = cross_entropies(logits, right)
    highest = 2 * math.log(p)
    return {
        "losses": np.rint(255 * np.clip(losses / highest, 0, 1)).astype(np.uint8),
        "highest": highest,
        "own": published_sets(addition, "without key"),
        "intact": published_sets(addition, "none"),
    }


CAPTION = """
The trained network, computed in the page from its published weights in 16 bits: waves of the
chosen frequencies are taken out of the numbers’ rows of \\(W_E\\), every other weight stays, and
the network answers all pairs. Click or tap a bar, or use the slider and the button below it.
Random sets have as many frequencies as were chosen and none of those (or are drawn from all,
where too few are left); for the key frequencies at the last checkpoint they are the published
ones of the figure above, for anything else the page computes them while the instrument is in
sight. Dotted lines mark what guessing gives.
"""
