"""Look inside: a file that the reader opens, and what was trained, under the instruments."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.instrument import Instrument, fits, number_in, painted
from tests.planted import log_network
from timeless.training.exchange import save_network

TRAIN, LOOK = Instrument("train", "train.html"), Instrument("look", "train.html")
TOLD = {
    "p": 11, "operation": "a*b", "share": 0.5, "n_heads": 1, "d_model": 26, "d_mlp": 66,
    "activation": "relu", "learning_rate": 0.003, "weight_decay": 1, "warmup": 10, "seed": 0,
}  # fmt: skip


def look_at(page: Page, view: str) -> None:
    LOOK.control(page, "view", view).click()
    expect(page.locator(".look-room")).to_have_attribute("data-state", "ready")


def test_a_file_is_opened_and_looked_into_by_every_instrument(visit: Visit, tmp_path: Path) -> None:
    """A network planted in the order of logarithms, whose answers are known."""
    path = tmp_path / "planted.safetensors"
    weights = log_network(11, {1: 2.0, 3: 3.0}, {1: 9.0, 3: 9.0})
    save_network(path, weights, TOLD)
    page = TRAIN.open_at(visit, TRAIN.address(p=11, width=32, pace="full"), width=360)
    TRAIN.control(page, "file").set_input_files(path)
    expect(TRAIN.readout(page, "story")).to_contain_text(path.name)
    TRAIN.settled(page)
    LOOK.open_at(lambda *_args, **_options: page)
    look_at(page, "measures")
    expect(LOOK.readout(page, "measured")).to_contain_text("2 frequencies of 5: 1, 3.")
    expect(LOOK.readout(page, "source")).to_contain_text("multiplication modulo 11")
    restricted = page.locator("[data-measure=restricted-accuracy-all]")
    assert number_in(restricted) == 1
    look_at(page, "clocks")
    expect(page.locator(".clocks-sentence")).to_contain_text("modulo 11. Every wave is high at")
    assert painted(page, ".clocks-face canvas >> nth=0")
    look_at(page, "network")
    expect(page.locator("[data-split=all] [data-here=accuracy]")).to_have_text("100%")
    for view in ("surgery", "spectrum", "discrete-log"):
        look_at(page, view)
        assert painted(page, ".look-room canvas >> nth=0")
        assert fits(page)
    expect(page.locator(".look-room [data-readout=title]")).to_contain_text("powers of 2")
    TRAIN.control(page, "step").click()  # what was trained on is another moment
    expect(LOOK.readout(page, "source")).to_contain_text("trained on")
    expect(LOOK.failure(page).first).to_be_hidden()


STOP_ON_THE_WAY = """() => {
  const button = document.querySelector(".look-room [data-control=sweep]");
  const onTheWay = button && /^Stop \\([1-9] of 17 done, \\d+ s /.test(button.textContent);
  if (onTheWay) button.click();
  return Boolean(onTheWay);
}"""


def test_what_takes_long_to_measure_can_be_stopped_and_goes_on(visit: Visit) -> None:
    page = LOOK.alone(visit, LOOK.address(network="addition", view="measures"))
    page.wait_for_function(STOP_ON_THE_WAY)
    sweep = page.locator(".look-room [data-control=sweep]")
    expect(sweep).to_have_text("Go on")
    expect(page.locator(".look-measures")).to_contain_text(
        re.compile("stopped; what was measured stays", re.IGNORECASE)
    )
    sweep.click()
    expect(LOOK.readout(page, "neurons")).to_contain_text("neurons belong to one frequency")
    expect(LOOK.readout(page, "measured")).to_contain_text("With their waves alone it answers 100%")
    expect(sweep).to_be_hidden()
    assert painted(page, ".look-bars canvas")
