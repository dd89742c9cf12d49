"""The data of the sandbox, and what its page says of the constants put in by hand."""

import re

import numpy as np
import pytest

from tests.sites import ROOT
from timeless.instruments import Widget
from timeless.instruments.sandbox import MEASURES, widget
from timeless.results.artifacts import Results
from timeless.results.encoding import receive_script

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
