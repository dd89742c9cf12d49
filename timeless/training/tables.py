"""The same network, faster still on a processor: what attention adds is looked up, not computed.

Behind attention the layer is linear up to mlp_pre, and so is the path that leads around the MLP to
the logits. What head h adds to them for a token is therefore a row of a table, made once a step:

    T[h, token] = W_E[token] W_V[h] W_O[h] [W_in, W_U].

The key at position 0 or 1 has a constant added to that row, for its W_pos; and as the three
attention weights of a head sum to one, the op's row can be taken out of both and into a base:

    mlp_pre = base + sum_h (weight_a[h] A[h, a] + weight_b[h] B[h, b]),

with A and B the table plus a constant row each. So per example two rows a head are mixed, in
place of products with W_in and W_U: half of the multiplications of `factorised`, which stays
for accelerators. The loops over examples are in `mixing`; the products of weights are left to
autograd. The tests compare values and gradients with `model.forward`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from timeless.config import ModelConfig
from timeless.training import stablemax
from timeless.training.factorised import Examples, Shared, back_to_pre
from timeless.training.mixing import attend, attend_backward, logit_gradient, mix, mix_backward


@dataclass(frozen=True)
class Tables(Shared):
    """What one operation's examples share, computed from the weights of one network (H heads).

    ``score_a``, ``score_b`` [p, H], ``score_op`` [1, H]: attention scores of the three keys under
    the operation's query. ``pre_a``, ``pre_b`` [H, p, d_mlp] and ``direct_a``, ``direct_b``
    [H, p, p]: the rows A and B for mlp_pre and for the logits, with ``pre_base`` [d_mlp] and
    ``direct_base`` [p]. ``w_out`` [d_mlp, p]: W_out W_U.
    """

    score_a: Tensor
    score_b: Tensor
    score_op: Tensor
    pre_a: Tensor
    pre_b: Tensor
    pre_base: Tensor
    direct_a: Tensor
    direct_b: Tensor
    direct_base: Tensor
    w_out: Tensor


def tabulate(params: Mapping[str, Tensor], op: int, config: ModelConfig) -> Tables:
    """Return the tables of operation number ``op``; differentiable in ``params`` [1, …]."""
    p, m, heads, d_head = config.p, config.d_model, config.n_heads, config.d_head
    W = {name: tensor.squeeze(0) for name, tensor in params.items()}
    first, last = (config.first_number(op, position) for position in (0, 1))
    numbers = W["W_E"][first : last + p]  # a's are the first p of them and b's the last
    x_op = W["W_E"][config.operation_token(op)] + W["W_pos"][2]
    query = (x_op @ W["W_Q"]).unsqueeze(2) / math.sqrt(d_head)
    attended = (W["W_K"] @ query).squeeze(2).t()  # [m, H]: the score of a key is its row times this
    token_scores = numbers @ attended
    score_a = token_scores[:p] + W["W_pos"][0] @ attended
    score_b = token_scores[-p:] + W["W_pos"][1] @ attended

    shifts = torch.stack([W["W_pos"][0] - x_op, W["W_pos"][1] - x_op, x_op])
    rows = torch.cat([numbers, shifts])
    values = rows @ W["W_V"].transpose(0, 1).reshape(m, m)
    values = values.view(-1, heads, d_head).transpose(0, 1)
    W_O = W["W_O"].reshape(m, m)

    def table(matrix: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        found = values @ (W_O @ matrix).view(heads, d_head, -1)
        token, shift_a, shift_b, own = found.split([len(numbers), 1, 1, 1], dim=1)
        A, B = token[:, :p] + shift_a, token[:, -p:] + shift_b
        return A, B, own.sum((0, 1)) + x_op @ matrix

    pre_a, pre_b, pre_base = table(W["W_in"])
    direct_a, direct_b, direct_base = table(W["W_U"])
    return Tables(
        score_a,
        score_b,
        (x_op @ attended).unsqueeze(0),
        pre_a,
        pre_b,
        pre_base + W["b_in"],
        direct_a,
        direct_b,
        direct_base + W["b_out"] @ W["W_U"] + W["b_U"],
        W["W_out"] @ W["W_U"],
    )


class TablePass:
    """Forward and backward pass over a block of one network's examples, in buffers made once.

    The counterpart of `factorised.BlockPass`: backward passes add into the gradients of a
    `Tables`, so blocks can be run one after another.
    """

    def __init__(
        self,
        config: ModelConfig,
        n: int,
        like: Tensor,
        loss_dtype: torch.dtype,
        *,
        loss: str = "softmax",
    ) -> None:
        self.loss = loss

        def buffer(*shape: int, dtype: torch.dtype = like.dtype) -> Tensor:
            return torch.empty(shape, dtype=dtype)

        self.hidden, self.d_hidden = buffer(n, config.d_mlp), buffer(n, config.d_mlp)
        self.pre = buffer(n, config.d_mlp) if config.act == "gelu" else None
        self.logits = buffer(n, config.p)
        self.exponentials = buffer(n, config.p, dtype=loss_dtype)  # or counts, with StableMax
        self.weights, self.d_weights = (buffer(n, 2, config.n_heads) for _ in range(2))

    def forward(self, tables: Tables, examples: Examples) -> Tensor:
        """Return the logits [1, n, p] of one block; the buffers keep what backward needs."""
        row_a, row_b, weights = *_numbers(examples), self.weights.numpy()
        scores = (tables.score_a, tables.score_b, tables.score_op)
        attend(*(score.numpy() for score in scores), row_a, row_b, weights)
        pre = self.hidden if self.pre is None else self.pre
        for out, *table in (
            (pre, tables.pre_base, tables.pre_a, tables.pre_b),
            (self.logits, tables.direct_base, tables.direct_a, tables.direct_b),
        ):
            mix(*(part.numpy() for part in table), row_a, row_b, weights, out.numpy())
        if self.pre is None:
            self.hidden.relu_()
        else:
            self.hidden.copy_(F.gelu(pre))
        return self.logits.addmm_(self.hidden, tables.w_out).unsqueeze(0)

    def losses(self, examples: Examples) -> Tensor:
        """Return each example's cross-entropy [1, n] in nats, from the logits just computed."""
        self.exponentials.copy_(self.logits)
        if self.loss == "stablemax":
            self.exponentials.copy_(stablemax.counted(self.exponentials))
            return stablemax.losses(self.exponentials, examples.labels[0]).unsqueeze(0)
        self.exponentials.sub_(self.exponentials.amax(1, keepdim=True))
        right = self.exponentials.gather(1, examples.labels.view(-1, 1)).squeeze(1)
        return (self.exponentials.exp_().sum(1).log_() - right).unsqueeze(0)

    def backward(self, tables: Tables, examples: Examples, grads: Tables) -> None:
        """Add the gradient of the block's loss to ``grads``; call after `forward` and `losses`."""
        row_a, row_b, weights = *_numbers(examples), self.weights.numpy()
        self._d_logits(examples)
        grads.w_out.addmm_(self.hidden.t(), self.logits)
        torch.mm(self.logits, tables.w_out.t(), out=self.d_hidden)
        back_to_pre(self.d_hidden, self.hidden, self.pre)
        d_weights = self.d_weights.zero_().numpy()
        for d_out, *table in (
            (self.d_hidden, tables.pre_a, tables.pre_b, grads.pre_a, grads.pre_b),
            (self.logits, tables.direct_a, tables.direct_b, grads.direct_a, grads.direct_b),
        ):
            sides = (part.numpy() for part in table)
            mix_backward(d_out.numpy(), row_a, row_b, weights, *sides, d_weights)
        grads.pre_base.add_(self.d_hidden.sum(0))
        grads.direct_base.add_(self.logits.sum(0))
        scores = (grads.score_a, grads.score_b, grads.score_op)
        attend_backward(row_a, row_b, weights, d_weights, *(score.numpy() for score in scores))

    def _d_logits(self, examples: Examples) -> None:
        """Write the gradient of the block's loss by the logits in place of the logits."""
        if self.loss == "stablemax":
            shares = examples.weight[0].to(self.exponentials.dtype)
            found = stablemax.logit_gradient(self.exponentials, examples.labels[0], shares)
            self.logits.copy_(found)
        else:
            labels, weight = examples.labels[0].numpy(), examples.weight[0].numpy()
            logit_gradient(self.exponentials.numpy(), labels, weight, self.logits.numpy())


def _numbers(examples: Examples) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return examples.row_a[0].numpy(), examples.row_b[0].numpy()
