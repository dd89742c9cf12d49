"""Throws as tokens: the study's network on `[θ, v0, x, =]`, and what it answers.

Each token stands at one position only, and the last one is always "=".
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from timeless.config import ModelConfig
from timeless.experiments.kinematics.protocols import TokenTraining
from timeless.experiments.kinematics.throws import SPLITS, Throws, TokenTask, make_throws
from timeless.training.descent import Descent, Params, Problem, descend
from timeless.training.last_position import last_position
from timeless.training.model import cross_entropy, init_params

QUANTITIES = ("loss", "accuracy", "within_one_bin")


@dataclass(frozen=True)
class ThrowModel(ModelConfig):
    """The study's network for throws: ``p`` is the number of bins it answers with.

    ``n_values`` are the numbers of tokens for θ, for v0 and for x.
    """

    n_values: tuple[int, int, int] = (1, 1, 1)

    @property
    def d_vocab(self) -> int:
        """Return the number of token ids: the values of θ, of v0, of x, then "="."""
        return sum(self.n_values) + 1

    @property
    def n_ctx(self) -> int:
        """Return the sequence length: θ, v0, x, =."""
        return len(self.n_values) + 1

    def positions(self) -> Tensor:
        """Return the position [d_vocab] at which each token stands."""
        return torch.arange(self.n_ctx).repeat_interleave(torch.tensor([*self.n_values, 1]))


def throw_model(model: ModelConfig, throws: Throws, n_bins: int) -> ThrowModel:
    """Return the network's sizes for a grid of throws, the widths taken from ``model``."""
    widths = {name: getattr(model, name) for name in ("d_model", "n_heads", "d_mlp", "act")}
    n_values = (throws.theta.n, throws.v0.n, throws.x.n)
    return ThrowModel(p=n_bins, n_values=n_values, **widths)


def throw_logits(params: Params, tokens: Tensor, config: ThrowModel) -> Tensor:
    """Return the logits [n, n_bins] at the last position of ``tokens`` [n, 4]."""
    rows = params["W_E"] + params["W_pos"][config.positions()]
    return last_position(params, rows, tokens, config)["logits"]


def train_tokens(config: TokenTraining, directory: Path) -> Descent:
    """Return the finished run; measures are [splits, quantities] and, last, the squared weights.

    ``measures`` is flat: `QUANTITIES` of each of `SPLITS` in turn, then ``sum_sq_weights``.
    """
    task = make_throws(config.throws)
    model = throw_model(config.model, config.throws, task.n_bins)
    initial = init_params(model, config.seed)
    tokens, labels = torch.from_numpy(task.tokens), torch.from_numpy(task.labels)
    known = torch.from_numpy(task.where("train"))
    seen, answers = tokens[known], labels[known]

    def loss(params: Params) -> Tensor:
        return cross_entropy(throw_logits(params, seen, model), answers)

    def measure(params: Params) -> Tensor:
        scores = score(throw_logits(params, tokens, model).numpy(), task)
        squares = sum(float(leaf.double().square().sum()) for leaf in params.values())
        flat = [scores[split][name] for split in SPLITS for name in QUANTITIES]
        return torch.tensor([*flat, squares], dtype=torch.float64)

    decay = {name: np.array(config.weight_decay) for name in initial}
    return descend(Problem(initial, loss, measure, decay, config), directory)


def score(logits: NDArray[np.floating], task: TokenTask) -> dict[str, dict[str, float]]:
    """Return `QUANTITIES` of logits [n, n_bins] on each of `SPLITS`; the loss in nats."""
    found = torch.from_numpy(logits).double()
    losses = F.cross_entropy(found, torch.from_numpy(task.labels), reduction="none").numpy()
    off = np.abs(found.argmax(1).numpy() - task.labels)
    return {
        split: {
            "loss": float(losses[task.where(split)].mean()),
            "accuracy": float((off[task.where(split)] == 0).mean()),
            "within_one_bin": float((off[task.where(split)] <= 1).mean()),
        }
        for split in SPLITS
    }
