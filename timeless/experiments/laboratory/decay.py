"""Weight decay: what becomes of a network's norm with the gradient, the decay, or both.

Branches leave a checkpoint by real updates of the training code. Adam's moments start at zero
and there is no warm-up, so the first updates differ from those of the run itself, which came
with moments of its own.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from timeless.config import TrainConfig
from timeless.experiments.laboratory import Config
from timeless.experiments.laboratory.published_run import PublishedRun
from timeless.experiments.laboratory.tables import BRANCHES, Found, table
from timeless.results.weights import Arrays, sums_of_squares
from timeless.training.ensemble import METRICS, Ensemble
from timeless.training.processor import subnormals_flushed


def decay_factor(config: TrainConfig) -> float:
    """Return 1 - ηλ, by which decay multiplies every weight at an update."""
    return 1 - config.lr * config.weight_decay


@subnormals_flushed()  # as in training
def branch_rows(
    weights: Arrays, config: TrainConfig, n_steps: int, every: int
) -> list[dict[str, Any]]:
    """Return norms and losses along each branch, a row for each of `BRANCHES` and logged step.

    ``norm`` is over all weights, ``norm_W_E`` and so on over one tensor. Source: ours.
    """
    plain = replace(config, warmup_steps=0)
    device = torch.device("cpu")
    moving = Ensemble([plain, replace(plain, weight_decay=0.0)], device)
    idle = Ensemble([plain], device)  # its gradient stays zero
    exact = {name: array.astype(np.float32) for name, array in weights.items()}
    for ensemble, run in ((moving, 0), (moving, 1), (idle, 0)):
        ensemble.set_params(run, exact)
    rows = []
    for step in range(n_steps + 1):
        if step % every == 0 or step == n_steps:
            rows += [
                {"branch": branch, "step": step, **_state(ensemble, run)}
                for branch, ensemble, run in zip(
                    BRANCHES, (moving, moving, idle), (0, 1, 0), strict=True
                )
            ]
        if step < n_steps:
            moving.step()
            idle.update()
    return rows


def _state(ensemble: Ensemble, run: int) -> dict[str, float]:
    squares = sums_of_squares(ensemble.params(run))
    measured = dict(zip(METRICS, ensemble.evaluate()[run, 0].tolist(), strict=True))
    return {
        "train_loss": measured["train_loss"],
        "test_loss": measured["test_loss"],
        "norm": sum(squares.values()) ** 0.5,
        **{f"norm_{name}": value**0.5 for name, value in squares.items()},
    }


def decay_deviation(rows: list[dict[str, Any]], factor: float) -> float:
    """Return how far the norm without gradient is at most from (1 - ηλ)^t, relative to it."""
    idle = [row for row in rows if row["branch"] == "no gradient"]
    exact = [idle[0]["norm"] * factor ** row["step"] for row in idle]
    return max(float(abs(row["norm"] / norm - 1)) for row, norm in zip(idle, exact, strict=True))


def measure_decay(config: Config, published: PublishedRun) -> Found:
    """Return what weight decay and the gradient do alone, in branches from checkpoints."""
    factor, rows, stages = decay_factor(published.config), [], {}
    deviations = []
    for head, epoch in published.heads():
        if head["stage"] not in config.compared:
            continue
        own = branch_rows(
            published.weights(epoch), published.config, config.n_steps, config.log_every
        )
        deviations.append(decay_deviation(own, factor))
        ends = {row["branch"].replace(" ", "_"): row for row in own[-len(BRANCHES) :]}
        stages[head["stage"]] = {
            "norm_start": own[0]["norm"],
            "loss_start": own[0]["train_loss"],
            **{f"norm_{name}": row["norm"] for name, row in ends.items()},
            **{f"loss_{name}": row["train_loss"] for name, row in ends.items()},
        }
        rows += [head | row for row in own]
    summary = {
        "lr": published.config.lr,
        "weight_decay": published.config.weight_decay,
        "factor": factor,
        "half_life": float(np.log(0.5) / np.log(factor)) if factor < 1 else None,
        "n_steps": config.n_steps,
        "factor_after": factor**config.n_steps,
        "largest_deviation": max(deviations),
        "stages": stages,
    }
    words = "Branches of real updates from checkpoints, Adam's moments starting at zero."
    return summary, {"decay": table(words, rows)}
