"""Attention at another temperature: what sharper or flatter patterns do to a trained network.

The pattern is softmax(scores / T). The network was trained at T = 1; a lower T puts more of the
attention on the largest score, and T towards infinity spreads it evenly.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import Tensor

from timeless.analysis.fourier import Floats
from timeless.analysis.network import Split
from timeless.config import ModelConfig
from timeless.experiments.laboratory import Config
from timeless.experiments.laboratory.interventions import over_pairs, scores
from timeless.experiments.laboratory.published_run import PublishedRun
from timeless.experiments.laboratory.tables import Found, table
from timeless.rules import ACCURACY_THRESHOLD
from timeless.training.last_position import Change


def pattern_entropy(pattern: Floats) -> Floats:
    """Return the Shannon entropy in nats along the last axis: ln n if all n are equal."""
    return np.asarray(-(pattern * np.log(np.where(pattern > 0, pattern, 1))).sum(-1))


def temperature_rows(
    params: dict[str, Tensor], split: Split, config: ModelConfig, temperatures: Sequence[float]
) -> list[dict[str, Any]]:
    """Return for each temperature the scores over pairs and what the pattern is like.

    ``entropy`` is the mean over heads and pairs, ``entropy_by_head`` [n_heads] over pairs;
    ``pattern_mean`` [n_heads, 3] the mean attention to a, b and op; ``pattern_spread`` the root
    mean variance over pairs. Source: ours.
    """
    rows = []
    for temperature in temperatures:
        found = over_pairs(params, config, Change(temperature), ("logits", "pattern"))
        pattern = found["pattern"]
        by_head = pattern_entropy(pattern).mean(0)
        rows.append(
            {
                "temperature": temperature,
                **scores(found["logits"], split),
                "entropy": float(by_head.mean()),
                "entropy_by_head": by_head,
                "pattern_mean": pattern.mean(0),
                "pattern_spread": float(np.sqrt(pattern.var(0).mean())),
            }
        )
    return rows


def temperature_summary(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return what prose quotes of the rows of one network, from the lowest temperature up."""
    unchanged = min(rows, key=lambda row: abs(np.log(row["temperature"])))
    best = min(rows, key=lambda row: row["loss_all"])
    return {
        "entropy_lowest": rows[0]["entropy"],
        "entropy_at_1": unchanged["entropy"],
        "entropy_highest": rows[-1]["entropy"],
        "accuracy_at_1": unchanged["accuracy_all"],
        "best_temperature": best["temperature"],
        "best_accuracy": best["accuracy_all"],
        "least_drop": float(np.diff([row["entropy"] for row in rows]).min()),
    }


def good_range(rows: Sequence[dict[str, Any]], threshold: float) -> tuple[float, float] | None:
    """Return the lowest and highest temperature of the run of good ones around T = 1, or None."""
    good = [row["accuracy_all"] >= threshold for row in rows]
    middle = int(np.argmin([abs(np.log(row["temperature"])) for row in rows]))
    if not good[middle]:
        return None
    low = high = middle
    while low > 0 and good[low - 1]:
        low -= 1
    while high < len(rows) - 1 and good[high + 1]:
        high += 1
    return rows[low]["temperature"], rows[high]["temperature"]


def measure_temperature(config: Config, published: PublishedRun) -> Found:
    """Return accuracy, loss and pattern at other temperatures than that of training."""
    low, high, n = config.temperatures
    temperatures = [float(f"{t:.4g}") for t in np.geomspace(low, high, n)]
    found = {
        stage: temperature_rows(
            published.params(epoch), published.split, published.config.model, temperatures
        )
        for stage, epoch in published.stages.items()
    }
    last = found["last"]
    good = good_range(last, ACCURACY_THRESHOLD)
    summary = {
        "temperatures": temperatures,
        "pattern_entropy": [row["entropy"] for row in last],
        "accuracy": [row["accuracy_all"] for row in last],
        "loss": [row["loss_all"] for row in last],
        "chance_entropy": float(np.log(3)),
        **temperature_summary(last),
        "lowest_good": good[0] if good else None,
        "highest_good": good[1] if good else None,
        "stages": {stage: temperature_summary(rows) for stage, rows in found.items()},
    }
    rows = [head | row for head, _ in published.heads() for row in found[head["stage"]]]
    words = "Attention at other temperatures than the T = 1 of training, at the stages."
    return summary, {"temperature": table(words, rows, digits=4)}
