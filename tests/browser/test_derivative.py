"""The loss along a direction, as a reader uses it, against the artifact of the laboratory."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import measured
from tests.browser.conftest import Visit, Watch
from tests.browser.instrument import (
    Instrument,
    brought_near,
    fits,
    least_height,
    painted,
    redrawn,
    unreachable,
)

INSTRUMENT = Instrument("derivative", "foundations.html")
BOX = INSTRUMENT.box
control, readout, value = INSTRUMENT.control, INSTRUMENT.readout, INSTRUMENT.value
settled = INSTRUMENT.settled
RANDOM = "random 0"


def summary() -> dict[str, Any]:
    return measured.RESULTS["laboratory"].summary


def key() -> str:
    return f"key {summary()['key_freqs'][0]}"


def row(table: str, stage: str, direction: str) -> int:
    found = measured.RESULTS["laboratory"][table]
    rows = zip(found["stage"].tolist(), found["direction"].tolist(), strict=True)
    return list(rows).index((stage, direction))


def shows(
    page: Page,
    direction: str = RANDOM,
    stages: tuple[str, str] = ("memorised", "last"),
    split: str = "train",
) -> None:
    """Check the losses of both networks, and their derivatives."""
    laboratory = measured.RESULTS["laboratory"]
    expect(control(page, "direction")).to_have_value(direction)
    for place, stage in zip(("one", "two"), stages, strict=True):
        at, of = row("directions", stage, direction), row("profiles", stage, direction)
        for name in ("slope", "difference", "curvature"):
            wanted = laboratory["directions"][f"{name}_{split}"][at]
            assert value(page, f"{name}-{place}") == pytest.approx(wanted, rel=1e-6)
        profile = laboratory["profiles"][f"loss_{split}"][of]
        assert value(page, f"loss-{place}") == pytest.approx(profile[len(profile) // 2])
        assert abs(profile / value(page, f"there-{place}") - 1).min() < 1e-6


def test_it_starts_with_a_random_direction_at_two_stages(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    shows(page)
    assert painted(page, ".derivative-profile canvas")
    assert painted(page, ".derivative-slopes canvas")
    expect(readout(page, "note")).to_contain_text("Forward mode and differences in Python are")


def test_the_marked_loss_is_read_at_the_length_of_the_slider(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    profiles = measured.RESULTS["laboratory"]["profiles"]
    lengths = profiles["length"][0].tolist()
    control(page, "at").press("End")
    expect(readout(page, "at")).to_have_text(f"{lengths[-1]:.3g}")
    for place, stage in (("one", "memorised"), ("two", "last")):
        at = row("profiles", stage, RANDOM)
        assert value(page, f"there-{place}") == pytest.approx(profiles["loss_train"][at][-1])
        start = profiles["loss_train"][at][len(lengths) // 2]
        slope = value(page, f"slope-{place}")
        assert value(page, f"tangent-{place}") == pytest.approx(
            start + slope * lengths[-1], rel=1e-4
        )
    control(page, "at").press("ArrowLeft")
    at = row("profiles", "last", RANDOM)
    assert value(page, "there-two") == pytest.approx(profiles["loss_train"][at][-2])


def test_directions_stages_and_splits_can_be_chosen(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    control(page, "direction").select_option("down")
    shows(page, "down")
    INSTRUMENT.says(
        page,
        "train loss, down the gradient of the train loss. memorised",
        "last, epoch 40,000: loss",
    )
    control(page, "one").select_option("rising")
    shows(page, "down", ("rising", "last"))
    control(page, "split", "test").click()
    shows(page, "down", ("rising", "last"), "test")
    control(page, "two").select_option("control")
    shows(page, "down", ("rising", "control"), "test")
    control(page, "axis", "linear").click()
    expect(control(page, "axis", "linear")).to_have_attribute("aria-pressed", "true")


def test_in_proportion_to_the_norm_networks_are_read_at_different_lengths(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    control(page, "unit", "relative").click()
    profiles, norms = measured.RESULTS["laboratory"]["profiles"], summary()["norms"]
    lengths = profiles["length"][0]
    share = lengths[-1] / min(norms["memorised"], norms["last"]) / 2
    for place, stage in (("one", "memorised"), ("two", "last")):
        nearest = abs(lengths - share * norms[stage]).argmin()
        wanted = profiles["loss_train"][row("profiles", stage, RANDOM)][nearest]
        assert value(page, f"there-{place}") == pytest.approx(wanted)
    control(page, "at").press("End")
    expect(readout(page, "there-one")).to_have_text("–")


def test_the_pages_own_difference_agrees_with_forward_mode(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    control(page, "direction").select_option(key())
    for split in ("train", "test"):
        control(page, "split", split).click()
        settled(page)
        shows(page, key(), split=split)
        for place in ("one", "two"):
            assert value(page, f"page-{place}") == pytest.approx(
                value(page, f"slope-{place}"), rel=0.02
            )


def test_a_drawn_direction_is_computed_in_the_page_and_another_seed_draws_another(
    visit: Visit,
) -> None:
    page = INSTRUMENT.alone(visit)
    control(page, "direction").select_option("drawn")
    expect(readout(page, "progress")).to_contain_text(re.compile(r"losses computed, \d+ s left"))
    control(page, "halt").click()
    settled(page)
    expect(control(page, "halt")).to_have_text("Go on")
    control(page, "halt").click()
    settled(page)
    first = [value(page, f"page-{place}") for place in ("one", "two")]
    for place, stage in (("one", "memorised"), ("two", "last")):
        usual = summary()["directions"]["stages"][stage]["random_slope_train"]["mean_abs"]
        assert abs(value(page, f"page-{place}")) < 10 * usual
        profiles = measured.RESULTS["laboratory"]["profiles"]
        start = profiles["loss_train"][row("profiles", stage, RANDOM)]
        assert value(page, f"loss-{place}") == pytest.approx(start[len(start) // 2], rel=0.3)
        assert value(page, f"there-{place}") > value(page, f"loss-{place}")
    expect(readout(page, "slope-one")).to_be_hidden()
    expect(readout(page, "note")).to_contain_text("Computed in this page on 1,000 training pairs")
    control(page, "again").click()
    expect(control(page, "seed")).to_have_value("2")
    expect(readout(page, "page-one")).to_have_attribute("data-value", re.compile(r"\d"))
    assert value(page, "page-one") != first[0]
    control(page, "seed").fill("1")
    settled(page)
    assert [value(page, f"page-{place}") for place in ("one", "two")] == first


def test_the_control_has_no_weights_in_the_page(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    control(page, "two").select_option("control")
    control(page, "direction").select_option(key())
    settled(page)
    expect(readout(page, "slope-two")).to_have_text("none measured")
    expect(readout(page, "loss-two")).to_have_text("no weights here")
    assert value(page, "page-one") == pytest.approx(value(page, "slope-one"), rel=0.02)


def test_dragging_on_the_profile_marks_a_length(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    size = brought_near(page.locator(".derivative-profile canvas"))
    page.mouse.move(size["x"] + size["width"] - 9, size["y"] + 50)
    page.mouse.down()
    page.mouse.up()
    expect(control(page, "at")).to_have_value("20")
    page.mouse.move(size["x"] + 40, size["y"] + 50)
    expect(control(page, "at")).to_have_value("20")
    expect(page).to_have_url(re.compile(r"derivative\.at=20"))


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    assert "#" not in page.url
    control(page, "direction").select_option("down")
    control(page, "one").select_option("generalised")
    control(page, "split", "test").click()
    control(page, "reach", "0.5").click()
    expect(page).to_have_url(re.compile(r"direction=down.*one=generalised.*split=test.*reach=0\.5"))
    page.reload()
    expect(control(page, "reach", "0.5")).to_have_attribute("aria-pressed", "true")
    shows(page, "down", ("generalised", "last"), "test")
    control(page, "reset").click()
    shows(page)
    expect(page).not_to_have_url(re.compile("derivative.direction"))


def test_an_address_that_makes_no_sense_does_no_harm(visit: Visit) -> None:
    nonsense = {"direction": "up", "seed": 0, "one": "x", "at": 99, "reach": 2}
    shows(INSTRUMENT.alone(visit, INSTRUMENT.address(**nonsense)))


def test_on_a_phone_it_fits_and_in_the_dark_it_is_drawn_anew(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, width=360, has_touch=True)
    assert fits(page)
    assert least_height(page, f"{BOX} :is(button, input, select):visible") >= 40
    with redrawn(page, ".derivative-profile canvas"):
        page.emulate_media(color_scheme="dark")


def test_a_checkpoint_that_cannot_be_loaded_is_told_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"network-addition-e0|ERR_FAILED")
    page = INSTRUMENT.alone(visit, origin="server")
    shows(page)
    failure = INSTRUMENT.failure(page)
    with unreachable(page, "network-addition-e0*.js"):
        control(page, "direction").select_option("drawn")
        expect(failure).to_contain_text("could not load data/network-addition-e0")
        settled(page)
    control(page, "again").click()
    expect(failure).to_be_hidden()
    expect(readout(page, "page-one")).to_have_attribute("data-value", re.compile(r"\d"))
    assert value(page, "page-one") != 0
