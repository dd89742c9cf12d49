"""Leaps: how often the train loss grows tenfold from one log to the next, by precision."""

from typing import Any

import numpy as np

from timeless.results.artifacts import Results, Table
from timeless.rules import leaps

TENFOLD = 10.0


def count_leaps(curves: Table, since: int | None, until: int) -> int:
    """Return the leaps of the train loss after an epoch, 0 if None, up to another."""
    epochs = curves["epoch"]
    losses = curves["train_loss"][(epochs >= (since or 0)) & (epochs <= until)]
    return len(leaps(losses, TENFOLD))


def leaps_summary(results: Results) -> dict[str, Any]:
    """Return the leaps with a float32 loss and those of its twin with float64 over the same epochs.

    And of the seeds, whose loss is float64, in all. All count from when a run has memorised.
    """
    variants, seeds = results["variants"], results["seeds"]
    default, runs = variants.summary["default"], variants.summary["runs"]
    low = default.replace("float64", "float32")
    found: dict[str, Any] = {"float32": None, "float64": None, "until": None}
    if low in runs:
        until = int(min(variants[f"curves_{key}"]["epoch"][-1] for key in (low, default)))
        found = {
            name: count_leaps(variants[f"curves_{key}"], runs[key]["memorisation_epoch"], until)
            for name, key in (("float32", low), ("float64", default))
        } | {"until": until}
    records = seeds.summary["runs"]
    counts = [
        count_leaps(seeds[f"curves_{key}"], record["memorisation_epoch"], record["epochs"])
        for key, record in records.items()
    ]
    epochs = sum(record["epochs"] for record in records.values())
    return found | {"seeds": int(np.sum(counts)), "seeds_epochs": epochs}
