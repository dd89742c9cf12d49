"""Claims that take an instrument of the laboratory: on attention, channels and perturbations.

What they read of the summary of the artifact ``laboratory``:

- ``temperature``: ``temperatures``, and ``pattern_entropy`` [nats], the mean entropy of the
  attention pattern at each, at the last checkpoint; ``stages``, with the ``least_drop`` of the
  entropy from one temperature to the next lower one, at each stage;
- ``routing``: ``own_power_largest``, ``other_power_smallest`` and ``random_power``, the share of
  a key frequency's power in the logits that is left once its own neurons, those of the other
  frequencies, or as many random ones are held at their mean;
- ``immune``: its ``fraction``, the step that is judged; the table has the rise of the train loss
  along each random direction, for steps of one length and in proportion to the weights' norm, by
  stage: ``memorised``, before circuit formation, ``last``, and ``control``, a network as old that
  memorised fewer pairs and did not generalise. ``perturbed`` of ``revisited`` has the same of the
  velocity law's network, as old and on as many pairs.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from timeless.claims.evidence import Evidence
from timeless.claims.runs import IN_MOST, in_most
from timeless.claims.verdicts import Claim, Measured, Part
from timeless.results.artifacts import Results

OWN = 0.85  # share of the neurons, as the study's rule asks of the energy of one
RUINED, UNHARMED = 0.1, 0.9  # shares of a frequency's power
BETTER = 0.1  # a tenth less
STEPS = {"absolute": "a step of one length", "own norm": "a step in proportion to the norm"}
DRAWN = {"isotropic": "in any direction", "by tensor": "scaled tensor by tensor"}
CIRCUIT = "last"  # the stage of the generalised network
OTHERS = {  # the networks it is compared with, by their stage
    "memorised": "memorising network",
    "control": "control that memorised fewer pairs",
    "velocity": "control that memorised as many pairs of a law without exchange",
}


def _temperature(results: Results) -> Iterator[Part]:
    look = Evidence(results, "laboratory")
    pairs = zip(look["temperature.temperatures"], look["temperature.pattern_entropy"], strict=True)
    by_temperature = sorted(pairs)
    shown = [by_temperature[0], by_temperature[len(by_temperature) // 2], by_temperature[-1]]
    measured = [
        look.found(
            f"at T = {t:g}", entropy, "summary.temperature.pattern_entropy", ".3f", unit="nats"
        )
        for t, entropy in shown
    ]
    entropies = [entropy for _, entropy in by_temperature]
    says = "at the last checkpoint the pattern's entropy falls with every step to a lower one"
    yield Part(says, all(a < b for a, b in pairwise(entropies)), measured)
    drops = {
        stage: look.quote(stage, f"temperature.stages.{stage}.least_drop", ".2g", unit="nats")
        for stage in look["temperature.stages"]
    }
    says = "and so it does at every stage of the run; least fall from one step to the next"
    yield Part(says, all(drop.value > 0 for drop in drops.values()), [*drops.values()])


def _routing(results: Results) -> Iterator[Part]:
    look, main = Evidence(results, "laboratory"), Evidence(results, "addition")
    later = Evidence(results, "revisited")
    ages = later.table("ages")
    says = f"{OWN:.0%} or more of the neurons serve one frequency"
    alike = [str(run) for run in ages["run"] if run == "addition" or run.startswith("seeds ")]
    rows = np.isin(ages["run"], alike) & (ages["age"] == "later")
    last = main.quote("at its end", "neurons_clustered_share", ".1%")
    words = "share, near 2,000 epochs after grokking"
    parts = []
    for share in ages["clustered_share"][rows]:
        shown = later.found(words, share, "series.ages", ".1%")
        parts.append(Part(says, bool(share >= OWN), [shown, last]))
    yield in_most(says, parts)
    says = f"without its own neurons a key frequency keeps at most {RUINED:.0%} of its power"
    own = look.quote("at most kept", "routing.own_power_largest", ".2%")
    yield Part(says, own.value <= RUINED, [own])
    says = f"without those of all other frequencies at least {UNHARMED:.0%}"
    other = look.quote("at least kept", "routing.other_power_smallest", ".2%")
    yield Part(says, other.value >= UNHARMED, [other])
    says = f"without as many random neurons more than {RUINED:.0%}, on average"
    control = look.quote("kept", "routing.random_power", ".1%")
    yield Part(says, control.value > RUINED, [control])


def _immune(results: Results) -> Iterator[Part]:
    found = _rises(results)
    for other, name in OTHERS.items():
        for measure, words in STEPS.items():
            for scaling, drawn in DRAWN.items():
                rise = [found[network, measure, scaling] for network in (other, CIRCUIT)]
                says = f"beside the {name}, {words}, {drawn}, costs at least {BETTER:.0%} less"
                yield Part(says, rise[1].value <= (1 - BETTER) * rise[0].value, rise)


def _rises(results: Results) -> dict[tuple[str, str, str], Measured]:
    """Return the median rise of the train loss, by network, measure of the step, and scaling."""
    lab, later = Evidence(results, "laboratory"), Evidence(results, "revisited")
    found = {}
    for look, name in ((lab, "immune"), (later, "perturbed")):
        table = look.table(name)
        rows = np.flatnonzero(np.isclose(table["fraction"], lab["immune.fraction"]))
        for row in rows:
            network = str(table["stage"][row])
            median = float(np.median(table["rises_train"][row]))
            shown = look.found(network, median, f"series.{name}", ".3g", unit="nats")
            found[network, str(table["measure"][row]), str(table["scaling"][row])] = shown
    return found


TEMPERATURE = Claim(
    "temperature",
    "A lower attention temperature sharpens the pattern.",
    "Sharper: a smaller mean entropy, at every step between the temperatures that are tried. For "
    "one pair and one head it could not be otherwise; measured is that it is so on average, and "
    "by how much.",
    ("laboratory",),
    "temperature",
    _temperature,
    by_definition=True,
)
ROUTING = Claim(
    "routing",
    "Projecting activations on the Fourier basis shows that channels serve only their purpose.",
    "A channel is a neuron, its purpose a frequency. It serves only that if most neurons belong "
    "to one frequency, and if taking the neurons of a frequency out harms that frequency alone. "
    "Harm is told by the power along the frequency's directions in the logits, not by accuracy: "
    "one frequency alone separates neighbouring answers too little to be right. How many neurons "
    "belong to one is read 2,000 epochs after grokking: frequencies thin out with age. " + IN_MOST,
    ("addition", "laboratory", "revisited"),
    "routing",
    _routing,
    every_seed=True,
)
IMMUNE = Claim(
    "immune",
    "Directional derivatives show that the generalised circuit resists perturbation better than "
    "the memorised one.",
    "Better: for steps along random directions the train loss rises at least a tenth less, in the "
    "median over directions. Equal steps are of one length, or in proportion to the network's own "
    "weights; the train loss is compared, since the memorising network fails the test pairs as it "
    "stands. It is also younger, and its loss larger, so two controls are compared, as old: one "
    "trained on the smallest fraction, one on as many pairs of another law. The derivative, which "
    "follows the size of the loss, no longer decides.",
    ("laboratory", "revisited"),
    "immune",
    _immune,
)
