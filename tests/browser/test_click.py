"""The hero: chaos becomes a ring, once by itself, and whenever the reader wants."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import measured
from tests.browser.conftest import Visit
from tests.browser.reading import painted, wait_until_it_moves

BOX = "[data-widget=click]"


def control(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-control={name}]")


def readout(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-readout={name}]")


def open_at(visit: Visit, address: str = "", **options: object) -> Page:
    page = visit("index.html" + address, **options)
    page.locator(BOX).scroll_into_view_if_needed()
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready")
    return page


def last_position(page: Page) -> int:
    return int(str(control(page, "position").get_attribute("max")))


def shown_epoch(page: Page) -> int:
    return int(str(readout(page, "epoch").get_attribute("data-value")))


def test_with_reduced_motion_it_rests_at_the_ring(visit: Visit) -> None:
    page = open_at(visit, still=True)
    expect(control(page, "play")).to_have_text("Play again")
    expect(control(page, "position")).to_have_value(str(last_position(page)))
    expect(readout(page, "epoch")).to_have_text(f"{measured.epochs()[-1]:,}")
    assert painted(page, ".click-ring canvas")
    assert painted(page, ".click-curves canvas")


@pytest.mark.parametrize("origin", ["file", "server"])
def test_it_plays_by_itself_once_it_is_seen(visit: Visit, origin: str) -> None:
    page = open_at(visit, origin=origin, still=False)
    page.locator(".click-ring").scroll_into_view_if_needed()
    play, position = control(page, "play"), control(page, "position")
    wait_until_it_moves(position)
    expect(play).to_have_text("Pause")
    play.click()
    expect(play).to_have_text("Play")
    epoch = shown_epoch(page)
    assert 0 < epoch < measured.epochs()[-1]


def test_it_plays_to_the_end_and_again(visit: Visit) -> None:
    page = open_at(visit, still=True)
    position, last = control(page, "position"), last_position(page)
    position.press("ArrowLeft")
    expect(position).to_have_value(str(last - 1))
    control(page, "play").press("Enter")
    expect(control(page, "play")).to_have_text("Play again")
    expect(position).to_have_value(str(last))
    control(page, "play").press("Enter")
    wait_until_it_moves(position)


def test_scrubbing_shows_the_measured_accuracies(visit: Visit) -> None:
    page = open_at(visit)
    position, last = control(page, "position"), last_position(page)
    position.press("Home")
    for at in range(last + 1):
        expect(position).to_have_value(str(at))
        shown = float(str(readout(page, "test-accuracy").get_attribute("data-value")))
        assert shown == pytest.approx(measured.accuracy_at(shown_epoch(page)), abs=1e-5)
        position.press("ArrowRight")
    expect(readout(page, "epoch")).to_have_text(f"{measured.epochs()[-1]:,}")


def test_the_scrubber_follows_the_mouse(visit: Visit) -> None:
    page = open_at(visit)
    position = control(page, "position")
    size = position.bounding_box()
    assert size
    position.click(position={"x": 2, "y": size["height"] / 2})
    expect(readout(page, "epoch")).to_have_text("0")
    told = re.compile(r"^epoch 0, train .*%, test .*%$")
    expect(position).to_have_attribute("aria-valuetext", told)


def test_a_moment_can_be_shared(visit: Visit) -> None:
    page = open_at(visit, still=False)
    position = control(page, "position")
    position.press("End")
    position.press("ArrowLeft")
    text = readout(page, "epoch").inner_text()
    expect(page).to_have_url(re.compile(f"click.epoch={text.replace(',', '')}"))
    page.reload()
    expect(readout(page, "epoch")).to_have_text(text)
    expect(control(page, "play")).to_have_text("Play")


def test_it_speaks_when_it_rests(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "position").press("Home")
    spoken = readout(page, "spoken")
    expect(spoken).to_have_attribute("aria-live", "polite")
    expect(spoken).to_contain_text("epoch 0, train ")


def test_it_stands_alone_in_its_harness(visit: Visit) -> None:
    page = visit("dev/click.html")
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready")
