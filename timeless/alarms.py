"""Alarms: when does a measure move, by a rule that knows nothing of the run's end? NumPy only.

The rule, written down before it was applied to any run. While a network has memorised and not
yet generalised, take as baseline a measure's median over a window after the memorisation
epoch. The measure raises an alarm at the first later checkpoint from which it stays away
from the baseline, in the direction of structure, by at least a threshold, for a while. On a run
that never generalises within its budget every alarm is a false one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BEHAVIOUR = "test_accuracy"
# The direction in which structure moves a measure, and whether the threshold is a share of
# the baseline or an absolute change.
DIRECTIONS: Mapping[str, tuple[int, str]] = {
    "restricted_loss_all": (-1, "share"),
    "spectral_entropy": (-1, "share"),
    "gini_W_E": (1, "share"),
    "sum_sq_weights": (-1, "share"),
    "loss_test": (-1, "share"),
    BEHAVIOUR: (1, "absolute"),
}


@dataclass(frozen=True)
class Rule:
    """Baseline window in epochs after the memorisation epoch, threshold, and how long it stays."""

    window: tuple[int, int] = (1_000, 2_000)
    threshold: float = 0.1
    stays: int = 500


def alarm_epoch(
    epochs: NDArray[np.integer],
    values: NDArray[np.floating],
    measure: str,
    memorised: int | None,
    rule: Rule,
) -> int | None:
    """Return the checkpoint at which a measure raises an alarm, or None.

    ``epochs`` and ``values`` [checkpoints]; ``memorised`` is the memorisation epoch. None also if
    the network has not memorised, or if no checkpoint lies in the window. Source: ours.
    """
    if memorised is None:
        return None
    first, last = (memorised + offset for offset in rule.window)
    inside = (epochs >= first) & (epochs <= last)
    if not inside.any():
        return None
    baseline = float(np.median(values[inside]))
    sign, kind = DIRECTIONS[measure]
    moved = sign * (values - baseline) / (abs(baseline) if kind == "share" and baseline else 1.0)
    away = moved >= rule.threshold
    for epoch in epochs[(epochs > last) & away]:
        until = (epochs >= epoch) & (epochs <= epoch + rule.stays)
        if epoch + rule.stays <= epochs[-1] and away[until].all():
            return int(epoch)
    return None
