"""The address of a page: instruments follow it, also to another link and back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from timeless.folders import Catalogue

INSTRUMENTS = Catalogue("widget", "timeless.instruments").names()

# What its controls show, and what the guess asks: all else follows from them.
SHOWN = """() => JSON.stringify(Array.from(
  document.querySelectorAll("[data-widget] :is([data-control], [data-readout=question])"),
  (one) => [one.value, one.checked, one.ariaPressed, one.dataset.readout && one.textContent],
))"""


def change(page: Page) -> None:
    """Use a control: move the first slider to one of its ends, or press what is not pressed."""
    sliders = page.locator("[data-widget] input[type=range]:visible:enabled")
    if not sliders.count():
        page.locator("[data-widget] [data-control][aria-pressed=false]").first.click()
        return
    slider = sliders.first
    at_start = slider.evaluate("(slider) => slider.valueAsNumber === Number(slider.min)")
    slider.press("End" if at_start else "Home")


def shows(page: Page, wanted: str) -> None:
    expect(page.locator("[data-widget]")).to_have_attribute("data-state", "ready")
    page.wait_for_function(f"wanted => ({SHOWN})() === wanted", arg=wanted)


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_an_instrument_follows_its_address_to_another_link_and_back(
    visit: Visit, name: str
) -> None:
    page = visit(f"dev/{name}.html")
    expect(page.locator("[data-widget]")).to_have_attribute("data-state", "ready")
    start = page.evaluate(SHOWN)
    change(page)
    page.wait_for_function("name => location.hash.includes(`${name}.`)", arg=name)
    changed = page.evaluate(SHOWN)
    assert changed != start
    page.evaluate("location.hash = ''")
    shows(page, start)
    page.go_back()
    shows(page, changed)
