"""Layer normalisation inserted into a network trained without it, computed in the page."""

from typing import Any

from timeless.instruments import Widget
from timeless.instruments.networks import seed_of
from timeless.instruments.temperature import first_pair
from timeless.results.artifacts import Results

ARTIFACTS = ("addition", "laboratory")
PARTS = ("attention", "mlp", "final")
COLUMNS = ("epoch", "accuracy_all", "loss_all")


def widget(results: Results) -> Widget:
    """Return the pair shown first; the page runs the published checkpoints."""
    addition = results["addition"]
    model = addition.config["train"]["model"]
    a, b = first_pair(model["p"])
    return Widget(
        title="Layer normalisation, inserted",
        caption=f"{CAPTION} The network is that of seed {seed_of(addition)}.",
        alt=(
            f"The {model['d_model']} coordinates of the residual stream of a chosen pair at five "
            "places, as they are and as layer normalisation would hand them on; their mean, "
            "variance and norm; and accuracy and loss over all pairs with it inserted, at any "
            "published checkpoint."
        ),
        data={"experiment": "addition", "a": a, "b": b, "measured": measured(results)},
        networks=("addition",),
    )


def measured(results: Results) -> dict[str, list[Any]]:
    """Return the laboratory's scores with normalisation inserted, which the page opens with.

    Entries are one epoch and insertion each; ``inserted`` names its parts, or "none".
    """
    found = results["laboratory"]["layer_norm"]
    names = ["+".join(PARTS) if name == "all" else name for name in found["inserted"].tolist()]
    return {"inserted": names, **{name: found[name].tolist() for name in COLUMNS}}


CAPTION = """
Where you switch it on, the part reads \\((x - \\bar x) / \\sqrt{\\operatorname{var}(x) +
\\varepsilon}\\) in place of \\(x\\), with \\(\\varepsilon = 10^{-5}\\), no gain and no bias; the
stream itself is not changed. Moments are over the coordinates of the stream; over all pairs,
mean ± standard deviation. Dashes join points between which others are still to come. What you
see is surgery: the network was trained without normalisation and never saw a stream like this,
so this is no verdict on networks that are trained with it. The line “as trained” was logged in
training; insertions before one part or all were measured beforehand, all else is computed in the
page, from weights in 16 bits.
"""
