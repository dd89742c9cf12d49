"""Published weights in TransformerLens, by the code that Methods shows: `make test-lens`.

`make test` does not collect this: TransformerLens brings sixty packages, plug-ins for pytest among
them.
"""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from timeless.config import ModelConfig
from timeless.results.weights import load_weights
from timeless.training.model import forward

ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT / "artifacts" / "weights"
NETWORKS = {  # file and activation
    "addition-seed10-final": "relu",
    "multiplication-seed0-final": "relu",
    "variants-heads1-relu-float64-seed0-final": "relu",
    "variants-heads1-gelu-float64-seed0-final": "gelu",
    "variants-heads4-gelu-float64-seed0-final": "gelu",
}
CLOSE = {"float32": 1e-5, "float64": 1e-13}  # of the largest logit

pytestmark = pytest.mark.filterwarnings("ignore")  # of the packages around TransformerLens


@pytest.fixture(scope="module")
def page() -> dict[str, object]:
    """Return what the code of the page has defined, run where the weights lie."""
    text = (ROOT / "site_src" / "pages" / "methods.md").read_text()
    (code,) = (
        block
        for block in re.findall(r"```python\n(.*?)```", text, re.S)
        if "transformer_lens" in block
    )
    defined: dict[str, object] = {}
    with pytest.MonkeyPatch.context() as here:
        here.chdir(WEIGHTS)
        exec(code, defined)  # noqa: S102, the page's own code
    return defined


def test_the_code_of_the_page_answers_as_it_says(page):
    assert int(page["logits"].argmax()) == (17 + 59) % 131


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize(("name", "act"), NETWORKS.items())
def test_all_pairs_get_the_logits_of_our_own_forward_pass(page, name, act, dtype, record_property):
    path = WEIGHTS / f"{name}.safetensors"
    ours = {
        key: torch.from_numpy(array).to(dtype)
        for key, array in load_weights(path)[0].items()
        if key != "train_index"
    }
    p, (heads, d_model, _) = len(ours["b_U"]), ours["W_Q"].shape
    model = ModelConfig(p=p, n_heads=heads, d_model=d_model, d_mlp=len(ours["b_in"]), act=act)
    a, b = (grid.ravel() for grid in np.indices((p, p)))
    tokens = torch.from_numpy(np.stack([a, b, np.full(p * p, p)], axis=1))
    hooked = page["hooked"](path, act).to(dtype)
    with torch.no_grad():
        expected = forward(ours, tokens, model)["logits"]
        found = torch.cat([hooked(part)[:, -1] for part in tokens.split(4096)])
    largest = float(expected.abs().max())
    apart = float((found - expected).abs().max())
    print(f"{name} {dtype}: {apart:.1e} of {largest:.0f}")  # noqa: T201
    assert apart <= CLOSE[str(dtype).removeprefix("torch.")] * largest
