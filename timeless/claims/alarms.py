"""The claim about what announces the change."""

from collections.abc import Iterator, Mapping
from typing import Any

from timeless.claims.evidence import Evidence
from timeless.claims.runs import MOST
from timeless.claims.verdicts import Claim, Measured, Part, cannot
from timeless.results.artifacts import Results

STRUCTURAL = {
    "restricted_loss_online": "restricted loss",
    "spectral_entropy": "spectral entropy",
    "gini_W_E": "Gini coefficient",
    "sum_sq_weights": "sum of squared weights",
}


def _invisible(results: Results) -> Iterator[Part]:
    look = Evidence(results, "phases")
    lead: Mapping[str, Mapping[str, Any]] = look["lead"]
    runs = "of the runs that generalise"
    weights = f"a measure of the weights moves first in most {runs} (lower bound above one half)"
    silent = "such a measure stays silent on every run that does not generalise"
    losses = f"the test loss does not move first in most {runs} (upper bound below one half)"
    unseen = "nor does the loss on unseen pairs before accuracy on unseen pairs"
    if not lead["loss_test"]["ahead"]["n"]:
        yield from (cannot(says, "no run generalises late") for says in (weights, losses, unseen))
        return
    early = [name for name in STRUCTURAL if lead[name]["ahead"]["low"] > MOST]
    yield Part(weights, bool(early), [_rate(look, name, "ahead") for name in STRUCTURAL])
    quiet = any(not lead[name]["false"]["count"] for name in early)
    alarms = [_rate(look, name, "false") for name in early]
    if all(lead[name]["false"]["n"] for name in early):
        yield Part(silent, quiet, alarms)
    else:
        yield cannot(silent, "every run generalises", alarms)
    behind = lead["loss_test"]["ahead"]["high"] < MOST
    yield Part(losses, behind, [_rate(look, "loss_test", "ahead")])
    over = lead["loss_unseen"]["over_unseen"]
    if over is None:
        yield cannot(unseen, "no run tells mirrored from unseen pairs")
        return
    behind = over["ahead"]["high"] < MOST
    yield Part(unseen, behind, [_rate(look, "loss_unseen", "over_unseen.ahead")])


def _rate(look: Evidence, measure: str, key: str) -> Measured:
    """Return how many of how many runs, with the interval in the words."""
    rate = look[f"lead.{measure}.{key}"]
    words = f"{STRUCTURAL.get(measure, measure.replace('_', ' '))}: of {rate['n']} runs "
    words += f"(interval {rate['low']:.0%} to {rate['high']:.0%})"
    return look.quote(words, f"lead.{measure}.{key}.count")


INVISIBLE = Claim(
    "invisible",
    "While the circuit forms, losses and accuracies do not show it and weights do.",
    "Moves: raises an alarm by the rule of the phases, stated beforehand, on every run to which it "
    "applies. First: before test accuracy does. A measure shows the circuit if it does so in most "
    "runs and is silent on every run that does not generalise; losses do not show it if they are "
    "first in the smaller part. Most: Wilson's 95% interval lies beyond one half. What takes the "
    "frequencies of the end does not count, since nobody has those in time.",
    ("phases",),
    "lead-times",
    _invisible,
    every_seed=True,
)
