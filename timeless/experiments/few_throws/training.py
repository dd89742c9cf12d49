"""Networks that see the same few throws, trained side by side: one pass serves all of a group."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import vmap

from timeless.experiments.few_throws import Group
from timeless.experiments.kinematics.throws import make_throws
from timeless.experiments.kinematics.tokens import QUANTITIES, throw_logits, throw_model
from timeless.training.descent import Descent, Params, Problem, descend
from timeless.training.model import init_params

SCORED = ("train", "test")  # values kept out of training are not asked for here
MEASURES = (*(f"{split}_{name}" for split in SCORED for name in QUANTITIES), "sum_sq_weights")


def train_group(group: Group, directory: Path) -> Descent:
    """Return the finished group, stacked as in ``group.scales``; measures are [runs, MEASURES]."""
    task = make_throws(group.throws)
    model = throw_model(group.model, group.throws, task.n_bins)
    places = {split: task.where(split) for split in SCORED}
    tokens = {split: torch.from_numpy(task.tokens[at]) for split, at in places.items()}
    labels = {split: torch.from_numpy(task.labels[at]) for split, at in places.items()}
    initial = {
        name: np.multiply.outer(group.scales, array).astype(np.float32)
        for name, array in init_params(model, group.seed).items()
    }

    def logits(params: Params, split: str) -> Tensor:
        found: Tensor = vmap(lambda one: throw_logits(one, tokens[split], model))(params)
        return found

    def losses(found: Tensor, split: str) -> Tensor:
        each = F.cross_entropy(
            found.double().flatten(0, 1), labels[split].repeat(len(found)), reduction="none"
        )
        return each.view(found.shape[:2]).mean(1)

    def measure(params: Params) -> Tensor:
        columns = []
        for split in SCORED:
            found = logits(params, split)
            off = (found.argmax(2) - labels[split]).abs()
            columns += [losses(found, split), *((off <= n).double().mean(1) for n in (0, 1))]
        squares = [leaf.double().square().flatten(1).sum(1) for leaf in params.values()]
        return torch.stack([*columns, torch.stack(squares).sum(0)], dim=1)

    problem = Problem(
        initial,
        loss=lambda params: losses(logits(params, "train"), "train").sum(),
        measure=measure,
        decay={name: np.array(group.weight_decay) for name in initial},
        config=group,
    )
    return descend(problem, directory)
