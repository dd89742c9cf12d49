"""Claims that take an instrument of the laboratory: on attention, channels and perturbations.

What they read, the artifact ``laboratory``, has in its summary

- ``temperature``: ``temperatures``, and ``pattern_entropy`` [nats], the mean entropy of the
  attention pattern at each;
- ``routing``: ``own_accuracy`` and ``other_accuracy``, the share of right answers from one key
  frequency's directions once the neurons of that frequency, or of the others, are taken out;
- ``immune``: ``loss_rise_memorised`` and ``loss_rise_generalised`` [nats], the mean rise of the
  train loss along random directions of one length, before circuit formation and at the end.
"""

from collections.abc import Iterator
from itertools import pairwise

from timeless.artifacts import Results
from timeless.claims.evidence import Evidence
from timeless.claims.verdicts import Claim, Part

OWN = 0.85  # share of the neurons, as the study's rule asks of the energy of one
RUINED, UNHARMED = 0.1, 0.9  # accuracies
BETTER = 0.1  # a tenth less


def _temperature(results: Results) -> Iterator[Part]:
    look = Evidence(results, "laboratory")
    pairs = zip(look["temperature.temperatures"], look["temperature.pattern_entropy"], strict=True)
    by_temperature = dict(sorted(pairs))
    measured = [
        look.found(
            f"at T = {t:g}", entropy, "summary.temperature.pattern_entropy", ".3f", unit="nats"
        )
        for t, entropy in by_temperature.items()
    ]
    says = "the pattern's entropy falls with every step to a lower temperature"
    yield Part(says, all(a < b for a, b in pairwise(by_temperature.values())), measured)


def _routing(results: Results) -> Iterator[Part]:
    run, look = Evidence(results, "addition"), Evidence(results, "laboratory")
    says = f"{OWN:.0%} or more of the neurons serve one frequency"
    share = run.quote("share that does", "neurons_clustered_share", ".1%")
    yield Part(says, share.value >= OWN, [share])
    says = f"without its own neurons a frequency answers at most {RUINED:.0%} of the pairs"
    own = look.quote("right", "routing.own_accuracy", ".1%")
    yield Part(says, own.value <= RUINED, [own])
    says = f"without those of the others at least {UNHARMED:.0%}"
    other = look.quote("right", "routing.other_accuracy", ".1%")
    yield Part(says, other.value >= UNHARMED, [other])


def _immune(results: Results) -> Iterator[Part]:
    look = Evidence(results, "laboratory")
    memory = look.quote("memorising network", "immune.loss_rise_memorised", ".3g", unit="nats")
    circuit = look.quote("generalising network", "immune.loss_rise_generalised", ".3g", unit="nats")
    says = f"a step of one length costs the generalising network at least {BETTER:.0%} less"
    yield Part(says, circuit.value <= (1 - BETTER) * memory.value, [memory, circuit])


TEMPERATURE = Claim(
    "temperature",
    "A lower attention temperature sharpens the pattern.",
    "Sharper: a smaller mean entropy, at every step between the temperatures that are tried.",
    ("laboratory",),
    "temperature",
    _temperature,
)
ROUTING = Claim(
    "routing",
    "Projecting activations on the Fourier basis shows that channels serve only their purpose.",
    "A channel is a neuron, its purpose a frequency. It serves only that if most neurons belong "
    "to one frequency, and if taking the neurons of a frequency out harms that frequency alone.",
    ("addition", "laboratory"),
    "neuron-clusters",
    _routing,
)
IMMUNE = Claim(
    "immune",
    "Directional derivatives show that the generalised circuit resists perturbation better than "
    "the memorised one.",
    "Better: the train loss rises by at least a tenth less, for steps of one length in random "
    "directions.",
    ("laboratory",),
    "immune",
    _immune,
)
