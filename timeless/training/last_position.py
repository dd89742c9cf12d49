"""The network at its last position alone, with what a laboratory may change in it.

Only the last position is read and its token never varies, so queries, keys and values are computed
once per distinct (token, position). Attention can have a temperature, and layer normalisation
can be put where the network was trained without it. Nothing is merged across the places where
that happens and nothing is written in place, so any float type and any derivative passes
through. `model.forward` is the reference; unchanged, both give the same.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from timeless.config import ModelConfig
from timeless.training.model import activation

EPSILON = 1e-5  # what layer normalisation adds to the variance, as usual
PLACES = ("attention", "mlp", "final")  # where it can be inserted


@dataclass(frozen=True)
class Change:
    """Scores are divided by ``temperature``; the stream is normalised before each place."""

    temperature: float = 1.0
    normalised: tuple[str, ...] = ()


UNCHANGED = Change()


def layer_norm(x: Tensor) -> Tensor:
    """Return x with mean 0 and variance 1 along its last axis; no gain, no bias.

    Source: Ba et al. 2016.
    """
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.square().mean(-1, keepdim=True) + EPSILON).sqrt()


def number_rows(params: Mapping[str, Tensor], config: ModelConfig, op: int = 0) -> Tensor:
    """Return the stream's first rows [2p + 1, d_model]: of a, of b, and of the operation."""
    p, W_E, W_pos = config.p, params["W_E"], params["W_pos"]
    a, b = (config.first_number(op, position) for position in (0, 1))
    own = W_E[config.operation_token(op)] + W_pos[2]
    return torch.cat([W_E[a : a + p] + W_pos[0], W_E[b : b + p] + W_pos[1], own.unsqueeze(0)])


def last_position(
    params: Mapping[str, Tensor],
    resid_pre: Tensor,
    rows: Tensor,
    config: ModelConfig,
    change: Change = UNCHANGED,
) -> dict[str, Tensor]:
    """Return what the network computes at the last position of n examples.

    ``resid_pre`` [r, d_model] has the stream's row of every (token, position) that occurs, that
    of the last position last; ``rows`` [n, n_ctx] says which ones an example has. ``pattern``
    [n, head, n_ctx] is the attention to each; ``resid_mid``, ``resid_post`` [n, d_model];
    ``mlp_post`` [n, d_mlp]; ``logits`` [n, p]. Source: ours.
    """

    def stream(x: Tensor, place: str) -> Tensor:
        return layer_norm(x) if place in change.normalised else x

    seen = stream(resid_pre, "attention")
    query = torch.einsum("m,hmd->hd", seen[-1], params["W_Q"])
    keys = torch.einsum("rm,hmd->rhd", seen, params["W_K"])
    values = torch.einsum("rm,hmd->rhd", seen, params["W_V"])
    scores = torch.einsum("hd,rhd->rh", query, keys) / math.sqrt(config.d_head)
    pattern = (F.embedding(rows, scores) / change.temperature).softmax(dim=1)
    attended = F.embedding(rows, values.flatten(1)).view(*rows.shape, *values.shape[1:])
    z = (pattern.unsqueeze(3) * attended).sum(1)
    resid_mid = resid_pre[-1] + z.flatten(1) @ params["W_O"].flatten(0, 1)

    mlp_pre = stream(resid_mid, "mlp") @ params["W_in"] + params["b_in"]
    mlp_post = activation(mlp_pre, config.act)
    resid_post = resid_mid + mlp_post @ params["W_out"] + params["b_out"]
    logits = stream(resid_post, "final") @ params["W_U"] + params["b_U"]
    return {
        "pattern": pattern.transpose(1, 2),
        "resid_mid": resid_mid,
        "mlp_post": mlp_post,
        "resid_post": resid_post,
        "logits": logits,
    }
