"""The network, as plain as it can be written: the reference for the fast path and the analysis.

Weights are a dict of arrays in the names and the orientation of TransformerLens (every matrix
multiplies from the right). This file reads from top to bottom as one forward pass.
"""

import math
from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from timeless.config import ModelConfig
from timeless.training import stablemax


def parameter_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """Return the shape of every weight tensor, in the order in which they are stored."""
    m, h, d = config.d_model, config.n_heads, config.d_head
    return {
        "W_E": (config.d_vocab, m),
        "W_pos": (config.n_ctx, m),
        "W_Q": (h, m, d),
        "W_K": (h, m, d),
        "W_V": (h, m, d),
        "W_O": (h, d, m),
        "W_in": (m, config.d_mlp),
        "b_in": (config.d_mlp,),
        "W_out": (config.d_mlp, m),
        "b_out": (m,),
        "W_U": (m, config.p),
        "b_U": (config.p,),
    }


def init_params(config: ModelConfig, seed: int) -> dict[str, NDArray[np.float32]]:
    """Return initial weights: normal with standard deviation 1/sqrt(d_model), biases zero.

    Drawn by NumPy from a generator seeded with (seed, 0), so they do not depend on the device.
    """
    rng = np.random.default_rng([seed, 0])
    std = 1 / math.sqrt(config.d_model)
    return {
        name: np.zeros(shape, np.float32)
        if name.startswith("b_")
        else (std * rng.standard_normal(shape)).astype(np.float32)
        for name, shape in parameter_shapes(config).items()
    }


def activation(pre: Tensor, act: str) -> Tensor:
    """Return the MLP's activation function, "relu" or "gelu" (exact), of its argument."""
    return F.relu(pre) if act == "relu" else F.gelu(pre)


def forward(params: Mapping[str, Tensor], tokens: Tensor, config: ModelConfig) -> dict[str, Tensor]:
    """Return every activation of the network by name, ``logits`` last.

    ``tokens`` has shape [n, 3]. Shapes, with pos = 3 positions: ``resid_pre``, ``resid_mid``,
    ``resid_post`` [n, pos, d_model]; ``attn_scores``, ``pattern`` [n, head, query, key];
    ``z`` [n, pos, head, d_head]; ``mlp_pre``, ``mlp_post`` [n, pos, d_mlp]; ``logits`` [n, p],
    read at the last position. A position attends to itself and to earlier ones.
    """
    resid_pre = params["W_E"][tokens] + params["W_pos"]

    q = torch.einsum("npm,hmd->nphd", resid_pre, params["W_Q"])
    k = torch.einsum("npm,hmd->nphd", resid_pre, params["W_K"])
    v = torch.einsum("npm,hmd->nphd", resid_pre, params["W_V"])
    scores = torch.einsum("nqhd,nkhd->nhqk", q, k) / math.sqrt(config.d_head)
    later = torch.ones(config.n_ctx, config.n_ctx, dtype=torch.bool, device=tokens.device).triu(1)
    attn_scores = scores.masked_fill(later, -torch.inf)
    pattern = attn_scores.softmax(dim=-1)
    z = torch.einsum("nhqk,nkhd->nqhd", pattern, v)
    resid_mid = resid_pre + torch.einsum("nphd,hdm->npm", z, params["W_O"])

    mlp_pre = resid_mid @ params["W_in"] + params["b_in"]
    mlp_post = activation(mlp_pre, config.act)
    resid_post = resid_mid + mlp_post @ params["W_out"] + params["b_out"]

    logits = resid_post[:, -1] @ params["W_U"] + params["b_U"]
    return {
        "resid_pre": resid_pre,
        "attn_scores": attn_scores,
        "pattern": pattern,
        "z": z,
        "resid_mid": resid_mid,
        "mlp_pre": mlp_pre,
        "mlp_post": mlp_post,
        "resid_post": resid_post,
        "logits": logits,
    }


def cross_entropy(
    logits: Tensor, labels: Tensor, loss_dtype: str = "float64", loss: str = "softmax"
) -> Tensor:
    """Return the mean cross-entropy in nats, computed in ``loss_dtype``.

    ``logits`` has shape [n, p], ``labels`` [n]; ``loss`` is "softmax" or "stablemax". Late in
    training the loss is of the size of the steps that float32 has near 1, hence the default.
    """
    logits = logits.to(getattr(torch, loss_dtype))
    if loss == "stablemax":
        return stablemax.losses(stablemax.counted(logits), labels).mean()
    return F.cross_entropy(logits, labels)
