"""Attention with a temperature, by mouse, by keyboard and by address, against NumPy."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import measured
from tests.browser.altered import answers
from tests.browser.conftest import Visit, Watch
from tests.browser.instrument import (
    Instrument,
    brought_near,
    fits,
    painted,
    redrawn,
    start_and_stop,
    unreachable,
)

INSTRUMENT = Instrument("temperature", "foundations.html")
BOX = INSTRUMENT.box
control, readout, value = INSTRUMENT.control, INSTRUMENT.readout, INSTRUMENT.value
STEP = 20 ** (1 / 100)  # factor of one step of the slider
CLOSE = 2e-3
LAST = measured.epochs()[-1]


def shows(page: Page, T: float, epoch: int, pair: tuple[int, int] = (43, 98)) -> None:
    """Check every read-out of a temperature at a checkpoint against NumPy."""
    expect(readout(page, "T")).to_have_text(f"{T:.3g}")
    expect(readout(page, "epoch")).to_have_text(f"{epoch:,}")
    INSTRUMENT.settled(page)
    found = answers(epoch, T)
    assert value(page, "accuracy") == pytest.approx(found.accuracy, abs=2e-4)
    assert value(page, "loss") == pytest.approx(found.loss, rel=CLOSE)
    assert value(page, "entropy") == pytest.approx(found.entropy, rel=CLOSE)
    a, b = pair
    assert value(page, "answer") == found.answer[a * measured.P + b]
    expect(readout(page, "accuracy-trained")).not_to_have_text("…")
    assert value(page, "accuracy-trained") == pytest.approx(answers(epoch).accuracy, abs=2e-4)


def test_it_starts_as_trained_and_arrow_keys_cool_and_heat(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    shows(page, 1, LAST)
    assert painted(page, ".temperature-heads canvas")
    for canvas in range(3):
        assert painted(page, f".temperature-curves > :nth-child({canvas + 1}) canvas")
    slider = control(page, "T")
    slider.press("ArrowLeft")
    shows(page, float(f"{1 / STEP:.4g}"), LAST)
    slider.press("Home")
    shows(page, 0.05, LAST)
    expect(slider).to_have_attribute("aria-valuetext", "temperature 0.05")
    slider.press("End")
    shows(page, 20, LAST)
    INSTRUMENT.says(page, f"temperature 20, epoch {LAST:,}: accuracy", "of at most 1.099 nats")


def test_another_pair_has_its_own_pattern_and_answer(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(T=5))
    heads = page.locator(".temperature-heads canvas")
    before = heads.get_attribute("aria-label")
    control(page, "a").fill("7")
    control(page, "b").fill("12")
    shows(page, 5, LAST, (7, 12))
    after = str(heads.get_attribute("aria-label"))
    assert after != before
    assert "for 7 + 12 at T = 5" in after
    for h, own in enumerate(answers(LAST, 5).pattern[7 * measured.P + 12]):
        told = ", ".join(f"{100 * share:.0f}%" for share in own)
        assert f"Head {h}: {told}" in after
    control(page, "a").fill("900")  # no token: it is put back
    control(page, "a").press("Enter")
    control(page, "b").focus()
    expect(control(page, "a")).to_have_value("7")
    shows(page, 5, LAST, (7, 12))


def test_dragging_in_a_chart_chooses_the_temperature(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    shows(page, 1, LAST)
    size = brought_near(page.locator(".temperature-curves > :first-child canvas"))
    y = size["y"] + size["height"] / 2
    page.mouse.move(size["x"] + size["width"] - 9, y)
    page.mouse.down()
    page.mouse.up()
    expect(readout(page, "T")).to_have_text(re.compile(r"^(19|20)"))
    page.mouse.move(size["x"], y)
    expect(readout(page, "T")).to_have_text(re.compile(r"^(19|20)"))


def test_the_curve_grows_until_it_is_stopped_and_can_be_finished(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    shows(page, 1, LAST)
    sweep = control(page, "sweep")
    expect(sweep).to_have_text("The curve is computed")  # it opens with it
    expect(sweep).to_be_disabled()
    control(page, "epoch").press("ArrowLeft")
    shows(page, 1, measured.epochs()[-2])
    expect(sweep).to_have_text("Compute the curve (20 points)")
    start_and_stop(sweep, r"Stop \(2 of 20 done, \d+ (s|min) left\)")
    expect(sweep).to_have_text(re.compile(r"Compute the curve \(1[2-8] points\)"))
    control(page, "reset").click()
    expect(sweep).to_have_text("The curve is computed")


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    control(page, "T").press("ArrowRight")
    control(page, "epoch").press("ArrowLeft")
    control(page, "a").fill("3")
    warmer, before = float(f"{STEP:.4g}"), measured.epochs()[-2]
    shows(page, warmer, before, (3, 98))
    expect(page).to_have_url(re.compile(f"temperature.a=3.*T={warmer}.*epoch={before}"))
    page.reload()
    shows(page, warmer, before, (3, 98))
    control(page, "reset").click()
    shows(page, 1, LAST)
    expect(page).not_to_have_url(re.compile("temperature.T="))


def test_on_a_phone_at_an_address_without_sense_it_fits_and_in_the_dark_it_is_drawn_anew(
    visit: Visit,
) -> None:
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(T="x", a=1.5, epoch=1), width=360)
    shows(page, 1, LAST)
    assert fits(page)
    with redrawn(page, ".temperature-heads canvas"):
        page.emulate_media(color_scheme="dark")
    shows(INSTRUMENT.alone(visit, INSTRUMENT.address(T=900)), 1, LAST)


def test_checkpoints_have_curves_of_their_own_and_a_missing_one_is_told_in_the_box(
    visit: Visit, watch: Watch
) -> None:
    watch.expect(r"network-addition-e0|ERR_FAILED")
    page = INSTRUMENT.alone(visit, origin="server")
    shows(page, 1, LAST)
    failure = INSTRUMENT.failure(page)
    with unreachable(page, "network-addition-e000000.js"):
        control(page, "epoch").press("Home")
        expect(failure).to_contain_text("could not load data/network-addition-e000000.js")
        shows(page, 1, LAST)
    control(page, "epoch").press("Home")
    shows(page, 1, measured.epochs()[0])
    expect(failure).to_be_hidden()
    control(page, "epoch").press("ArrowRight")
    shows(page, 1, measured.epochs()[1])
