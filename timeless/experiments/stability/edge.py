"""Does a long run leap where the loss is too curved for Adam's step?

At every kept state the curvature is measured, and again over the epochs before each leap of the
train loss, which are gone through once more from the state before them. How this is read was
written down before it was measured. A leap comes from the edge if the curvature reached nine
tenths of the limit in those epochs; that the run leaps for this reason is held for shown if most
leaps do, and if states near the limit are followed by a leap more often than states that are not.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from timeless.experiments.stability.sharpness import Sharpness, limit
from timeless.results.artifacts import Table, column
from timeless.results.weights import load_weights
from timeless.rules import held_epoch, leaps, relapses
from timeless.training.campaign import Run
from timeless.training.ensemble import Ensemble
from timeless.training.processor import one_thread, subnormals_flushed

LEAP = 10.0  # the growth of the train loss from one log to the next
NEAR = 0.9  # of the limit
BEFORE = 50  # epochs: as long as Adam's second moment remembers a gradient, 1 / (1 - β₂)


def edge(run: Run) -> tuple[dict[str, Any], dict[str, Table]]:
    """Return what the states of a run with one operation say, and two tables.

    ``sharpness`` has a row a state, ``before_leaps`` one for each log before a leap. Of a run
    that kept no states nothing is told: None.
    """
    measure, bound = Sharpness(run.config), limit(run.config)
    epochs = sorted(run.states)
    ratios = [measure(load_weights(run.states[epoch])[0]) / bound for epoch in epochs]
    leapt = _leaps(run)
    rows = [
        (leap, epoch, measure(state) / bound)
        for leap in leapt
        for epoch, state in _states_before(run, leap)
    ]
    summary = {
        "since": epochs[0] if epochs else None,
        "limit": bound,
        "near": NEAR,
        "before": BEFORE,
        "leap": LEAP,
        "largest": max(ratios, default=None),
        "median": float(np.median(ratios)) if ratios else None,
        **_before_leaps(leapt, rows),
        **_followed(epochs, ratios, leapt, run.config.checkpoint_every),
        **_relapses(run, leapt),
    }
    if not run.states:  # nothing can be told
        summary |= dict.fromkeys(name for name in summary if name.startswith("n_"))
    return summary, {
        "sharpness": _table("Curvature over the limit, at the kept states.", epochs, ratios),
        "before_leaps": _table(
            "The same in the epochs before each leap of the train loss.",
            [epoch for _, epoch, _ in rows],
            [ratio for *_, ratio in rows],
            leap=[leap for leap, *_ in rows],
        ),
    }


def _leaps(run: Run) -> list[int]:
    """Return the logged epochs at which the train loss has leapt; a series of leaps counts once."""
    since = min(run.states, default=run.config.epochs)
    epochs, losses = run.curves["epoch"], run.curves["train_loss"][:, 0]
    found: list[int] = []
    last = None
    for epoch in epochs[leaps(losses, LEAP)].tolist():
        if epoch - BEFORE >= since and (last is None or epoch - last > BEFORE):
            found.append(epoch)
        last = epoch
    return found


def _states_before(run: Run, leap: int) -> Iterator[tuple[int, Any]]:
    """Yield each log of the epochs before a leap and the state then, trained once more."""
    start = max(epoch for epoch in run.states if epoch <= leap - BEFORE)
    with one_thread(), subnormals_flushed():
        ensemble = Ensemble([run.config], torch.device("cpu"))
        ensemble.load_state(load_weights(run.states[start])[0])
        for epoch in range(start, leap):
            if epoch >= leap - BEFORE and epoch % run.config.log_every == 0:
                yield epoch, ensemble.state()
            ensemble.step()


def _before_leaps(leapt: Sequence[int], rows: Sequence[tuple[int, int, float]]) -> dict[str, Any]:
    highest = [max(ratio for of, _, ratio in rows if of == leap) for leap in leapt]
    return {
        "n_leaps": len(leapt),
        "n_from_edge": sum(ratio >= NEAR for ratio in highest),
        "before_leap_smallest": min(highest, default=None),
        "before_leap_median": float(np.median(highest)) if highest else None,
    }


def _followed(
    epochs: Sequence[int], ratios: Sequence[float], leapt: Sequence[int], within: int
) -> dict[str, int]:
    """Return how many states near the limit, and how many others, a leap followed ``within``."""
    found = {"n_near": 0, "n_near_followed": 0, "n_far": 0, "n_far_followed": 0}
    for epoch, ratio in zip(epochs, ratios, strict=True):
        kind = "n_near" if ratio >= NEAR else "n_far"
        found[kind] += 1
        found[f"{kind}_followed"] += any(epoch < leap <= epoch + within for leap in leapt)
    return found


def _relapses(run: Run, leapt: Sequence[int]) -> dict[str, int]:
    """Return the relapses since the first state, and those at whose start the loss has leapt."""
    epochs, accuracy = run.curves["epoch"], run.curves["test_accuracy"][:, 0]
    since = min(run.states, default=run.config.epochs) + BEFORE
    starts = [
        first
        for first, _ in relapses(epochs, accuracy, held_epoch(epochs, accuracy))
        if first >= since
    ]
    with_leap = sum(any(first - BEFORE <= leap <= first for leap in leapt) for first in starts)
    return {"n_relapses": len(starts), "n_relapses_with_leap": with_leap}


def _table(words: str, epochs: Sequence[int], ratios: Sequence[float], **more: Any) -> Table:
    columns = {name: column(values, "epochs", "its log") for name, values in more.items()}
    return Table(
        words,
        columns
        | {
            "epoch": column(epochs, "epochs", "number of updates made"),
            "sharpness": column(
                ratios, "1", "preconditioned sharpness over the limit 38 / learning rate", digits=5
            ),
        },
    )
