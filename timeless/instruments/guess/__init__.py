"""The guess: which of these networks will generalise, judged before any of them does?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from timeless.instruments import Widget
from timeless.instruments.audits import AUDITED, audits, cut_off
from timeless.results.artifacts import Results

ARTIFACTS = AUDITED
TWIN = "joint multiplication"  # the same network as "joint addition"
OFTEN = 500  # epochs between measurements of the weights at most, or there is too little to see
EACH = 3  # runs of each outcome at most, drawn by chance
MEASURES = {
    "restricted_loss_all": "restricted loss",
    "gini_W_E": "Gini coefficient",
    "spectral_entropy": "spectral entropy",
    "sum_sq_weights": "sum of squared weights",
    "loss_test": "test loss",
    "loss": "loss",
    "accuracy": "accuracy",
}


def widget(results: Results) -> Widget:
    """Return runs that have a plateau, and an epoch before any test accuracy has moved."""
    phases = results["phases"]
    audited = audits(results)
    runs = _drawn([run for run in audited if run["name"] != TWIN and _can_be_judged(run)])
    cut = cut_off(runs)
    never = sum(run["grokked"] is None for run in runs)
    return Widget(
        title="Which of them will generalise?",
        caption=CAPTION,
        alt=(
            f"{len(runs)} anonymous networks, {never} of which will not generalise within their "
            f"budgets, up to epoch {cut:,}. The reader guesses from losses and accuracies, then "
            "from three measures of the weights as well, and then sees the rest of training."
        ),
        data={
            "runs": runs,
            "cut": cut,
            "budget": max(run["end"] for run in audited),
            "seed": 0,
            "measures": list(MEASURES.items()),
            "moral": _moral(phases.summary["lead"]),
        },
    )


def _can_be_judged(run: Mapping[str, Any]) -> bool:
    """Return whether a run has a plateau, and its weights were measured often."""
    return bool(run["alarms"]) and bool(run["structure"]["epoch"][1] <= OFTEN)


def _drawn(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return at most `EACH` runs that generalise, and as many that do not."""
    chance, chosen = np.random.default_rng(0), []
    for generalises in (True, False):
        known = [run for run in runs if (run["grokked"] is not None) == generalises]
        chosen += [known[i] for i in sorted(chance.permutation(len(known))[:EACH])]
    return chosen


def _moral(lead: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what the measured alarms say of such guesses, over all runs that were audited."""
    told = [
        f"{MEASURES[measure]} on {found['false']['count']} of {found['false']['n']}"
        for measure, found in lead.items()
        if measure in MEASURES
    ]
    return "Over all audited runs that do not generalise, alarms rang for nothing: " + (
        ", ".join(told) + "."
    )


CAPTION = """
Measured runs, without their names, in an order that the seed in the address decides: those of the
audit above to which the rule of the alarms applies and whose weights were measured every 500 epochs
or more often, of each outcome three at most, drawn by chance, and of the network with two tasks
only one.
The curves are cut at three quarters of the way to the first alarm of any test accuracy. Of the
measures of structure only those are shown that an auditor could have at that epoch; the restricted
loss needs the key frequencies of the end. Vertical axes span what is shown, and tell nothing of
the rest.
"""
