"""Train it here: a small transformer that learns in the page while the reader watches."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from timeless.instruments import Widget
from timeless.results.artifacts import Artifact, Results

ARTIFACTS = ("in_page", "seeds")


class Words(NamedTuple):
    """The title of a preset, and what to look for."""

    title: str
    words: str


# Of each preset of the experiment `in_page`.
PRESETS = {
    "addition": Words(
        "Addition, small and quick",
        "It memorises, stands still for a while, and then generalises: the shortest way to see it.",
    ),
    "no_decay": Words(
        "The same without weight decay",
        "It memorises and stays there. Turn weight decay up whenever you like, and see what it "
        "was waiting for.",
    ),
    "scarce": Words(
        "Fewer pairs to learn from",
        "The fewer pairs it is shown, the longer it knows them by heart and nothing else.",
    ),
    "multiplication": Words(
        "Multiplication",
        "Its ring is not in the order of the numbers but in that of their logarithms, and so the "
        "page draws it.",
    ),
    "velocity": Words(
        "A law of motion",
        "The speed v₀ + at of constant acceleration, on a clock. Exchanging v₀ and t does not "
        "help, so it gets more pairs here, and more heads.",
    ),
    "subtraction": Words(
        "Subtraction",
        "As addition, but for one thing: no exchange of a and b helps. It makes a difference.",
    ),
    "large": Words(
        "All pairs of 131 numbers",
        "The modulus of the other pages, in a smaller network: the same story, with more work.",
    ),
    "wide": Words(
        "The same, as wide as the study’s own",
        "Twice as wide, with one head: a step costs more than twice as much. Does width pay?",
    ),
}
STUDY = Words(
    "The study’s own network",
    "The network of the other pages, with their share of pairs and their learning rate. Bring "
    "patience, or let it run while you read.",
)


def widget(results: Results) -> Widget:
    """Return the experiments that a reader can choose, each with what it usually does.

    ``usual`` are the median epochs at which it memorised and generalised, null where half of the
    seeds did not, and all those at which seeds generalised.
    """
    in_page = results["in_page"]
    presets = [_preset(in_page, name) for name in in_page.config["presets"]]
    presets.append(_study(results["seeds"], in_page))
    return Widget(
        title=TITLE,
        caption=CAPTION,
        alt=ALT,
        data={"presets": presets},
        trains=True,
    )


def _preset(in_page: Artifact, name: str) -> dict[str, Any]:
    title, words = PRESETS[name]
    found = in_page.summary["presets"][name]
    state = {**in_page.config["first"], **in_page.config["presets"][name]}
    usual = {
        "memorised": found["memorisation"]["median"],
        "grokked": found["grok"]["median"],
        "seeds": [epoch for epoch in found["grok_epochs"] if epoch is not None],
    }
    expected = expectation(usual, n_seeds=in_page.summary["n_seeds"], budget=state["epochs"])
    return {"title": title, "state": state, "words": f"{words} {expected}", "usual": usual}


def expectation(usual: Mapping[str, Any], n_seeds: int, budget: int) -> str:
    """Return in words what seeds did, given medians and the epochs at which they generalised."""
    epochs = sorted(usual["seeds"])
    memorised = usual["memorised"]
    when = f"fewer than half had memorised in {budget:,} epochs"
    when = when if memorised is None else f"half had memorised by epoch {memorised:,}"
    by = f"Measured on {n_seeds} seeds: {when}"
    if not epochs:
        return f"{by}, and none generalised in {budget:,} epochs."
    span = f"from {epochs[0]:,} to {epochs[-1]:,}" if len(epochs) > 1 else f"at {epochs[0]:,}"
    if len(epochs) < n_seeds:
        return f"{by}, and {len(epochs)} generalised within {budget:,} epochs, {span}."
    return f"{by} and generalised by epoch {usual['grokked']:,}; single ones {span}."


def _study(seeds: Artifact, in_page: Artifact) -> dict[str, Any]:
    """Return the preset of the study's own network, with the epochs of the study's own runs."""
    train, (title, words) = seeds.config["train"], STUDY
    state = {
        **in_page.config["first"],
        "p": train["model"]["p"],
        "share": round(100 * train["frac_train"]),
        "heads": train["model"]["n_heads"],
        "width": train["model"]["d_model"],
        "rate": train["lr"],
        "decay": train["weight_decay"],
        "epochs": 10_000,
    }
    survival, runs = seeds.summary["survival"], seeds.summary["runs"].values()
    usual = {
        "memorised": survival["memorisation_epoch"]["median"],
        "grokked": survival["grok_epoch"]["median"],
        "seeds": [run["grok_epoch"] for run in runs if run["grok_epoch"] is not None],
    }
    expected = expectation(usual, n_seeds=seeds.summary["n_runs"], budget=train["epochs"])
    return {"title": title, "state": state, "words": f"{words} {expected}", "usual": usual}


TITLE = "A network learns in this page"
CAPTION = """
Everything here happens in your browser: a one-layer transformer as on the other pages, trained on
all its training pairs at every step. Accuracy on test pairs is drawn apart for those whose exchange
\\((b, a)\\) was trained on, since \\(a + b = b + a\\) answers them without knowing how to add. The
ring shows the numbers in the plane of the frequency that is strongest at that moment; until one
stands out it may change. Small dots on the line of 99% are other seeds, at the epoch at which each
generalised. The address of the page holds the whole run: the same browser on the same machine gives
the same curves.
"""
ALT = (
    "An instrument that trains a small transformer in the page: curves of accuracy and loss, the "
    "numbers in the plane of the strongest frequency, which gather on a ring as the network "
    "generalises, a map of right and wrong answers, and the spectrum of the embedding."
)
