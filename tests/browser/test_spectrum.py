"""The spectrum analyser, by mouse, by keyboard and by address, against NumPy."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import measured
from tests.browser.conftest import Visit, Watch
from tests.browser.reading import painted, wait_until_it_moves

BOX = "[data-widget=spectrum]"
TOP = measured.P // 2
# Weights travel as 16-bit integers: their error, against the largest weight, is below 2**-16.
CLOSE = 2e-3


def control(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-control={name}]")


def readout(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-readout={name}]")


def value(page: Page, name: str) -> float:
    return float(str(readout(page, name).get_attribute("data-value")))


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


def open_at(visit: Visit, address: str = "", **options: object) -> Page:
    page = visit("fourier.html" + address, **options)
    page.locator(BOX).scroll_into_view_if_needed()
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready")
    return page


def strongest(epoch: int) -> int:
    return 1 + int(measured.spectrum(epoch).norm.argmax())


@pytest.mark.parametrize("origin", ["file", "server"])
def test_it_starts_with_the_strongest_frequency_of_the_last_checkpoint(
    visit: Visit, origin: str
) -> None:
    page = open_at(visit, origin=origin)
    last = measured.epochs()[-1]
    shows(page, strongest(last), last)
    for panel in ("bars", "wave", "ring"):
        assert painted(page, f".spectrum-{panel} canvas")


def test_arrow_keys_choose_the_frequency(visit: Visit) -> None:
    page = open_at(visit)
    slider, last = control(page, "frequency"), measured.epochs()[-1]
    slider.press("Home")
    shows(page, 1, last)
    slider.press("ArrowRight")
    shows(page, 2, last)
    slider.press("End")
    shows(page, TOP, last)
    slider.press("ArrowLeft")
    shows(page, TOP - 1, last)


def test_the_slider_follows_the_mouse(visit: Visit) -> None:
    page = open_at(visit)
    slider = control(page, "frequency")
    size = slider.bounding_box()
    assert size
    slider.click(position={"x": size["width"] / 2, "y": size["height"] / 2})
    shows(page, (1 + TOP) // 2, measured.epochs()[-1])


def test_pointing_at_the_spectrum_chooses_the_frequency(visit: Visit) -> None:
    page = open_at(visit)
    bars = page.locator(".spectrum-bars canvas")
    bars.scroll_into_view_if_needed()
    size = bars.bounding_box()
    assert size
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
    page = open_at(visit)
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


def test_arrow_keys_scrub_through_the_checkpoints(visit: Visit) -> None:
    page = open_at(visit)
    epochs = measured.epochs()
    k = strongest(epochs[-1])
    scrubber = control(page, "checkpoint")
    for epoch in epochs[-2:-5:-1]:
        scrubber.press("ArrowLeft")
        shows(page, k, epoch)
    scrubber.press("Home")
    shows(page, k, epochs[0])


def test_the_scrubber_follows_the_mouse(visit: Visit) -> None:
    page = open_at(visit)
    epochs = measured.epochs()
    scrubber = control(page, "checkpoint")
    size = scrubber.bounding_box()
    assert size
    scrubber.click(position={"x": size["width"] / 2, "y": size["height"] / 2})
    at = int(scrubber.input_value())
    assert abs(at - (len(epochs) - 1) / 2) <= 1
    shows(page, strongest(epochs[-1]), epochs[at])


@pytest.mark.parametrize("still", [True, False])
def test_it_plays_and_pauses(visit: Visit, still: bool) -> None:
    page = open_at(visit, still=still)
    play, epochs = control(page, "play"), measured.epochs()
    play.press("Enter")
    expect(play).to_have_text("Pause")
    wait_until_it_moves(control(page, "checkpoint"))
    play.click()
    expect(play).to_have_text("Play")
    at = int(control(page, "checkpoint").input_value())
    shows(page, strongest(epochs[-1]), epochs[at])


def test_playing_ends_at_the_last_checkpoint(visit: Visit) -> None:
    page = open_at(visit)
    epochs = measured.epochs()
    control(page, "checkpoint").press("ArrowLeft")
    shows(page, strongest(epochs[-1]), epochs[-2])
    control(page, "play").click()
    expect(control(page, "play")).to_have_text("Play")
    shows(page, strongest(epochs[-1]), epochs[-1])


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = open_at(visit)
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


@pytest.mark.parametrize("nonsense", ["k=900", "k=-4", "k=x", "epoch=1", "plane=up", "k=NaN"])
def test_an_address_that_makes_no_sense_does_no_harm(visit: Visit, nonsense: str) -> None:
    page = open_at(visit, f"#widget-spectrum?spectrum.{nonsense}")
    k = int(readout(page, "frequency").inner_text())
    assert 1 <= k <= TOP
    shows(page, k, measured.epochs()[-1])


def test_it_speaks(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "frequency").press("Home")
    spoken = readout(page, "spoken")
    expect(spoken).to_have_attribute("aria-live", "polite")
    expect(spoken).to_contain_text(f"frequency 1: norm {value(page, 'norm'):.2f}")
    expect(spoken).to_contain_text(f"of {TOP}; epoch {measured.epochs()[-1]:,}")
    expect(control(page, "checkpoint")).to_have_attribute(
        "aria-valuetext", f"epoch {measured.epochs()[-1]:,}"
    )


def test_a_theme_changes_the_picture(visit: Visit) -> None:
    page = open_at(visit)
    canvas = page.locator(".spectrum-bars canvas")
    before = canvas.evaluate("canvas => canvas.toDataURL()")
    page.emulate_media(color_scheme="dark")
    redrawn = "before => document.querySelector('.spectrum-bars canvas').toDataURL() !== before"
    page.wait_for_function(redrawn, arg=before)


def test_a_canvas_is_sharp_on_a_fine_screen(visit: Visit) -> None:
    page = open_at(visit, device_scale_factor=2)
    wide, css = page.locator(".spectrum-bars canvas").evaluate("c => [c.width, c.clientWidth]")
    assert wide == 2 * css


def test_on_a_phone_the_panels_stack(visit: Visit) -> None:
    page = open_at(visit, width=360)
    wave = page.locator(".spectrum-wave").bounding_box()
    ring = page.locator(".spectrum-ring").bounding_box()
    assert wave
    assert ring
    assert ring["y"] >= wave["y"] + wave["height"]


def test_a_checkpoint_that_cannot_be_loaded_is_told_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"widget-spectrum-\d|ERR_FAILED")
    page = open_at(visit, origin="server")
    page.route("**/data/widget-spectrum-*.js", lambda route: route.abort())
    control(page, "checkpoint").press("Home")
    failure = page.locator(f"{BOX} [role=alert]")
    expect(failure).to_contain_text("could not load data/widget-spectrum-")
    last = measured.epochs()[-1]
    shows(page, strongest(last), last)
    page.unroute("**/data/widget-spectrum-*.js")
    control(page, "checkpoint").press("Home")
    shows(page, strongest(last), measured.epochs()[0])
    expect(failure).to_be_hidden()


def test_it_stands_alone_in_its_harness(visit: Visit) -> None:
    page = visit("dev/spectrum.html")
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready")
    last = measured.epochs()[-1]
    shows(page, strongest(last), last)
