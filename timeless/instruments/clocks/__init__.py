"""The clocks: how the trained network adds, two numbers at a time, by angles and waves."""

import math

from timeless.instruments import Widget
from timeless.instruments.network import first_one_way_pair
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)


def widget(results: Results) -> Widget:
    """Return the frequencies that have a clock and the pair shown first; the page does the rest."""
    addition, quote = results["addition"], Quoting(results, "addition")
    freqs, (a, b) = carrying_freqs(addition), first_one_way_pair(results)
    p = addition.config["train"]["model"]["p"]
    return Widget(
        title="How the network adds: clocks",
        caption=CAPTION.format(
            p=quote("config.train.model.p"), freqs=quote.found(freqs, "excluded_by_frequency")
        ),
        alt=plain(
            f"Clocks with {p} places, one for each key frequency of the trained network: "
            f"{quote('key_freqs')} at the last checkpoint. For {a} + {b} each hand goes to {a} and "
            f"on by {b}. Every clock has a wave over the {p} answers; added up they are highest "
            f"at {(a + b) % p}, as the network's own logits are."
        ),
        data={"freqs": freqs, "a": a, "b": b},
        networks=ARTIFACTS,
    )


def carrying_freqs(addition: Artifact) -> list[int]:
    """Return the key frequencies, and those which once carried the answers.

    A frequency carries them where the loss on the training pairs without it is worse than that
    of guessing, ln p nats, at some checkpoint since the run had memorised.
    """
    summary, table = addition.summary, addition["excluded_by_frequency"]
    since = table["epoch"] >= (summary["memorisation_epoch"] or 0)
    worst = table["excluded_loss_train"][since].max(axis=0)
    guessing = math.log(addition.config["train"]["model"]["p"])
    carried = {
        k for k, loss in zip(summary["watched_freqs"], worst, strict=True) if loss > guessing
    }
    return sorted({*summary["key_freqs"], *carried})


CAPTION = """
Measured in the page from the published weights, in 16 bits. With each step a clock of frequency
\\(k\\) goes on by \\(k\\) of its {p} places. Its dots are the numbers where the embedding puts
them, in the plane of that frequency, coloured in the order of a perfect clock; the hand goes to
\\(a\\), on by \\(b\\), and the dotted hand is where a perfect clock would be. Its wave is
\\(\\alpha_k \\cos\\omega_k(a+b-c)\\) over the answers \\(c\\), with \\(\\alpha_k\\) fitted to the
network’s logits for all pairs. The sum, the logits (less their mean) and what is left are drawn
on the same scale as the waves. Of the frequencies {freqs}, the key ones and any other without
which the network would at some time have done worse than guessing, those are shown whose wave is
at least 2% of the highest. Drag a hand to turn it.
"""
