"""How a run on few throws is read. Written down before any run of the experiment's seeds.

A throw of the test counts as answered if the answer is in its bin or in one beside it, since the
bins are ours. What a run answers *in the end* is the median over the last fifth of its epochs.

- Memorised: 99% of the training throws in the right bin, held for 1,000 epochs. Until then, and so
  for a run that ends before, nothing is said of a delay: it is censored at its last epoch.
- Generalises: in the end it answers more of the test than the nearest training throw does, a
  look-up that is told the order of the values, as the network is not. Above that stands the linear
  interpolation between training throws.
- Late: it generalises, and answers half of what it answers in the end only more than 500 epochs
  after it has memorised. What part came after memorising is said of every run that memorises.
- Grokked: it answers 99% of the test, held for 1,000 epochs, more than 500 epochs after it had
  memorised.
"""

from dataclasses import dataclass

import numpy as np

from timeless.results.artifacts import Table
from timeless.rules import held_epochs

TRANSITION = 500  # epochs of delay that are more than "almost together", as in the claims
LAST = 0.2  # of a run's epochs are its end
ALL_BUT = 0.99  # of what is answered in the end counts as all of it


@dataclass(frozen=True)
class Reading:
    """When a run memorised and generalised, and what it answered then and in the end.

    ``half_epoch`` and ``full_epoch`` are the first at which it answers half and 99% of what it
    answers in the end; ``late_share`` is the share of that which came after memorising.
    """

    memorisation_epoch: int | None
    grok_epoch: int | None
    half_epoch: int
    full_epoch: int
    answered_at_memorisation: float | None
    answered: float
    accuracy: float
    late_share: float | None
    generalises: bool
    late: bool
    grokked: bool


def read(curves: Table, nearest: float) -> Reading:
    """Return how a run's curves are read; ``nearest`` is what the look-up answers of its test."""
    epochs, answered = curves["epoch"], curves["test_within_one_bin"]
    held = held_epochs(epochs, curves["train_accuracy"], answered)
    memorised, delay = held["memorisation_epoch"], held["delay"]
    ending = epochs >= (1 - LAST) * epochs[-1]
    end = float(np.median(answered[ending]))
    then = None if memorised is None else float(answered[epochs == memorised][0])
    late_share = None if then is None else 1 - then / end
    half, full = (int(epochs[np.argmax(answered >= part * end)]) for part in (0.5, ALL_BUT))
    generalises = end > nearest
    waited = memorised is not None and half - memorised > TRANSITION
    return Reading(
        memorisation_epoch=memorised,
        grok_epoch=held["grok_epoch"],
        half_epoch=half,
        full_epoch=full,
        answered_at_memorisation=then,
        answered=end,
        accuracy=float(np.median(curves["test_accuracy"][ending])),
        late_share=late_share,
        generalises=generalises,
        late=generalises and waited,
        grokked=delay is not None and delay > TRANSITION,
    )
