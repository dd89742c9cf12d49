"""What the explanation is about, at each checkpoint: losses of 0, and where the gradient points."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from timeless.analysis.network import as_tensors
from timeless.analysis.survival import survival
from timeless.config import TrainConfig
from timeless.results.artifacts import Table, column
from timeless.results.weights import Arrays
from timeless.training import stablemax
from timeless.training.campaign import Run
from timeless.training.model import forward
from timeless.training.tasks import make_task

COLLAPSED = 0.5  # of the training losses
MEASURES = {
    "zero_loss_share": "share of the training losses that are exactly 0 in the run's precision",
    "gradient_norm": "length of the gradient of the training loss, of all weights",
    "below_epsilon": "share of the gradient's entries that are smaller than the run's Adam epsilon",
    "along_weights": "cosine of the negative gradient, before any projection, and the weights",
}


def stall_table(one: Run) -> Table:
    """Return `MEASURES` at each kept checkpoint of a run, with its epoch."""
    rows = [stall(one.weights(epoch), one.config) for epoch in one.checkpoints]
    columns = {"epoch": column(np.array(list(one.checkpoints)), "epochs", "of the checkpoint")}
    columns |= {
        name: column([row[name] for row in rows], "1", words, split="train")
        for name, words in MEASURES.items()
    }
    return Table("What a stalled training looks like, from the checkpoints.", columns)


def stall(weights: Arrays, config: TrainConfig) -> dict[str, float]:
    """Return `MEASURES` of one network, its gradient as training computes it, plainly."""
    task = make_task(config)
    tokens = torch.from_numpy(task.tokens[task.train_mask])
    labels = torch.from_numpy(task.labels[task.train_mask])
    params = {name: tensor.requires_grad_() for name, tensor in as_tensors(weights).items()}
    losses = _losses(forward(params, tokens, config.model)["logits"], labels, config)
    grads = torch.autograd.grad(losses.mean(), list(params.values()))
    g, w = (
        torch.cat([tensor.detach().flatten() for tensor in tensors]).double()
        for tensors in (grads, params.values())
    )
    length = float(g.norm())
    return {
        "zero_loss_share": float((losses == 0).double().mean()),
        "gradient_norm": length,
        "below_epsilon": float((g.abs() < config.epsilon).double().mean()),
        "along_weights": float(-(g @ w) / (length * w.norm())) if length else 0.0,
    }


def stalled(one: Run, table: Table, memorised: int | None) -> dict[str, Any]:
    """Return how a run stood at its end, and when its losses collapsed.

    ``along_weights`` is the median over the checkpoints from the memorisation epoch on, None if
    there is none; ``collapse_epoch`` the first checkpoint with half of the losses 0.
    """
    epochs = table["epoch"]
    since = epochs >= (np.inf if memorised is None else memorised)
    gone = epochs[table["zero_loss_share"] >= COLLAPSED]
    norm = one.curves["sum_sq_weights"]
    return {
        "collapse_epoch": int(gone[0]) if len(gone) else None,
        "unseen_accuracy": float(one.curves["unseen_accuracy"][-1].min()),
        "zero_loss_share": float(table["zero_loss_share"][-1]),
        "below_epsilon": float(table["below_epsilon"][-1]),
        "along_weights": float(np.median(table["along_weights"][since])) if since.any() else None,
        "norm_growth": float(norm[-1] / norm[0]),
    }


def of_arm(stalls: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return medians of what `stalled` says of an arm's runs, and how many collapsed, and when.

    A median is None where a run has no value. ``n_grokked_collapsed`` counts the runs whose losses
    had collapsed by the epoch at which they generalised.
    """
    names = ("zero_loss_share", "below_epsilon", "along_weights", "norm_growth")
    values = {name: [each[name] for each in stalls] for name in names}
    collapsed = [each["collapse_epoch"] for each in stalls]
    both = [
        (each["collapse_epoch"], each["grok_epoch"])
        for each in stalls
        if None not in {each["collapse_epoch"], each["grok_epoch"]}
    ]
    return {
        **{
            f"{name}_median": None if None in found else float(np.median(found))
            for name, found in values.items()
        },
        "unseen_accuracy_min": min(each["unseen_accuracy"] for each in stalls),
        "n_collapsed": len(stalls) - collapsed.count(None),
        "n_grokked_collapsed": sum(gone <= grokked for gone, grokked in both),
        "collapse_epoch": survival(collapsed, [each["epochs"] for each in stalls]).as_summary(),
    }


def _losses(logits: Tensor, labels: Tensor, config: TrainConfig) -> Tensor:
    """Return each example's loss, in the run's precision and of its kind."""
    logits = logits.to(getattr(torch, config.loss_dtype))
    if config.loss == "stablemax":
        return stablemax.losses(stablemax.counted(logits), labels)
    return F.cross_entropy(logits, labels, reduction="none")
