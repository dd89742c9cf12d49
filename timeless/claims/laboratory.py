"""Claims that take an instrument of the laboratory: on attention, channels and perturbations.

What they read of the summary of the artifact ``laboratory``:

- ``temperature``: ``temperatures``, and ``pattern_entropy`` [nats], the mean entropy of the
  attention pattern at each, at the last checkpoint; ``stages``, with the ``least_drop`` of the
  entropy from one temperature to the next lower one, at each stage;
- ``routing``: ``own_power_largest``, ``other_power_smallest`` and ``random_power``, the share of
  a key frequency's power in the logits that is left once its own neurons, those of the other
  frequencies, or as many random ones are held at their mean;
- ``immune``: ``loss_rise_…`` [nats], the mean rise of the train loss along random directions for
  steps of one length, and ``relative_rise_…`` for steps in proportion to the weights' norm, each
  ``…memorised``, before circuit formation, ``…generalised``, at the end, and ``…control``, in a
  network as old that memorised fewer pairs and did not generalise; ``by_tensor`` has the same
  for directions that are scaled tensor by tensor;
- ``directions.stages``: ``random_slope_train.mean_abs``, the mean size of the derivative of the
  train loss along random directions.
"""

from collections.abc import Iterator
from itertools import pairwise

from timeless.claims.evidence import Evidence
from timeless.claims.verdicts import Claim, Part
from timeless.results.artifacts import Results

OWN = 0.85  # share of the neurons, as the study's rule asks of the energy of one
RUINED, UNHARMED = 0.1, 0.9  # shares of a frequency's power
BETTER = 0.1  # a tenth less
STEPS = {"loss_rise": "a step of one length", "relative_rise": "a step in proportion to the norm"}
DRAWN = {"": "in any direction", "by_tensor.": "scaled tensor by tensor"}
CIRCUIT = "generalised network"
MEMORIES = {  # what it is compared with: side of a rise, name, stage of a slope
    "memorised": ("memorising network", "memorised"),
    "control": ("control", "control"),
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
    run, look = Evidence(results, "addition"), Evidence(results, "laboratory")
    says = f"{OWN:.0%} or more of the neurons serve one frequency"
    share = run.quote("share that does", "neurons_clustered_share", ".1%")
    yield Part(says, share.value >= OWN, [share])
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
    look = Evidence(results, "laboratory")
    for side, (name, stage) in MEMORIES.items():
        slopes = [
            look.quote(
                words,
                f"directions.stages.{of}.random_slope_train.mean_abs",
                ".2g",
                unit="nats per unit of length",
            )
            for words, of in ((name, stage), (CIRCUIT, "last"))
        ]
        says = f"beside the {name}, the derivative is at least {BETTER:.0%} smaller"
        yield Part(says, slopes[1].value <= (1 - BETTER) * slopes[0].value, slopes)
        for step, words in STEPS.items():
            for group, drawn in DRAWN.items():
                memory = look.quote(name, f"immune.{group}{step}_{side}", ".3g", unit="nats")
                key = f"immune.{group}{step}_generalised"
                circuit = look.quote(CIRCUIT, key, ".3g", unit="nats")
                says = f"beside the {name}, {words}, {drawn}, costs at least {BETTER:.0%} less"
                holds = circuit.value <= (1 - BETTER) * memory.value
                yield Part(says, holds, [memory, circuit])


TEMPERATURE = Claim(
    "temperature",
    "A lower attention temperature sharpens the pattern.",
    "Sharper: a smaller mean entropy, at every step between the temperatures that are tried. For "
    "one pair and one head it could not be otherwise; measured is that it is so on average, and "
    "by how much.",
    ("laboratory",),
    "temperature",
    _temperature,
)
ROUTING = Claim(
    "routing",
    "Projecting activations on the Fourier basis shows that channels serve only their purpose.",
    "A channel is a neuron, its purpose a frequency. It serves only that if most neurons belong "
    "to one frequency, and if taking the neurons of a frequency out harms that frequency alone. "
    "Harm is told by the power along the frequency's directions in the logits, not by accuracy: "
    "one frequency alone separates neighbouring answers too little to be right.",
    ("addition", "laboratory"),
    "routing",
    _routing,
)
IMMUNE = Claim(
    "immune",
    "Directional derivatives show that the generalised circuit resists perturbation better than "
    "the memorised one.",
    "Better: along random directions the train loss changes at least a tenth less, both by its "
    "derivative and for steps that are not small. Equal steps are of one length, or in proportion "
    "to the network's own weights; the train loss is compared, since the memorising network "
    "fails the test pairs as it stands. It is also younger, and its loss larger, so a control is "
    "compared too: as old, trained on the smallest fraction, with a loss of the same order.",
    ("laboratory",),
    "immune",
    _immune,
)
