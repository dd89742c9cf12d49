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
from timeless.interventions import Change, over_pairs, scores


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
