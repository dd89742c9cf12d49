"""The same network, several times faster: exact loss, gradient and logits by factorisation.

The last position's query is the same for every example of an operation, and keys and values
depend on (token, position) alone. So queries, keys and values are computed once per distinct
(token, position), 2p + 1 rows, and only attention mixing, MLP and unembedding run per
example. W_O·W_in, W_out·W_U and W_O·W_U are merged first, which leaves two matrix products per
example: z -> mlp_pre and [mlp_post, z] -> logits. With x2 the operation's row,

    mlp_pre = z (W_O W_in) + (x2 W_in + b_in)
    logits  = mlp_post (W_out W_U) + z (W_O W_U) + ((x2 + b_out) W_U + b_U).

The products of weights are left to autograd. What runs per example has its backward pass
written out, in blocks of examples that stay in the processor's cache and reuse their buffers.
Every tensor has a leading run axis: many networks train at once. `model.forward` is the
reference; the tests compare values and gradients in float64.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor

from timeless.config import ModelConfig
from timeless.training import stablemax


@dataclass(frozen=True)
class Shared:
    """Tensors that all examples of an operation share, computed from the weights once a step."""

    def tensors(self) -> list[Tensor]:
        """Return the tensors in the order of their declaration."""
        return [getattr(self, f.name) for f in fields(self)]

    def detached(self) -> Self:
        """Return the same tensors, cut off from what they were computed from."""
        return type(self)(*(tensor.detach() for tensor in self.tensors()))

    def zeros(self) -> Self:
        """Return zeros of the same shapes, for a pass over a block to add gradients to."""
        return type(self)(*(torch.zeros_like(t, requires_grad=False) for t in self.tensors()))


@dataclass(frozen=True)
class Factors(Shared):
    """What one operation's examples share, computed from the weights (R runs, D = d_model).

    ``score_a``, ``score_b`` [R, p, H] and ``score_op`` [R, 1, H]: attention scores of the three
    keys under the operation's query. ``v_a``, ``v_b`` [R, p, D], ``v_op`` [R, 1, D]: values,
    heads side by side. ``w_pre`` [R, D, d_mlp], ``b_pre`` [R, 1, d_mlp], ``w_out``
    [R, d_mlp + D, p], ``b_out`` [R, 1, p]: the merged products above.
    """

    score_a: Tensor
    score_b: Tensor
    score_op: Tensor
    v_a: Tensor
    v_b: Tensor
    v_op: Tensor
    w_pre: Tensor
    b_pre: Tensor
    w_out: Tensor
    b_out: Tensor


@dataclass(frozen=True)
class Examples:
    """Examples of one operation for R runs at once, each of shape [R, n].

    ``weight`` multiplies each example's loss: 1/N for a mean over N examples, 0 for padding.
    ``row_a`` and ``row_b`` are a and b shifted by r*p, rows of a [R*p, …] matrix.
    """

    op: int
    row_a: Tensor
    row_b: Tensor
    labels: Tensor
    weight: Tensor

    def blocks(self, size: int) -> Iterator["Examples"]:
        """Yield the examples in slices of at most ``size`` per run."""
        for start in range(0, self.labels.shape[1], size):
            part = slice(start, start + size)
            yield Examples(
                self.op,
                self.row_a[:, part].contiguous(),
                self.row_b[:, part].contiguous(),
                self.labels[:, part].contiguous(),
                self.weight[:, part].contiguous(),
            )


def factorise(params: Mapping[str, Tensor], op: int, config: ModelConfig) -> Factors:
    """Return the factors of operation number ``op``; differentiable in ``params`` [R, …]."""
    p, m = config.p, config.d_model
    W_E, W_pos, W_in, W_U = (params[name] for name in ("W_E", "W_pos", "W_in", "W_U"))
    runs = W_E.shape[0]
    x_op = (W_E[:, config.operation_token(op)] + W_pos[:, 2]).unsqueeze(1)
    a, b = (config.first_number(op, position) for position in (0, 1))
    x_a, x_b = W_E[:, a : a + p] + W_pos[:, :1], W_E[:, b : b + p] + W_pos[:, 1:2]
    rows = torch.cat([x_a, x_b, x_op], dim=1)

    def side_by_side(W: Tensor) -> Tensor:
        return W.transpose(1, 2).reshape(runs, m, m)

    W_O = params["W_O"].reshape(runs, m, m)
    query = x_op @ side_by_side(params["W_Q"])
    keys = rows @ side_by_side(params["W_K"])
    values = rows @ side_by_side(params["W_V"])
    scores = (keys * query).unflatten(2, (config.n_heads, config.d_head)).sum(-1)
    scores = scores / math.sqrt(config.d_head)
    score_a, score_b, score_op = scores.split([p, p, 1], dim=1)
    v_a, v_b, v_op = values.split([p, p, 1], dim=1)
    return Factors(
        score_a,
        score_b,
        score_op,
        v_a,
        v_b,
        v_op,
        w_pre=W_O @ W_in,
        b_pre=x_op @ W_in + params["b_in"].unsqueeze(1),
        w_out=torch.cat([params["W_out"], W_O], dim=1) @ W_U,
        b_out=(x_op + params["b_out"].unsqueeze(1)) @ W_U + params["b_U"].unsqueeze(1),
    )


class BlockPass:
    """Forward and backward pass over one block of examples, in buffers made once.

    A pass belongs to a shape: R runs, blocks of ``n`` examples. Backward passes add into the
    gradients of a `Factors`, so blocks can be run one after another.
    """

    def __init__(
        self,
        config: ModelConfig,
        runs: int,
        n: int,
        like: Tensor,
        loss_dtype: torch.dtype,
        *,
        loss: str = "softmax",
    ) -> None:
        self.config, self.runs, self.n, self.loss = config, runs, n, loss
        m, mlp = config.d_model, config.d_mlp

        def buffer(*shape: int, dtype: torch.dtype = like.dtype) -> Tensor:
            return torch.empty(shape, dtype=dtype, device=like.device)

        self.hidden, self.d_hidden = buffer(runs, n, mlp + m), buffer(runs, n, mlp + m)
        self.pre = buffer(runs, n, mlp) if config.act == "gelu" else None
        self.logits, self.d_z = buffer(runs, n, config.p), buffer(runs, n, m)
        self.gather_a, self.gather_b = buffer(runs * n, m), buffer(runs * n, m)
        self.log_probs = buffer(runs, n, config.p, dtype=loss_dtype)  # or counts, with StableMax
        self.pattern = buffer(runs, n, config.n_ctx, config.n_heads)

    def forward(self, factors: Factors, examples: Examples) -> Tensor:
        """Return the logits [R, n, p] of one block; the buffers keep what backward needs."""
        runs, n, mlp = self.runs, self.n, self.config.d_mlp
        row_a, row_b = examples.row_a.flatten(), examples.row_b.flatten()
        score_a = factors.score_a.flatten(0, 1)[row_a].view(runs, n, 1, -1)
        score_b = factors.score_b.flatten(0, 1)[row_b].view(runs, n, 1, -1)
        score_op = factors.score_op.unsqueeze(1).expand_as(score_a)
        scores = torch.cat([score_a, score_b, score_op], dim=2)
        torch.softmax(scores, dim=2, out=self.pattern)
        torch.index_select(factors.v_a.flatten(0, 1), 0, row_a, out=self.gather_a)
        torch.index_select(factors.v_b.flatten(0, 1), 0, row_b, out=self.gather_b)

        z = self.hidden[:, :, mlp:]
        torch.mul(self._heads(self.gather_a), self._weight(0), out=self._heads(z))
        self._heads(z).addcmul_(self._heads(self.gather_b), self._weight(1))
        self._heads(z).addcmul_(self._heads(factors.v_op), self._weight(2))

        post = self.hidden[:, :, :mlp]
        torch.baddbmm(factors.b_pre, z, factors.w_pre, out=post)
        if self.pre is None:
            post.relu_()
        else:
            self.pre.copy_(post)
            # Written into `post` directly, float32 comes out wrong: torch ignores its strides.
            post.copy_(F.gelu(self.pre))
        return torch.baddbmm(factors.b_out, self.hidden, factors.w_out, out=self.logits)

    def losses(self, examples: Examples) -> Tensor:
        """Return each example's cross-entropy [R, n] in nats, from the logits just computed."""
        if self.loss == "stablemax":
            self.log_probs.copy_(stablemax.counted(self.logits.to(self.log_probs.dtype)))
            return stablemax.losses(self.log_probs, examples.labels)
        torch.log_softmax(self.logits, -1, dtype=self.log_probs.dtype, out=self.log_probs)
        return -self.log_probs.gather(2, examples.labels.unsqueeze(2)).squeeze(2)

    def backward(self, factors: Factors, examples: Examples, grads: Factors) -> None:
        """Add the gradient of the block's loss to ``grads``; call after `forward` and `losses`."""
        mlp = self.config.d_mlp
        d_logits = self._d_logits(examples)
        grads.w_out.baddbmm_(self.hidden.transpose(1, 2), d_logits)
        grads.b_out.add_(d_logits.sum(1, keepdim=True))

        torch.bmm(d_logits, factors.w_out.transpose(1, 2), out=self.d_hidden)
        post, z = self.hidden[:, :, :mlp], self.hidden[:, :, mlp:]
        d_pre, d_z = self.d_hidden[:, :, :mlp], self.d_hidden[:, :, mlp:]
        back_to_pre(d_pre, post, self.pre)
        grads.w_pre.baddbmm_(z.transpose(1, 2), d_pre)
        grads.b_pre.add_(d_pre.sum(1, keepdim=True))
        torch.baddbmm(d_z, d_pre, factors.w_pre.transpose(1, 2), out=self.d_z)
        self._attention_backward(factors, examples, grads)

    def _d_logits(self, examples: Examples) -> Tensor:
        """Return (softmax - one-hot) * weight, or StableMax's, in place of the logits."""
        if self.loss == "stablemax":
            weights = examples.weight.to(self.log_probs.dtype)
            gradient = stablemax.logit_gradient(self.log_probs, examples.labels, weights)
            return self.logits.copy_(gradient)
        weight = examples.weight.unsqueeze(2)
        probs = self.log_probs.exp_().mul_(weight)
        probs.scatter_add_(2, examples.labels.unsqueeze(2), -weight.to(probs.dtype))
        self.logits.copy_(probs)
        return self.logits

    def _attention_backward(self, factors: Factors, examples: Examples, grads: Factors) -> None:
        """Add the gradients of values and scores, given the gradient of z in ``d_z``."""
        runs, n = self.runs, self.n
        row_a, row_b = examples.row_a.flatten(), examples.row_b.flatten()
        d_z = self._heads(self.d_z)
        values = (self.gather_a, self.gather_b, factors.v_op)
        d_pattern = torch.stack([(d_z * self._heads(v)).sum(3) for v in values], dim=2)
        d_scores = self.pattern * (d_pattern - (d_pattern * self.pattern).sum(2, keepdim=True))
        grads.score_a.flatten(0, 1).index_add_(0, row_a, d_scores[:, :, 0].flatten(0, 1))
        grads.score_b.flatten(0, 1).index_add_(0, row_b, d_scores[:, :, 1].flatten(0, 1))
        grads.score_op.add_(d_scores[:, :, 2].sum(1, keepdim=True))

        for place, rows, grad in ((0, row_a, grads.v_a), (1, row_b, grads.v_b)):
            d_v = torch.mul(d_z, self._weight(place), out=self._heads(self.gather_a))
            grad.flatten(0, 1).index_add_(0, rows, d_v.flatten(2).flatten(0, 1))
        d_v = torch.mul(d_z, self._weight(2), out=self._heads(self.gather_a))
        grads.v_op.add_(d_v.reshape(runs, n, -1).sum(1, keepdim=True))

    def _heads(self, rows: Tensor) -> Tensor:
        """Return rows of d_model numbers as [R, n or 1, head, d_head], a view."""
        rows = rows.view(self.runs, -1, self.config.d_model) if rows.dim() == 2 else rows
        return rows.view(*rows.shape[:2], self.config.n_heads, self.config.d_head)

    def _weight(self, place: int) -> Tensor:
        """Return the attention paid to a position, [R, n, head, 1]."""
        return self.pattern[:, :, place].unsqueeze(3)


