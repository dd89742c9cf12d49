"""Rules: when a run has memorised, grokked, settled or relapsed; phases; alarms. NumPy only.

All were written down before they were applied to any run, and read logged curves alone. An alarm
is for an auditor who does not know the run's end: while a network has memorised and not yet
generalised, take as baseline a measure's median over a window after the epoch at which 99% of the
training pairs are first right (whether that is held or not, an auditor cannot know yet). The
measure raises an alarm at the first later checkpoint from which it stays away from the baseline,
in the direction of structure, by at least a threshold, for a while. On a run that never
generalises within its budget every alarm is a false one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ACCURACY_THRESHOLD = 0.99
HOLD_EPOCHS = 1_000
DESCENT_THRESHOLD = 0.9

BEHAVIOUR, UNSEEN = "test_accuracy", "unseen_accuracy"
# The direction in which structure moves a measure, and whether the threshold is a share of
# the baseline or an absolute change.
DIRECTIONS: Mapping[str, tuple[int, str]] = {
    "restricted_loss_all": (-1, "share"),
    "restricted_loss_online": (-1, "share"),
    "spectral_entropy": (-1, "share"),
    "gini_W_E": (1, "share"),
    "sum_sq_weights": (-1, "share"),
    "loss_test": (-1, "share"),
    "loss_unseen": (-1, "share"),
    BEHAVIOUR: (1, "absolute"),
    UNSEEN: (1, "absolute"),
}
HINDSIGHT = ("restricted_loss_all",)  # by frequencies that are read off the end of the run


def first_epoch(epochs: NDArray[np.integer], reached: NDArray[np.bool_]) -> int | None:
    """Return the first epoch at which something is reached, or None."""
    return int(epochs[reached.argmax()]) if reached.any() else None


def held_epoch(
    epochs: NDArray[np.integer],
    accuracy: NDArray[np.floating],
    threshold: float = ACCURACY_THRESHOLD,
    hold: int = HOLD_EPOCHS,
) -> int | None:
    """Return the first logged epoch from which accuracy stays at ``threshold`` for ``hold`` epochs.

    None if there is none, also if the record ends before the epochs have been held. On test
    accuracy this is the grokking epoch, on train accuracy the memorisation epoch.
    """
    below = epochs[accuracy < threshold]
    for epoch in epochs[accuracy >= threshold]:
        if epoch + hold > epochs[-1]:
            return None
        if not np.any((below > epoch) & (below <= epoch + hold)):
            return int(epoch)
    return None


def held_epochs(
    epochs: NDArray[np.integer],
    train_accuracy: NDArray[np.floating],
    test_accuracy: NDArray[np.floating],
    prefix: str = "",
) -> dict[str, int | None]:
    """Return memorisation epoch, grokking epoch and delay; None where one was not reached."""
    memorised, grokked = held_epoch(epochs, train_accuracy), held_epoch(epochs, test_accuracy)
    delay = None if grokked is None or memorised is None else grokked - memorised
    return {
        f"{prefix}memorisation_epoch": memorised,
        f"{prefix}grok_epoch": grokked,
        f"{prefix}delay": delay,
    }


def settled_epoch(
    epochs: NDArray[np.integer],
    accuracy: NDArray[np.floating],
    candidates: Iterable[int],
    hold: int,
    threshold: float = ACCURACY_THRESHOLD,
) -> int | None:
    """Return the first of ``candidates`` by which accuracy has been held, or None.

    Held means: at ``threshold`` or more at every log of the last ``hold`` epochs.

    The rule by which a run may stop early: it has generalised, and stayed so. Source: ours.
    """
    for candidate in candidates:
        within = (epochs >= candidate - hold) & (epochs <= candidate)
        if candidate >= hold and candidate <= epochs[-1] and np.all(accuracy[within] >= threshold):
            return candidate
    return None


def relapses(
    epochs: NDArray[np.integer],
    accuracy: NDArray[np.floating],
    since: int | None,
    threshold: float = ACCURACY_THRESHOLD,
    apart: int = HOLD_EPOCHS,
) -> list[tuple[int, int]]:
    """Return (first, last) logged epoch of each stretch below ``threshold`` after ``since``.

    ``since`` is the grokking epoch; None gives no relapses. Stretches at most ``apart`` epochs
    from each other count as one. Source: ours.
    """
    if since is None:
        return []
    below = epochs[(epochs > since) & (accuracy < threshold)]
    if not len(below):
        return []
    stretches = np.split(below, np.flatnonzero(np.diff(below) > apart) + 1)
    return [(int(stretch[0]), int(stretch[-1])) for stretch in stretches]


def leaps(losses: NDArray[np.floating], factor: float) -> NDArray[np.intp]:
    """Return the places of the losses [n] that are at least ``factor`` times the one before."""
    return np.flatnonzero(losses[1:] >= factor * losses[:-1]) + 1


@dataclass(frozen=True)
class Phases:
    """The epochs that part memorisation, circuit formation, clean-up and what follows.

    None where the run does not reach the boundary.
    """

    circuit_starts: int | None
    cleanup_starts: int | None
    cleanup_ends: int | None


def phases(
    epochs: NDArray[np.integer],
    excluded_loss_train: NDArray[np.floating],
    test_loss: NDArray[np.floating],
    grok_epoch: int | None,
) -> Phases:
    """Return the phase boundaries, by a rule on curves at the same checkpoints.

    Without a grokking epoch there is only memorisation. Otherwise, looking at checkpoints up to
    the grokking epoch: circuit formation starts where the excluded loss on the train split is
    smallest, that is, where what the key frequencies do begins to be missed; clean-up starts
    at the last checkpoint whose test loss is at least nine tenths of its peak; it ends at the
    grokking epoch. Source: ours, after the phases of Nanda et al. 2023, section 5.2.
    """
    if grok_epoch is None:
        return Phases(None, None, None)
    before = epochs <= grok_epoch
    until, loss = epochs[before], test_loss[before]
    circuit = int(until[np.argmin(excluded_loss_train[before])])
    high = until[loss >= DESCENT_THRESHOLD * loss.max()]
    return Phases(circuit, int(high[-1]), grok_epoch)


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

    ``epochs`` and ``values`` [checkpoints]; the window counts from ``memorised``. None also if
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
