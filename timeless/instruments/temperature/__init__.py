"""Attention with a temperature: the pattern of a pair, and every answer, computed in the page."""

from timeless.instruments import Widget
from timeless.instruments.networks import seed_of
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition", "laboratory")
COLUMNS = ("epoch", "temperature", "entropy")
MEASURES = ("accuracy", "loss")
SPLITS = ("all", "train", "test")


def widget(results: Results) -> Widget:
    """Return the pair shown first; the page runs the published checkpoints."""
    addition = results["addition"]
    a, b = first_pair(addition.config["train"]["model"]["p"])
    return Widget(
        title="Attention with a temperature",
        caption=CAPTION + _whose(addition, Quoting(results, "addition")),
        alt=plain(
            "Bars of the attention that each head pays to a, b and the operation for a chosen "
            "pair, at T = 1 and at a chosen temperature; and accuracy, loss and the entropy of "
            "the pattern over all pairs against the temperature, computed in the page."
        ),
        data={"experiment": "addition", "a": a, "b": b, "measured": measured(results)},
        networks=("addition",),
    )


def measured(results: Results) -> dict[str, list[float]]:
    """Return the laboratory's curves over the temperature at its stages, which the page opens with.

    Entries are one epoch and temperature each; accuracy and loss by split, entropy in nats.
    """
    found = results["laboratory"]["temperature"]
    names = (*COLUMNS, *(f"{measure}_{split}" for measure in MEASURES for split in SPLITS))
    return {name: found[name].tolist() for name in names}


def first_pair(p: int) -> tuple[int, int]:
    """Return the pair that an instrument shows at first: a third and three quarters of p."""
    return p // 3, 3 * p // 4


def _whose(addition: Artifact, quote: Quoting) -> str:
    heads = quote("config.train.model.n_heads")
    return (
        f" The network of {heads} heads was trained at \\(T = 1\\) (seed {seed_of(addition)}); "
        "nothing is retrained."
    )


CAPTION = """
Each score is divided by \\(T\\) before the softmax,
\\(A_{j} = e^{s_j/T} / \\sum_i e^{s_i/T}\\), in every head. Above: the pattern of one pair, filled
at the chosen temperature, outlined as trained. Below: accuracy, loss, and the mean entropy of the
pattern over all pairs and heads. At some checkpoints, and at the one shown first, the curves were
measured beforehand; any other point is computed in the page when you ask for it: move the slider,
drag in a chart, or compute the whole curve. Dashes join points between which others are still to
come. Weights are in 16 bits.
"""