def back_to_pre(gradient: Tensor, post: Tensor, pre: Tensor | None) -> None:
    """Turn the gradient of mlp_post into that of mlp_pre, in place; without ``pre``, by ReLU."""
    if pre is None:
        torch.ops.aten.threshold_backward.grad_input(gradient, post, 0, grad_input=gradient)
    else:
        gradient.copy_(torch.ops.aten.gelu_backward(gradient, pre))


@torch.no_grad()
def all_pairs(weights: Mapping[str, Tensor], op: int, config: ModelConfig) -> dict[str, Tensor]:
    """Return ``logits`` [p*p, p], ``mlp_post`` [p*p, d_mlp] and ``pattern`` [p*p, 3, head].

    ``weights`` are one network's, without a run axis; pairs are flattened as a*p + b.
    """
    p = config.p
    one = {name: tensor.unsqueeze(0) for name, tensor in weights.items()}
    factors = factorise(one, op, config)
    row_a, row_b = torch.meshgrid(torch.arange(p), torch.arange(p), indexing="ij")
    index = [rows.reshape(1, -1).to(factors.w_pre.device) for rows in (row_a, row_b)]
    unused = torch.zeros_like(index[0])
    examples = Examples(op, index[0], index[1], unused, unused)
    block = BlockPass(config, 1, p * p, factors.w_pre, torch.float64)
    logits = block.forward(factors, examples)
    return {
        "logits": logits[0],
        "mlp_post": block.hidden[0, :, : config.d_mlp],
        "pattern": block.pattern[0],
    }
