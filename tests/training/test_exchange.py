"""Networks from elsewhere: read under either names and in any numbers, or refused by name."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from timeless.config import ModelConfig, TrainConfig, as_dict
from timeless.errors import TimelessError
from timeless.results.weights import save_weights
from timeless.training.exchange import PLACED, open_network, save_network
from timeless.training.model import init_params

ROOT = Path(__file__).parents[2]
MODEL = ModelConfig(p=7, d_model=8, n_heads=2, d_mlp=12, act="gelu")
TOLD = {"p": 7, "operation": "a+b", "activation": "gelu"}
WEIGHTS = {name: array + np.float32(0.25) for name, array in init_params(MODEL, 0).items()}


def test_what_is_saved_comes_back_with_what_it_tells(tmp_path):
    path = tmp_path / "network.safetensors"
    save_network(path, WEIGHTS, TOLD)
    model, weights, told = open_network(path)
    assert (model, told) == (MODEL, TOLD)
    for name, array in WEIGHTS.items():
        np.testing.assert_array_equal(weights[name], array)


def test_the_studys_own_files_are_networks_too(tmp_path):
    path = tmp_path / "own.safetensors"
    run = as_dict(TrainConfig(model=MODEL))
    save_weights(path, WEIGHTS | {"train_index": np.arange(5)}, {"config": run})
    assert open_network(path).model == MODEL


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_a_file_of_transformer_lens_is_cut_to_what_is_used(tmp_path, dtype):
    """As it writes one: with a mask, zero biases of attention, and an output for each token."""
    path = tmp_path / "lens.safetensors"
    tensors = {PLACED[name]: torch.from_numpy(w).to(dtype) for name, w in WEIGHTS.items()}
    for name in ("unembed.W_U", "unembed.b_U"):
        tensors[name] = torch.cat([tensors[name], tensors[name][..., :1]], -1)
    tensors |= {"blocks.0.attn.mask": torch.ones(3, 3, dtype=torch.bool)}
    tensors |= {"blocks.0.attn.b_Q": torch.zeros(2, 4, dtype=dtype)}
    del tensors["blocks.0.mlp.b_out"]
    save_file(tensors, path)
    model, weights, told = open_network(path, act="gelu")
    assert (model, told) == (MODEL, {})
    assert not weights["b_out"].any()
    for name in WEIGHTS.keys() - {"b_out"}:
        wide = torch.float64 if dtype == torch.float64 else torch.float32
        expected = torch.from_numpy(WEIGHTS[name]).to(dtype).to(wide).numpy()
        np.testing.assert_array_equal(weights[name], expected)
        assert weights[name].dtype == expected.dtype


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"W_out": np.zeros((12, 7))}, r"W_out has shape \[12, 7\], expected \[12, 8\]"),
        ({"W_Q": np.zeros((3, 8, 2))}, "W_Q has 3 heads, which do not divide d_model = 8"),
        ({"W_E": np.zeros(8)}, r"W_E has shape \[8\], expected 2 axes"),
        ({"W_U": np.zeros((8, 6))}, "8 rows and W_U 6 columns; expected an odd prime"),
        ({"W_E": np.zeros((15, 8))}, r"W_E has 15 rows, more than one for each of p = 7 numbers"),
        ({"ln.w": np.ones(8)}, "ln.w, which has no place"),
        ({"embed.W_E": WEIGHTS["W_E"].copy()}, "W_E twice"),
        ({"W_in": np.zeros((8, 12), np.int64)}, "W_in holds I64"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_what_was_expected(tmp_path, changed, message):
    path = tmp_path / "odd.safetensors"
    save_file({name: torch.from_numpy(w) for name, w in (WEIGHTS | changed).items()}, path)
    with pytest.raises(TimelessError, match=message):
        open_network(path)


def test_a_damaged_file_or_a_poor_one_is_refused(tmp_path):
    path = tmp_path / "poor.safetensors"
    save_file({"W_E": torch.zeros(8, 8)}, path)
    with pytest.raises(TimelessError, match=r"no W_pos \(or pos_embed\.W_pos"):
        open_network(path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(TimelessError, match="no safetensors file"):
        open_network(path)


def test_the_code_that_methods_shows_answers_all_pairs(tmp_path, monkeypatch):
    """The weights of a network that the page might have saved: here random ones."""
    text = (ROOT / "site_src" / "pages" / "methods.md").read_text(encoding="utf-8")
    (code,) = (
        one for one in re.findall(r"```python\n(.*?)```", text, re.S) if "open_network" in one
    )
    (name,) = re.findall(r'"(.*safetensors)"', code)
    monkeypatch.chdir(tmp_path)
    save_network(tmp_path / name, WEIGHTS, TOLD)
    defined: dict[str, object] = {}
    exec(code, defined)  # noqa: S102, the page's own code
    assert defined["logits"].shape == (49, 7)
