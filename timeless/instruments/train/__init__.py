"""Train it here: a small transformer that learns in the page while the reader watches."""

from dataclasses import dataclass, field
from typing import Any

from timeless.instruments import Widget
from timeless.results.artifacts import Artifact, Results

ARTIFACTS = ("seeds",)

FIRST: dict[str, Any] = {
    "p": 59,
    "operation": "a+b",
    "share": 50,
    "heads": 1,
    "width": 64,
    "activation": "relu",
    "rate": 0.003,
    "decay": 2.0,
    "epochs": 600,
}


@dataclass(frozen=True)
class Preset:
    """An experiment that a reader can choose: what differs from the first, what to look for."""

    title: str
    words: str
    changes: dict[str, Any] = field(default_factory=dict)


PRESETS = (
    Preset(
        "Addition, small and quick",
        "It memorises, stands still for a while, and then generalises: the shortest way to see it.",
    ),
    Preset(
        "The same without weight decay",
        "It memorises and stays there. Turn weight decay up whenever you like, and see what it "
        "was waiting for.",
        {"decay": 0.0, "epochs": 1_000},
    ),
    Preset(
        "Fewer pairs to learn from",
        "The fewer pairs it is shown, the longer it knows them by heart and nothing else.",
        {"share": 40, "epochs": 2_000},
    ),
    Preset(
        "Multiplication",
        "Its ring is not in the order of the numbers but in that of their logarithms, and so the "
        "page draws it.",
        {"operation": "a*b", "epochs": 2_000},
    ),
    Preset(
        "All pairs of 131 numbers",
        "The modulus of the other pages, in a smaller network: the same story, with more work.",
        {"p": 131, "share": 45, "decay": 1.0, "epochs": 1_000},
    ),
)
STUDY = Preset(
    "The study’s own network",
    "The network of the other pages, with their share of pairs and their learning rate. Bring "
    "patience, or let it run while you read.",
    {"p": 131, "share": 30, "heads": 4, "width": 128, "rate": 0.001, "decay": 1.0}
    | {"epochs": 10_000},
)


def widget(results: Results) -> Widget:
    """Return the experiments that a reader can choose, each with what to look for.

    ``usual`` are median epochs to memorise and to generalise, and those at which each seed did.
    """
    presets = [_shown(preset) for preset in PRESETS]
    presets.append(_shown(STUDY) | {"usual": seeds_usually(results["seeds"])})
    return Widget(title=TITLE, caption=CAPTION, alt=ALT, data={"presets": presets}, trains=True)


def _shown(preset: Preset) -> dict[str, Any]:
    return {"title": preset.title, "state": FIRST | preset.changes, "words": preset.words}


def seeds_usually(seeds: Artifact) -> dict[str, Any]:
    """Return what the study's own runs did: medians, and the epochs at which they generalised."""
    survival, runs = seeds.summary["survival"], seeds.summary["runs"].values()
    return {
        "memorised": survival["memorisation_epoch"]["median"],
        "grokked": survival["grok_epoch"]["median"],
        "seeds": [run["grok_epoch"] for run in runs if run["grok_epoch"] is not None],
    }


TITLE = "A network learns in this page"
CAPTION = """
Everything here happens in your browser: a one-layer transformer as on the other pages, trained on
all its training pairs at every step. Accuracy on test pairs is drawn apart for those whose exchange
\\((b, a)\\) was trained on, since \\(a + b = b + a\\) answers them without knowing how to add. The
ring shows the numbers in the plane of the frequency that is strongest at that moment; until one
stands out it may change. The address of the page holds the whole run: the same browser gives the
same curves.
"""
ALT = (
    "An instrument that trains a small transformer in the page: curves of accuracy and loss, the "
    "numbers in the plane of the strongest frequency, which gather on a ring as the network "
    "generalises, a map of right and wrong answers, and the spectrum of the embedding."
)
