"""Networks to train on in the page: memorised without weight decay, and standing still."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.last_position import LastPosition, log_chances
from timeless.results.artifacts import Artifact, Results
from timeless.results.weights import Arrays, load_published, load_training_examples
from timeless.rules import ACCURACY_THRESHOLD, first_epoch

EXPERIMENT = "interventions"
STILL, SWITCHED = "decay_0", "on_1"  # arms: never any decay, and decay from the same moment on

# In the order in which the page holds weights, that of `parameter_shapes` in training.
ATTENTION = ("W_E", "W_pos", "W_Q", "W_K", "W_V", "W_O")
TENSORS = (*ATTENTION, "W_in", "b_in", "W_out", "b_out", "W_U", "b_U")


def starts(results: Results) -> dict[str, Any]:
    """Return how the networks were trained, and what each is where training goes on.

    ``train_pairs`` are the pairs a*p + b that it was trained on; ``W_E`` is its embedding
    [p + 1, d_model]; losses are nats per pair; ``reference`` is the first epoch with 99% of the
    unseen pairs right of the study's own run that goes on from the same network, with weight decay
    and with Adam's moments.
    """
    artifact = results[EXPERIMENT]
    train, epoch = artifact.config["train"], artifact.config["published_epoch"]
    return {
        **{name: train["model"][name] for name in ("p", "d_model", "d_mlp", "n_heads")},
        "activation": train["model"]["act"],
        "share": train["frac_train"],
        "learning_rate": train["lr"],
        "warmup": train["warmup_steps"],
        "decay": train["weight_decay"],
        "epoch": epoch,
        "networks": [_start(results, artifact, seed) for seed in artifact.config["seeds"]],
    }


def start_weights(results: Results, seed: int) -> dict[str, Any]:
    """Return all weights of a network, flat, in the page's order."""
    weights = _weights(results, seed)
    return {"weights": np.concatenate([weights[name].ravel() for name in TENSORS])}


def seeds(results: Results) -> list[int]:
    """Return the seeds of the networks that can be trained on."""
    return list(results[EXPERIMENT].config["seeds"])


def _weights(results: Results, seed: int) -> Arrays:
    epoch = results[EXPERIMENT].config["published_epoch"]
    halves = load_published(results.directory, EXPERIMENT, f"{STILL}_seed{seed}", epoch)
    return {name: array.astype(np.float32) for name, array in halves.items()}


def _start(results: Results, artifact: Artifact, seed: int) -> dict[str, Any]:
    weights, p = _weights(results, seed), artifact.config["train"]["model"]["p"]
    trained = np.zeros((p, p), bool)
    index = load_training_examples(results.directory, EXPERIMENT, f"{STILL}_seed{seed}")
    trained.flat[index] = True
    return {
        "seed": seed,
        "train_pairs": np.flatnonzero(trained).astype(np.uint16),
        "W_E": weights["W_E"],
        **measured(weights, trained),
        "reference": _reference(artifact, seed),
    }


def measured(weights: Arrays, trained: NDArray[np.bool_]) -> dict[str, float]:
    """Return losses and accuracies of addition on pairs [p, p] trained on, mirrored, and unseen."""
    p = len(trained)
    logits = LastPosition.of(weights, p).logits()
    sums = np.add.outer(np.arange(p), np.arange(p)) % p
    right = logits.argmax(-1) == sums
    losses = -np.take_along_axis(log_chances(logits), sums[..., None], -1)[..., 0]
    mirrored = ~trained & trained.T
    kinds = {"train": trained, "mirrored": mirrored, "unseen": ~trained & ~mirrored}
    return {
        **{f"{kind}_accuracy": float(right[which].mean()) for kind, which in kinds.items()},
        "train_loss": float(losses[trained].mean()),
        "test_loss": float(losses[~trained].mean()),
    }


def _reference(artifact: Artifact, seed: int) -> int | None:
    curves = artifact[f"curves_{SWITCHED}_seed{seed}"]
    return first_epoch(curves["epoch"], curves["unseen_accuracy"] >= ACCURACY_THRESHOLD)
