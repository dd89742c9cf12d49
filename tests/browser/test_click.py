"""The hero: chaos becomes a ring, once by itself, and whenever the reader wants."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import measured
from tests.browser.conftest import Visit
from tests.browser.instrument import Instrument, brought_near, frame, painted, pause_on_the_way
from timeless.instruments.click import told_epochs

INSTRUMENT = Instrument("click", "index.html")
control, readout, value = INSTRUMENT.control, INSTRUMENT.readout, INSTRUMENT.value
END = told_epochs(measured.addition())[-1]


def last_position(page: Page) -> int:
    return int(str(control(page, "position").get_attribute("max")))


def test_with_reduced_motion_it_rests_at_the_ring_and_plays_to_the_end_and_again(
    visit: Visit,
) -> None:
    page = INSTRUMENT.open_at(visit, still=True)
    play, position, last = control(page, "play"), control(page, "position"), last_position(page)
    expect(play).to_have_text("Play again")
    expect(position).to_have_value(str(last))
    expect(readout(page, "epoch")).to_have_text(f"{END:,}")
    assert painted(page, ".click-ring canvas")
    assert painted(page, ".click-curves canvas")
    position.press("ArrowLeft")
    expect(position).to_have_value(str(last - 1))
    play.press("Enter")
    expect(play).to_have_text("Play again")
    expect(position).to_have_value(str(last))
    play.press("Enter")
    pause_on_the_way(position, play)
    expect(play).to_have_text("Play")


@pytest.mark.parametrize("origin", ["file", "server"])
def test_it_plays_by_itself_once_it_is_seen(visit: Visit, origin: str) -> None:
    page = INSTRUMENT.open_at(visit, origin=origin, still=False)
    page.locator(".click-ring").scroll_into_view_if_needed()
    play = control(page, "play")
    pause_on_the_way(control(page, "position"), play)
    expect(play).to_have_text("Play")
    assert 0 < value(page, "epoch") < END


def test_scrubbing_shows_the_measured_accuracies(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    position, last = control(page, "position"), last_position(page)
    curves = page.locator(".click-curves canvas")
    size = brought_near(curves)
    curves.click(position={"x": 46 + (size["width"] - 56) / 2, "y": size["height"] / 2})
    assert value(page, "epoch") == pytest.approx(END / 2, abs=0.02 * END)
    expect(page).to_have_url(re.compile(r"click\.epoch=\d+"))
    position.press("Home")
    INSTRUMENT.says(page, "epoch 0, train ")
    for at in range(last + 1):
        expect(position).to_have_value(str(at))
        wanted = measured.accuracy_at(int(value(page, "epoch")))
        assert value(page, "test-accuracy") == pytest.approx(wanted, abs=1e-5)
        position.press("ArrowRight")
    expect(readout(page, "epoch")).to_have_text(f"{END:,}")
    size = frame(position)
    position.click(position={"x": 2, "y": size["height"] / 2})
    expect(readout(page, "epoch")).to_have_text("0")
    told = re.compile(r"^epoch 0, train .*%, test .*%$")
    expect(position).to_have_attribute("aria-valuetext", told)


def test_a_moment_can_be_shared(visit: Visit) -> None:
    page = INSTRUMENT.open_at(visit, still=False)
    position = control(page, "position")
    position.press("End")
    position.press("ArrowLeft")
    text = readout(page, "epoch").inner_text()
    expect(page).to_have_url(re.compile(f"click.epoch={text.replace(',', '')}"))
    page.reload()
    expect(readout(page, "epoch")).to_have_text(text)
    expect(control(page, "play")).to_have_text("Play")
