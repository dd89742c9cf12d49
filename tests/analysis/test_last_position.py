"""The build's own pass over all pairs, in NumPy, against the one in torch."""

import numpy as np
import torch

from timeless.analysis.last_position import LastPosition, log_chances
from timeless.analysis.network import as_tensors
from timeless.config import ModelConfig
from timeless.training.factorised import all_pairs

CONFIG = ModelConfig(p=7, n_ops=2, d_model=8, n_heads=2, d_mlp=12)
SHAPES = {
    "W_E": (9, 8),
    "W_pos": (3, 8),
    "W_U": (8, 7),
    "b_U": (7,),
    **dict.fromkeys(("W_Q", "W_K", "W_V"), (2, 8, 4)),
    "W_O": (2, 4, 8),
    "W_in": (8, 12),
    "b_in": (12,),
    "W_out": (12, 8),
    "b_out": (8,),
}


def test_logits_neurons_and_chances_are_those_of_torch() -> None:
    rng = np.random.default_rng(0)
    weights = {name: rng.normal(size=shape).astype(np.float16) for name, shape in SHAPES.items()}
    for op in (0, 1):
        found = all_pairs(as_tensors(weights, torch.float64), op, CONFIG)
        logits = found["logits"].numpy().reshape(7, 7, 7)
        network = LastPosition.of(weights, 7, op)
        np.testing.assert_allclose(network.logits(), logits, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(network.logits(slice(2, 4)), logits[2:4], rtol=1e-4, atol=1e-4)
        active = found["mlp_post"].numpy()[:, 5].reshape(7, 7)
        np.testing.assert_allclose(np.maximum(network.mlp_pre(5), 0), active, atol=1e-4)
    chances = torch.from_numpy(logits).log_softmax(-1).numpy()
    np.testing.assert_allclose(log_chances(logits), chances, atol=1e-12)
