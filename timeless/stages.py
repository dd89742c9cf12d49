"""Stages: five published checkpoints that stand for what a run goes through, chosen by rule."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from timeless.config import TrainConfig, train_config
from timeless.results.artifacts import Artifact, Results
from timeless.results.weights import Arrays, load_weights
from timeless.rules import HOLD_EPOCHS

STAGES = ("memorised", "forming", "rising", "generalised", "last")


def stage_epochs(artifact: Artifact) -> dict[str, int]:
    """Return the epoch of each of `STAGES`, one of the run's published ones.

    memorised: the last one before circuit formation starts, but not before the memorisation
    epoch; forming: nearest the middle between the start of circuit formation and the grokking
    epoch; rising: test accuracy nearest one half; generalised: the first after grokking is
    confirmed; last. A run that lacks such an epoch gets the nearest there is. Source: ours.
    """
    summary, curves = artifact.summary, artifact["curves"]
    epochs = np.array(summary["published_epochs"])
    last = int(epochs[-1])
    known = summary["memorisation_epoch"] or 0
    starts = max(summary["circuit_starts"] or 0, known)
    grokked = last if summary["grok_epoch"] is None else int(summary["grok_epoch"])
    accuracy = curves["test_accuracy"][np.searchsorted(curves["epoch"], epochs)]
    memorised = epochs[(epochs >= known) & (epochs <= starts)]
    confirmed = epochs[epochs >= grokked + HOLD_EPOCHS]

    def nearest(epoch: float) -> int:
        return int(epochs[np.abs(epochs - epoch).argmin()])

    return {
        "memorised": int(memorised[-1]) if len(memorised) else nearest(starts),
        "forming": nearest((starts + grokked) / 2),
        "rising": int(epochs[np.abs(accuracy - 0.5).argmin()]),
        "generalised": int(confirmed[0]) if len(confirmed) else last,
        "last": last,
    }


def published_weights(results: Results, artifact: Artifact, epoch: int | None) -> Arrays:
    """Return the weights published for an epoch (float16), or the last in float32 for None."""
    trained = configuration(artifact.config)
    moment = "final" if epoch is None else f"e{epoch:06d}"
    name = f"{artifact.experiment}-seed{trained.seed}-{moment}"
    weights, _ = load_weights(results.weights_path(name))
    return {key: array for key, array in weights.items() if key != "train_index"}


def configuration(config: Mapping[str, Any]) -> TrainConfig:
    """Return the training configuration of the run whose weights are published."""
    return train_config({**config["train"], "seed": config["seeds"][0]})
