"""Layer normalisation inserted, by mouse, by keyboard and by address, against NumPy."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import measured
from tests.browser.altered import Answers, Floats, answers, normalised
from tests.browser.conftest import Visit, Watch
from tests.browser.reading import painted

BOX = "[data-widget=layer-norm]"
SLOW = 60_000  # milliseconds that all pairs may take on a busy machine
CLOSE = 5e-3
PARTS = ("attention", "mlp", "final")
READ_BY = {"pre-a": "attention", "pre-b": "attention", "pre-op": "attention", "mid": "mlp"}
FIRST = ("attention",)
PAIR = (43, 98)
LAST = measured.epochs()[-1]


def control(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-control={name}]")


def readout(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-readout={name}]")


def value(locator: Locator) -> float:
    return float(str(locator.get_attribute("data-value")))


def moments(stream: Floats) -> dict[str, Floats]:
    """Return mean and variance over the coordinates, and norm, of streams [..., d_model]."""
    return {
        "mean": stream.mean(-1),
        "variance": stream.var(-1),
        "norm": np.linalg.norm(stream, axis=-1),
    }


def shows(page: Page, inserted: tuple[str, ...], epoch: int) -> Answers:
    """Check every read-out of an insertion at a checkpoint against NumPy."""
    expect(readout(page, "epoch")).to_have_text(f"{epoch:,}", timeout=SLOW)
    for part in PARTS:
        expect(control(page, part)).to_be_checked(checked=part in inserted)
    root = page.locator(f"{BOX} > .layer-norm")
    expect(root).to_have_attribute("aria-busy", "false", timeout=SLOW)
    found = answers(epoch, 1.0, inserted)
    assert value(readout(page, "accuracy")) == pytest.approx(found.accuracy, abs=2e-4)
    assert value(readout(page, "loss")) == pytest.approx(found.loss, rel=CLOSE)
    trained = readout(page, "accuracy-trained")
    expect(trained).not_to_have_text("…", timeout=SLOW)
    assert value(trained) == pytest.approx(answers(epoch).accuracy, abs=2e-4)
    return found


def tells(page: Page, found: Answers, inserted: tuple[str, ...], pair: int | None) -> None:
    """Check the table of moments: those of a pair, or their mean over all pairs."""
    for place, stream in found.streams.items():
        on = READ_BY.get(place, "final") in inserted
        for side, values in (("stream", stream), ("read", normalised(stream) if on else stream)):
            for name, each in moments(values).items():
                told = page.locator(f"{BOX} [data-moment='{place} {side} {name}']")
                wanted = each.mean() if pair is None else each[pair]
                assert value(told) == pytest.approx(wanted, rel=CLOSE, abs=1e-4)


def open_at(visit: Visit, address: str = "", **options: object) -> Page:
    page = visit("foundations.html" + address, **options)
    page.locator(BOX).scroll_into_view_if_needed()
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready", timeout=SLOW)
    return page


@pytest.mark.parametrize("origin", ["file", "server"])
def test_it_starts_with_the_first_insertion(visit: Visit, origin: str) -> None:
    page = open_at(visit, origin=origin)
    found = shows(page, FIRST, LAST)
    at = PAIR[0] * measured.P + PAIR[1]
    tells(page, found, FIRST, at)
    assert value(readout(page, "answer")) == found.answer[at]
    assert painted(page, ".layer-norm-rug canvas")
    assert painted(page, ".layer-norm-curve canvas")


def test_boxes_are_ticked_by_keyboard(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "attention").press("Space")
    shows(page, (), LAST)
    control(page, "mlp").press("Space")
    shows(page, ("mlp",), LAST)
    control(page, "final").press("Space")
    found = shows(page, ("mlp", "final"), LAST)
    tells(page, found, ("mlp", "final"), PAIR[0] * measured.P + PAIR[1])


def test_the_moments_are_also_told_over_all_pairs(visit: Visit) -> None:
    page = open_at(visit, "#widget-layer-norm?layer-norm.final=true")
    control(page, "over").and_(page.locator("[data-value=all]")).click()
    inserted = ("attention", "final")
    tells(page, shows(page, inserted, LAST), inserted, None)
    expect(page.locator(f"{BOX} [data-moment='mid stream variance']")).to_contain_text("±")


def test_another_pair_has_its_own_stream(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "a").fill("0")
    control(page, "b").fill("130")
    tells(page, shows(page, FIRST, LAST), FIRST, 130)
    label = page.locator(".layer-norm-rug canvas").get_attribute("aria-label")
    assert "of 0 + 130" in str(label)


def test_arrow_keys_go_through_the_checkpoints(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "epoch").press("ArrowLeft")
    shows(page, FIRST, measured.epochs()[-2])
    control(page, "epoch").press("Home")
    shows(page, FIRST, measured.epochs()[0])


def test_pointing_at_the_curve_chooses_the_nearest_checkpoint(visit: Visit) -> None:
    page = open_at(visit)
    shows(page, FIRST, LAST)
    canvas = page.locator(".layer-norm-curve canvas")
    canvas.scroll_into_view_if_needed()
    size = canvas.bounding_box()
    assert size
    page.mouse.click(size["x"] + 37, size["y"] + size["height"] / 2)
    shows(page, FIRST, measured.epochs()[0])
    expect(page).to_have_url(re.compile("layer-norm.epoch=0"))


def test_the_curve_grows_until_it_is_stopped(visit: Visit) -> None:
    page = open_at(visit)
    shows(page, FIRST, LAST)
    sweep = control(page, "sweep")
    expect(sweep).to_have_text(re.compile(r"Compute the curve \(loads up to \d+ MB\)"))
    sweep.click()
    rest = len(measured.epochs()) - 1
    expect(sweep).to_have_text(f"Stop (2 of {rest} done)", timeout=SLOW)
    sweep.click()
    expect(sweep).to_have_text(re.compile("Compute the curve"))
    label = page.locator(".layer-norm-curve canvas")
    expect(label).to_have_attribute("aria-label", re.compile(r"insertion at [34] of them"))


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "attention").click()
    control(page, "mlp").click()
    control(page, "show").and_(page.locator("[data-value=loss]")).click()
    control(page, "epoch").press("ArrowLeft")
    before = measured.epochs()[-2]
    shows(page, ("mlp",), before)
    expect(page).to_have_url(
        re.compile(f"layer-norm.attention=false.*mlp=true.*epoch={before}.*show=loss")
    )
    page.reload()
    shows(page, ("mlp",), before)
    pressed = page.locator(f"{BOX} [data-control=show][data-value=loss]")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    control(page, "reset").click()
    shows(page, FIRST, LAST)
    expect(page).not_to_have_url(re.compile("layer-norm.mlp="))


@pytest.mark.parametrize("nonsense", ["mlp=7", "b=-1", "epoch=1", "over=none"])
def test_an_address_that_makes_no_sense_does_no_harm(visit: Visit, nonsense: str) -> None:
    page = open_at(visit, f"#widget-layer-norm?layer-norm.{nonsense}")
    shows(page, FIRST, LAST)


def test_it_speaks(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "mlp").press("Space")
    shows(page, ("attention", "mlp"), LAST)
    spoken = readout(page, "spoken")
    expect(spoken).to_have_attribute("aria-live", "polite")
    expect(spoken).to_contain_text(
        f"normalised before attention and the MLP, epoch {LAST:,}: accuracy"
    )


def test_on_a_phone_it_fits_and_in_the_dark_it_is_drawn_anew(visit: Visit) -> None:
    page = open_at(visit, width=360)
    shows(page, FIRST, LAST)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    canvas = page.locator(".layer-norm-rug canvas")
    before = canvas.evaluate("canvas => canvas.toDataURL()")
    page.emulate_media(color_scheme="dark")
    redrawn = "before => document.querySelector('.layer-norm-rug canvas').toDataURL() !== before"
    page.wait_for_function(redrawn, arg=before)


def test_a_checkpoint_that_cannot_be_loaded_is_told_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"network-addition-e0|ERR_FAILED")
    page = open_at(visit, origin="server")
    shows(page, FIRST, LAST)
    page.route("**/data/network-addition-e000000.js", lambda route: route.abort())
    control(page, "epoch").press("Home")
    failure = page.locator(f"{BOX} [role=alert]")
    expect(failure).to_contain_text("could not load data/network-addition-e000000.js")
    shows(page, FIRST, LAST)
    page.unroute("**/data/network-addition-e000000.js")
    control(page, "epoch").press("Home")
    shows(page, FIRST, measured.epochs()[0])
    expect(failure).to_be_hidden()


def test_it_stands_alone_in_its_harness(visit: Visit) -> None:
    page = visit("dev/layer-norm.html")
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready", timeout=SLOW)
    shows(page, FIRST, LAST)
