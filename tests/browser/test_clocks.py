"""The clocks: what is shown at first, one wave alone, another pair and checkpoint, and back."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.instrument import Instrument, fits, painted
from tests.browser.measured import RESULTS
from timeless.instruments.clocks import carrying_freqs
from timeless.instruments.network import first_one_way_pair

INSTRUMENT = Instrument("clocks", "index.html")
control, readout, value = INSTRUMENT.control, INSTRUMENT.readout, INSTRUMENT.value
P = 131


def test_waves_add_up_to_the_answer_and_one_alone_is_nearly_tied(visit: Visit) -> None:
    a, b = first_one_way_pair(RESULTS)
    freqs = carrying_freqs(RESULTS["addition"])
    keys = RESULTS["addition"].summary["key_freqs_by_neurons"]  # the others' waves are too low
    page = INSTRUMENT.alone(visit, width=360)
    INSTRUMENT.settled(page)
    assert [k for k in freqs if control(page, f"k{k}").is_visible()] == keys
    assert value(page, "sum") == value(page, "network") == (a + b) % P
    assert value(page, "left") < 0.1
    assert fits(page)
    assert painted(page, f"[data-frequency='{keys[0]}'] .clocks-face canvas")
    for k in keys[1:]:
        control(page, f"k{k}").press("Space")
    INSTRUMENT.says(page, f"{a} + {b} = {(a + b) % P} modulo", "nearly a tie")
    control(page, "b").press("ArrowRight")
    expect(readout(page, "said")).to_contain_text(f"{a} + {b + 1} = {(a + b + 1) % P} modulo")
    expect(page).to_have_url(re.compile(rf"clocks\.b={b + 1}&clocks\.k{keys[1]}=false"))
    page.reload()
    expect(readout(page, "said")).to_contain_text("nearly a tie")
    control(page, "epoch").press("Home")
    expect(readout(page, "said")).to_contain_text("next to flat")
    control(page, "reset").press("Enter")
    expect(readout(page, "sum")).to_have_text(str((a + b) % P))
    control(page, "play").press("Enter")
    expect(readout(page, "said")).to_contain_text("No wave is added yet")
    control(page, "play").press("Enter")
    expect(readout(page, "said")).to_contain_text("nowhere else do all")
    memorised = next(e for e in RESULTS["addition"].summary["published_epochs"] if e > 1000)
    page.evaluate("hash => { location.hash = hash; }", INSTRUMENT.address(epoch=memorised))
    expect(readout(page, "said")).to_contain_text("but they explain only")
