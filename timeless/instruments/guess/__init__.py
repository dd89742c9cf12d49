"""The guess: which of these networks will generalise, judged before any of them does?"""

from timeless.instruments import Widget
from timeless.instruments.audits import audits, cut_off
from timeless.results.artifacts import Results

ARTIFACTS = ("addition", "multiplication", "fraction_sweep", "co_grokking", "phases")
TWIN = "joint multiplication"  # the same network as "joint addition"
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
    """Return the runs that have a plateau, and an epoch before any test accuracy has moved."""
    phases = results["phases"]
    audited = audits(results)
    runs = [run for run in audited if run["alarms"] and run["name"] != TWIN]
    cut = cut_off(runs)
    never = sum(run["grokked"] is None for run in runs)
    lead = phases.summary["lead"]
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
            "moral": _moral(lead, int(phases.summary["n_never"])),
        },
    )


def _moral(lead: dict[str, dict[str, int | None]], n_never: int) -> str:
    """Return what the measured alarms say of such guesses, over all runs that were audited."""
    told = [
        f"{MEASURES[measure]} on {found['false_alarms']} of {n_never}"
        for measure, found in lead.items()
        if measure in MEASURES and found["false_alarms"]
    ]
    silent = [
        MEASURES[measure]
        for measure, found in lead.items()
        if measure in MEASURES and not found["false_alarms"]
    ]
    said = "Over all audited runs, alarms rang for nothing: " + ", ".join(told) if told else ""
    kept = f"never: {', '.join(silent)}" if silent else ""
    return "; ".join(filter(None, (said, kept))) + "."


CAPTION = """
Measured runs, without their names, in an order that the seed in the address decides: those of the
audit above to which the rule of the alarms applies, and of the network with two tasks only one.
The curves are cut at three quarters of the way to the first alarm of any test accuracy. Of the
measures of structure only those are shown that an auditor could have at that epoch; the restricted
loss needs the key frequencies of the end. Vertical axes span what is shown, and tell nothing of
the rest.
"""
