"""Layer normalisation inserted, by mouse, by keyboard and by address, against NumPy."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser import measured
from tests.browser.altered import Answers, Floats, answers, normalised
from tests.browser.conftest import Visit, Watch
from tests.browser.instrument import (
    Instrument,
    brought_near,
    fits,
    number_in,
    painted,
    redrawn,
    start_and_stop,
    unreachable,
)

INSTRUMENT = Instrument("layer-norm", "foundations.html")
BOX = INSTRUMENT.box
control, readout, value = INSTRUMENT.control, INSTRUMENT.readout, INSTRUMENT.value
CLOSE = 5e-3
PARTS = ("attention", "mlp", "final")
READ_BY = {"pre-a": "attention", "pre-b": "attention", "pre-op": "attention", "mid": "mlp"}
FIRST = ("attention",)
PAIR = (43, 98)
LAST = measured.epochs()[-1]


def moments(stream: Floats) -> dict[str, Floats]:
    """Return mean and variance over the coordinates, and norm, of streams [..., d_model]."""
    return {
        "mean": stream.mean(-1),
        "variance": stream.var(-1),
        "norm": np.linalg.norm(stream, axis=-1),
    }


def shows(page: Page, inserted: tuple[str, ...], epoch: int) -> Answers:
    """Check every read-out of an insertion at a checkpoint against NumPy."""
    expect(readout(page, "epoch")).to_have_text(f"{epoch:,}")
    for part in PARTS:
        expect(control(page, part)).to_be_checked(checked=part in inserted)
    INSTRUMENT.settled(page)
    found = answers(epoch, 1.0, inserted)
    assert value(page, "accuracy") == pytest.approx(found.accuracy, abs=2e-4)
    assert value(page, "loss") == pytest.approx(found.loss, rel=CLOSE)
    expect(readout(page, "accuracy-trained")).not_to_have_text("…")
    assert value(page, "accuracy-trained") == pytest.approx(answers(epoch).accuracy, abs=2e-4)
    return found


def tells(page: Page, found: Answers, inserted: tuple[str, ...], pair: int | None) -> None:
    """Check the table of moments: those of a pair, or their mean over all pairs."""
    for place, streams in found.streams.items():
        stream = streams if pair is None else streams[pair]
        on = READ_BY.get(place, "final") in inserted
        for side, values in (("stream", stream), ("read", normalised(stream) if on else stream)):
            for name, each in moments(values).items():
                told = page.locator(f"{BOX} [data-moment='{place} {side} {name}']")
                assert number_in(told) == pytest.approx(each.mean(), rel=CLOSE, abs=1e-4)


def test_it_starts_with_the_first_insertion_and_boxes_are_ticked_by_keyboard(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    found = shows(page, FIRST, LAST)
    at = PAIR[0] * measured.P + PAIR[1]
    tells(page, found, FIRST, at)
    assert value(page, "answer") == found.answer[at]
    assert painted(page, ".layer-norm-rug canvas")
    assert painted(page, ".layer-norm-curve canvas")
    control(page, "mlp").press("Space")
    shows(page, ("attention", "mlp"), LAST)
    INSTRUMENT.says(page, f"normalised before attention and the MLP, epoch {LAST:,}: accuracy")
    control(page, "attention").press("Space")
    shows(page, ("mlp",), LAST)
    control(page, "final").press("Space")
    tells(page, shows(page, ("mlp", "final"), LAST), ("mlp", "final"), at)
    control(page, "mlp").press("Space")
    control(page, "final").press("Space")
    shows(page, (), LAST)


def test_the_moments_are_also_told_over_all_pairs_and_for_another_pair(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(final="true"))
    inserted = ("attention", "final")
    control(page, "a").fill("0")
    control(page, "b").fill("130")
    found = shows(page, inserted, LAST)
    tells(page, found, inserted, 130)
    label = page.locator(".layer-norm-rug canvas")
    expect(label).to_have_attribute("aria-label", re.compile(r"of 0 \+ 130"))
    control(page, "over", "all").click()
    tells(page, found, inserted, None)
    expect(page.locator(f"{BOX} [data-moment='mid stream variance']")).to_contain_text("±")


def test_pointing_at_the_curve_chooses_the_nearest_checkpoint(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    shows(page, FIRST, LAST)
    size = brought_near(page.locator(".layer-norm-curve canvas"))
    page.mouse.click(size["x"] + 37, size["y"] + size["height"] / 2)
    shows(page, FIRST, measured.epochs()[0])
    expect(page).to_have_url(re.compile("layer-norm.epoch=0"))


def test_the_curve_grows_until_it_is_stopped(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    shows(page, FIRST, LAST)
    sweep = control(page, "sweep")
    expect(sweep).to_have_text("The curve is computed")  # it opens with it
    control(page, "mlp").press("Space")
    shows(page, (*FIRST, "mlp"), LAST)
    expect(sweep).to_have_text(re.compile(r"Compute the curve \(loads up to \d+ MB\)"))
    start_and_stop(sweep, rf"Stop \(2 of {len(measured.epochs()) - 1} done, \d+ (s|min) left\)")
    expect(sweep).to_have_text(re.compile("Compute the curve"))
    label = page.locator(".layer-norm-curve canvas")
    expect(label).to_have_attribute("aria-label", re.compile(r"insertion at [3-8] of them"))


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    control(page, "attention").click()
    control(page, "mlp").click()
    control(page, "show", "loss").click()
    control(page, "epoch").press("ArrowLeft")
    before = measured.epochs()[-2]
    shows(page, ("mlp",), before)
    expect(page).to_have_url(
        re.compile(f"layer-norm.attention=false.*mlp=true.*epoch={before}.*show=loss")
    )
    page.reload()
    shows(page, ("mlp",), before)
    expect(control(page, "show", "loss")).to_have_attribute("aria-pressed", "true")
    control(page, "reset").click()
    shows(page, FIRST, LAST)
    expect(page).not_to_have_url(re.compile("layer-norm.mlp="))


def test_on_a_phone_at_an_address_without_sense_it_fits_and_in_the_dark_it_is_drawn_anew(
    visit: Visit,
) -> None:
    nonsense = INSTRUMENT.address(mlp=7, b=-1, epoch=1, over="none")
    page = INSTRUMENT.alone(visit, nonsense, width=360)
    shows(page, FIRST, LAST)
    assert fits(page)
    with redrawn(page, ".layer-norm-rug canvas"):
        page.emulate_media(color_scheme="dark")


def test_a_checkpoint_that_cannot_be_loaded_is_told_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"network-addition-e0|ERR_FAILED")
    page = INSTRUMENT.alone(visit, origin="server")
    shows(page, FIRST, LAST)
    failure = INSTRUMENT.failure(page)
    with unreachable(page, "network-addition-e000000.js"):
        control(page, "epoch").press("Home")
        expect(failure).to_contain_text("could not load data/network-addition-e000000.js")
        shows(page, FIRST, LAST)
    control(page, "epoch").press("Home")
    shows(page, FIRST, measured.epochs()[0])
    expect(failure).to_be_hidden()
