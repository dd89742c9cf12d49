"""Look inside: a reader's network, or a published one, under every instrument that reads one."""

from timeless.instruments import Widget
from timeless.results.artifacts import Results

ARTIFACTS = ("addition", "multiplication", "co_grokking")


def widget(results: Results) -> Widget:
    """Return the published networks that can be looked into beside the reader's own.

    ``networks`` are [name, text, experiment, number of the operation].
    """
    seed = results["addition"].config["seeds"][0]
    return Widget(
        title="Look inside",
        caption=CAPTION,
        alt=(
            "An instrument that opens a network to every other one: restricted and excluded loss "
            "with the neurons by frequency, the live network, clocks, surgery, the spectrum and "
            "logarithms, for the network that is trained or opened above or for a published one."
        ),
        data={
            "networks": [
                ["addition", f"the study’s: addition, seed {seed}", "addition", 0],
                ["multiplication", "the study’s: multiplication", "multiplication", 0],
                ["joint-addition", "the study’s: both, a + b", "co_grokking", 0],
                ["joint-multiplication", "the study’s: both, a · b", "co_grokking", 1],
            ]
        },
        networks=ARTIFACTS,
    )


CAPTION = """
The network above is taken as it stands whenever training rests, and nothing of it leaves this page.
Numbers stand on the circle on which the operation adds: in their own order, for a product in that
of their logarithms to the base of the least primitive root, without 0. *Restricted loss* keeps of
the logits the waves of the key frequencies over the right answer, and each answer’s mean;
*excluded loss* keeps all but those waves. Key frequencies are those above a quarter of the
maximum of this network’s own spectrum. A neuron belongs to a frequency that explains at least 85%
of its centred energy.
"""
