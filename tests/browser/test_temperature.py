"""Attention with a temperature, by mouse, by keyboard and by address, against NumPy."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import measured
from tests.browser.altered import answers
from tests.browser.conftest import Visit, Watch
from tests.browser.reading import painted

BOX = "[data-widget=temperature]"
SLOW = 60_000  # milliseconds that all pairs may take on a busy machine
STEP = 20 ** (1 / 100)  # factor of one step of the slider
CLOSE = 2e-3


def control(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-control={name}]")


def readout(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-readout={name}]")


def value(page: Page, name: str) -> float:
    return float(str(readout(page, name).get_attribute("data-value")))


def settled(page: Page) -> None:
    """Wait until what is asked for has been computed."""
    expect(page.locator(f"{BOX} > .temperature")).to_have_attribute(
        "aria-busy", "false", timeout=SLOW
    )


def shows(page: Page, T: float, epoch: int, pair: tuple[int, int] = (43, 98)) -> None:
    """Check every read-out of a temperature at a checkpoint against NumPy."""
    expect(readout(page, "T")).to_have_text(f"{T:g}")
    expect(readout(page, "epoch")).to_have_text(f"{epoch:,}", timeout=SLOW)
    settled(page)
    found = answers(epoch, T)
    assert value(page, "accuracy") == pytest.approx(found.accuracy, abs=2e-4)
    assert value(page, "loss") == pytest.approx(found.loss, rel=CLOSE)
    assert value(page, "entropy") == pytest.approx(found.entropy, rel=CLOSE)
    a, b = pair
    assert value(page, "answer") == found.answer[a * measured.P + b]
    trained = readout(page, "accuracy-trained")
    expect(trained).not_to_have_text("…", timeout=SLOW)
    assert float(str(trained.get_attribute("data-value"))) == pytest.approx(
        answers(epoch).accuracy, abs=2e-4
    )


def open_at(visit: Visit, address: str = "", **options: object) -> Page:
    page = visit("foundations.html" + address, **options)
    page.locator(BOX).scroll_into_view_if_needed()
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready", timeout=SLOW)
    return page


LAST = measured.epochs()[-1]


@pytest.mark.parametrize("origin", ["file", "server"])
def test_it_starts_as_trained(visit: Visit, origin: str) -> None:
    page = open_at(visit, origin=origin)
    shows(page, 1, LAST)
    assert painted(page, ".temperature-heads canvas")
    for canvas in range(3):
        assert painted(page, f".temperature-curves > :nth-child({canvas + 1}) canvas")


def test_arrow_keys_cool_and_heat(visit: Visit) -> None:
    page = open_at(visit)
    slider = control(page, "T")
    slider.press("ArrowLeft")
    shows(page, float(f"{1 / STEP:.3g}"), LAST)
    slider.press("End")
    shows(page, 20, LAST)
    slider.press("Home")
    shows(page, 0.05, LAST)
    expect(slider).to_have_attribute("aria-valuetext", "temperature 0.05")


def test_another_pair_has_its_own_pattern_and_answer(visit: Visit) -> None:
    page = open_at(visit, "#widget-temperature?temperature.T=5")
    before = page.locator(".temperature-heads canvas").get_attribute("aria-label")
    control(page, "a").fill("7")
    control(page, "b").fill("12")
    shows(page, 5, LAST, (7, 12))
    after = str(page.locator(".temperature-heads canvas").get_attribute("aria-label"))
    assert after != before
    assert "for 7 + 12 at T = 5" in after
    for h, own in enumerate(answers(LAST, 5).pattern[7 * measured.P + 12]):
        told = ", ".join(f"{100 * share:.0f}%" for share in own)
        assert f"Head {h}: {told}" in after


def test_a_number_that_is_no_token_is_put_back(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "a").fill("900")
    control(page, "a").press("Enter")
    control(page, "b").focus()
    expect(control(page, "a")).to_have_value("43")
    shows(page, 1, LAST)


def test_dragging_in_a_chart_chooses_the_temperature(visit: Visit) -> None:
    page = open_at(visit)
    shows(page, 1, LAST)
    canvas = page.locator(".temperature-curves > :first-child canvas")
    canvas.scroll_into_view_if_needed()
    size = canvas.bounding_box()
    assert size
    y = size["y"] + size["height"] / 2
    page.mouse.move(size["x"] + size["width"] - 9, y)
    page.mouse.down()
    page.mouse.up()
    expect(readout(page, "T")).to_have_text(re.compile(r"^(19|20)"))
    page.mouse.move(size["x"], y)
    expect(readout(page, "T")).to_have_text(re.compile(r"^(19|20)"))


def test_the_curve_grows_until_it_is_stopped_and_can_be_finished(visit: Visit) -> None:
    page = open_at(visit)
    shows(page, 1, LAST)
    sweep = control(page, "sweep")
    expect(sweep).to_have_text("Compute the curve (20 points)")
    sweep.click()
    expect(sweep).to_have_text("Stop (2 of 20 done)", timeout=SLOW)
    sweep.click()
    expect(sweep).to_have_text(re.compile(r"Compute the curve \(1[678] points\)"), timeout=SLOW)
    control(page, "reset").click()
    expect(sweep).to_be_enabled()


def test_checkpoints_have_curves_of_their_own(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "epoch").press("Home")
    shows(page, 1, measured.epochs()[0])
    control(page, "epoch").press("ArrowRight")
    shows(page, 1, measured.epochs()[1])


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "T").press("ArrowRight")
    control(page, "epoch").press("ArrowLeft")
    control(page, "a").fill("3")
    warmer, before = float(f"{STEP:.3g}"), measured.epochs()[-2]
    shows(page, warmer, before, (3, 98))
    expect(page).to_have_url(re.compile(f"temperature.a=3.*T={warmer}.*epoch={before}"))
    page.reload()
    shows(page, warmer, before, (3, 98))
    control(page, "reset").click()
    shows(page, 1, LAST)
    expect(page).not_to_have_url(re.compile("temperature.T="))


@pytest.mark.parametrize("nonsense", ["T=900", "T=x", "a=1.5", "epoch=1"])
def test_an_address_that_makes_no_sense_does_no_harm(visit: Visit, nonsense: str) -> None:
    page = open_at(visit, f"#widget-temperature?temperature.{nonsense}")
    shows(page, 1, LAST)


def test_it_speaks(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "T").press("End")
    shows(page, 20, LAST)
    spoken = readout(page, "spoken")
    expect(spoken).to_have_attribute("aria-live", "polite")
    expect(spoken).to_contain_text(f"temperature 20, epoch {LAST:,}: accuracy")
    expect(spoken).to_contain_text("of at most 1.099 nats")


def test_on_a_phone_it_fits_and_in_the_dark_it_is_drawn_anew(visit: Visit) -> None:
    page = open_at(visit, width=360)
    shows(page, 1, LAST)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    canvas = page.locator(".temperature-heads canvas")
    before = canvas.evaluate("canvas => canvas.toDataURL()")
    page.emulate_media(color_scheme="dark")
    redrawn = "before => document.querySelector('.temperature-heads canvas').toDataURL() !== before"
    page.wait_for_function(redrawn, arg=before)


def test_a_checkpoint_that_cannot_be_loaded_is_told_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"network-addition-e0|ERR_FAILED")
    page = open_at(visit, origin="server")
    shows(page, 1, LAST)
    page.route("**/data/network-addition-e000000.js", lambda route: route.abort())
    control(page, "epoch").press("Home")
    failure = page.locator(f"{BOX} [role=alert]")
    expect(failure).to_contain_text("could not load data/network-addition-e000000.js")
    shows(page, 1, LAST)
    page.unroute("**/data/network-addition-e000000.js")
    control(page, "epoch").press("Home")
    shows(page, 1, measured.epochs()[0])
    expect(failure).to_be_hidden()


def test_it_stands_alone_in_its_harness(visit: Visit) -> None:
    page = visit("dev/temperature.html")
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready", timeout=SLOW)
    shows(page, 1, LAST)
