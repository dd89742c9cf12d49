"""The spectrum analyser, by mouse, by keyboard and by address, against NumPy."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import measured
from tests.browser.conftest import Visit, Watch
from tests.browser.instrument import (
    Instrument,
    brought_near,
    frame,
    painted,
    pause_on_the_way,
    redrawn,
    stand_in_one_column,
    unreachable,
)

INSTRUMENT = Instrument("spectrum", "fourier.html")
BOX = INSTRUMENT.box
control, readout, value = INSTRUMENT.control, INSTRUMENT.readout, INSTRUMENT.value
TOP = measured.P // 2
# Weights travel as 16-bit integers: their error, against the largest weight, is below 2**-16.
CLOSE = 2e-3


def shows(page: Page, k: int, epoch: int) -> None:
    """Check every read-out of frequency k at a checkpoint against NumPy."""
    expect(readout(page, "epoch")).to_have_text(f"{epoch:,}")
    expect(readout(page, "frequency")).to_have_text(str(k))
    spectrum = measured.spectrum(epoch)
    assert value(page, "norm") == pytest.approx(spectrum.norm[k - 1], rel=CLOSE, abs=CLOSE)
    assert value(page, "share") == pytest.approx(spectrum.share[k - 1], rel=CLOSE, abs=CLOSE)
    assert abs(value(page, "rank") - spectrum.rank(k)) <= near_ties(spectrum, k)
    assert value(page, "test-accuracy") == pytest.approx(measured.accuracy_at(epoch), abs=1e-5)
    expect(readout(page, "norm")).to_have_text(f"{value(page, 'norm'):.2f}")
    expect(readout(page, "rank")).to_have_text(f"{value(page, 'rank'):.0f} of {TOP}")


def near_ties(spectrum: measured.Spectrum, k: int) -> int:
    """Return how many other frequencies lie so near that rounding may order them otherwise."""
    return int((abs(spectrum.norm - spectrum.norm[k - 1]) < CLOSE).sum()) - 1


def strongest(epoch: int) -> int:
    return 1 + int(measured.spectrum(epoch).norm.argmax())


def test_it_starts_with_the_strongest_frequency_of_the_last_checkpoint(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, device_scale_factor=2)
    last = measured.epochs()[-1]
    shows(page, strongest(last), last)
    for panel in ("bars", "wave", "ring"):
        assert painted(page, f".spectrum-{panel} canvas")
    wide, css = page.locator(".spectrum-bars canvas").evaluate("c => [c.width, c.clientWidth]")
    assert wide == 2 * css, "a canvas is sharp on a fine screen"


def test_arrow_keys_and_the_mouse_choose_the_frequency(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    slider, last = control(page, "frequency"), measured.epochs()[-1]
    slider.press("End")
    shows(page, TOP, last)
    slider.press("ArrowLeft")
    shows(page, TOP - 1, last)
    slider.press("Home")
    shows(page, 1, last)
    INSTRUMENT.says(
        page,
        f"frequency 1: norm {value(page, 'norm'):.2f}",
        f"of {TOP}; epoch {measured.epochs()[-1]:,}",
    )
    slider.press("ArrowRight")
    shows(page, 2, last)
    size = frame(slider)
    slider.click(position={"x": size["width"] / 2, "y": size["height"] / 2})
    shows(page, (1 + TOP) // 2, last)


def test_pointing_at_the_spectrum_chooses_the_frequency(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    size = brought_near(page.locator(".spectrum-bars canvas"))
    left, right, y = size["x"] + 1, size["x"] + size["width"] - 3, size["y"] + size["height"] / 2
    page.mouse.move(right, y)
    page.mouse.down()
    expect(readout(page, "frequency")).to_have_text(str(TOP))
    page.mouse.move(left, y, steps=3)
    expect(readout(page, "frequency")).to_have_text("1")
    page.mouse.up()
    page.mouse.move(right, y)
    shows(page, 1, measured.epochs()[-1])


def test_each_key_frequency_has_a_button_and_stands_above_the_threshold(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    last = measured.epochs()[-1]
    norm = measured.spectrum(last).norm
    keys = [k for k in range(1, TOP + 1) if norm[k - 1] > norm.max() / 4]
    assert keys == measured.addition().summary["key_freqs"]
    buttons = page.locator(f"{BOX} [data-key]")
    assert buttons.all_inner_texts() == [str(k) for k in keys]
    for k in keys:
        page.locator(f"{BOX} [data-key='{k}']").click()
        shows(page, k, last)
        expect(page.locator(f"{BOX} [data-key='{k}']")).to_have_attribute("aria-pressed", "true")


def test_arrow_keys_and_the_mouse_scrub_through_the_checkpoints(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    epochs = measured.epochs()
    k = strongest(epochs[-1])
    scrubber = control(page, "checkpoint")
    expect(scrubber).to_have_attribute("aria-valuetext", f"epoch {epochs[-1]:,}")
    for epoch in epochs[-2:-5:-1]:
        scrubber.press("ArrowLeft")
        shows(page, k, epoch)
    scrubber.press("Home")
    shows(page, k, epochs[0])
    size = frame(scrubber)
    scrubber.click(position={"x": size["width"] / 2, "y": size["height"] / 2})
    at = int(scrubber.input_value())
    assert abs(at - (len(epochs) - 1) / 2) <= 1
    shows(page, k, epochs[at])


@pytest.mark.parametrize("still", [True, False])
def test_it_plays_pauses_and_ends_at_the_last_checkpoint(visit: Visit, still: bool) -> None:
    page = INSTRUMENT.alone(visit, still=still)
    play, scrubber, epochs = control(page, "play"), control(page, "checkpoint"), measured.epochs()
    k = strongest(epochs[-1])
    play.press("Enter")
    expect(play).to_have_text("Pause")
    pause_on_the_way(scrubber, play)
    expect(play).to_have_text("Play")
    shows(page, k, epochs[int(scrubber.input_value())])
    scrubber.press("End")
    scrubber.press("ArrowLeft")
    shows(page, k, epochs[-2])
    play.click()
    expect(readout(page, "epoch")).to_have_text(f"{epochs[-1]:,}")
    expect(play).to_have_text("Play")
    shows(page, k, epochs[-1])


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = INSTRUMENT.open_at(visit)
    epochs = measured.epochs()
    control(page, "frequency").press("Home")
    control(page, "checkpoint").press("Home")
    control(page, "order").select_option("kt")
    shows(page, 1, epochs[0])
    expect(page).to_have_url(re.compile("spectrum.k=1&.*spectrum.epoch=0.*spectrum.order=kt"))
    page.reload()
    shows(page, 1, epochs[0])
    expect(control(page, "order")).to_have_value("kt")
    control(page, "reset").click()
    shows(page, strongest(epochs[-1]), epochs[-1])
    expect(control(page, "order")).to_have_value("t")
    expect(page).not_to_have_url(re.compile("spectrum.k="))


@pytest.mark.parametrize("k", [900, -4, "x", "NaN"])
def test_an_address_that_makes_no_sense_does_no_harm(visit: Visit, k: object) -> None:
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(k=k, epoch=1, plane="up"))
    shown = int(readout(page, "frequency").inner_text())
    assert 1 <= shown <= TOP
    shows(page, shown, measured.epochs()[-1])


def test_on_a_phone_the_panels_stack_and_in_the_dark_they_are_drawn_anew(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, width=360)
    assert stand_in_one_column([page.locator(f".spectrum-{name}") for name in ("wave", "ring")])
    with redrawn(page, ".spectrum-bars canvas"):
        page.emulate_media(color_scheme="dark")


def test_a_checkpoint_that_cannot_be_loaded_is_told_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"widget-spectrum-\d|ERR_FAILED")
    page = INSTRUMENT.alone(visit, origin="server")
    failure, epochs = INSTRUMENT.failure(page), measured.epochs()
    k = strongest(epochs[-1])
    with unreachable(page, "widget-spectrum-*.js"):
        control(page, "checkpoint").press("Home")
        expect(failure).to_contain_text("could not load data/widget-spectrum-")
        shows(page, k, epochs[-1])
    control(page, "checkpoint").press("Home")
    shows(page, k, epochs[0])
    expect(failure).to_be_hidden()
