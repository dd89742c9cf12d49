"""The loss along a direction, as a reader uses it, against the artifact of the laboratory."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import measured
from tests.browser.conftest import Visit, Watch
from tests.browser.reading import painted

BOX = "[data-widget=derivative]"
SLOW = 60_000  # milliseconds that the page's own computation may take on a busy machine
RANDOM = "random 0"


def control(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-control={name}]")


def option(page: Page, name: str, chosen: object) -> Locator:
    return page.locator(f"{BOX} [data-control={name}][data-value='{chosen}']")


def readout(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-readout={name}]")


def value(page: Page, name: str) -> float:
    return float(str(readout(page, name).get_attribute("data-value")))


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


def settled(page: Page) -> None:
    """Wait until the page has computed what it can."""
    expect(page.locator(f"{BOX} > .derivative")).to_have_attribute(
        "aria-busy", "false", timeout=SLOW
    )


def open_at(visit: Visit, address: str = "", **options: object) -> Page:
    page = visit("foundations.html" + address, **options)
    page.locator(BOX).scroll_into_view_if_needed()
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready")
    return page


@pytest.mark.parametrize("origin", ["file", "server"])
def test_it_starts_with_a_random_direction_at_two_stages(visit: Visit, origin: str) -> None:
    page = open_at(visit, origin=origin)
    shows(page)
    assert painted(page, ".derivative-profile canvas")
    assert painted(page, ".derivative-slopes canvas")
    expect(readout(page, "note")).to_contain_text("Forward mode and differences in Python are")


def test_the_marked_loss_is_read_at_the_length_of_the_slider(visit: Visit) -> None:
    page = open_at(visit)
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
    page = open_at(visit)
    control(page, "direction").select_option("down")
    shows(page, "down")
    control(page, "one").select_option("rising")
    shows(page, "down", ("rising", "last"))
    option(page, "split", "test").click()
    shows(page, "down", ("rising", "last"), "test")
    control(page, "two").select_option("control")
    shows(page, "down", ("rising", "control"), "test")
    option(page, "axis", "linear").click()
    expect(option(page, "axis", "linear")).to_have_attribute("aria-pressed", "true")


def test_in_proportion_to_the_norm_networks_are_read_at_different_lengths(visit: Visit) -> None:
    page = open_at(visit)
    option(page, "unit", "relative").click()
    profiles, norms = measured.RESULTS["laboratory"]["profiles"], summary()["norms"]
    lengths = profiles["length"][0]
    share = lengths[-1] / min(norms["memorised"], norms["last"]) / 2
    for place, stage in (("one", "memorised"), ("two", "last")):
        nearest = abs(lengths - share * norms[stage]).argmin()
        wanted = profiles["loss_train"][row("profiles", stage, RANDOM)][nearest]
        assert value(page, f"there-{place}") == pytest.approx(wanted)
    control(page, "at").press("End")
    expect(readout(page, "there-one")).to_have_text("–")


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_pages_own_difference_agrees_with_forward_mode(visit: Visit, split: str) -> None:
    page = open_at(visit)
    control(page, "direction").select_option(key())
    option(page, "split", split).click()
    settled(page)
    shows(page, key(), split=split)
    for place in ("one", "two"):
        assert value(page, f"page-{place}") == pytest.approx(
            value(page, f"slope-{place}"), rel=0.02
        )


def test_a_drawn_direction_is_computed_in_the_page_and_another_seed_draws_another(
    visit: Visit,
) -> None:
    page = open_at(visit)
    control(page, "direction").select_option("drawn")
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
    settled(page)
    assert value(page, "page-one") != first[0]
    control(page, "seed").fill("1")
    settled(page)
    assert [value(page, f"page-{place}") for place in ("one", "two")] == first


def test_the_control_has_no_weights_in_the_page(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "two").select_option("control")
    control(page, "direction").select_option(key())
    settled(page)
    expect(readout(page, "slope-two")).to_have_text("none measured")
    expect(readout(page, "loss-two")).to_have_text("no weights here")
    assert value(page, "page-one") == pytest.approx(value(page, "slope-one"), rel=0.02)


def test_dragging_on_the_profile_marks_a_length(visit: Visit) -> None:
    page = open_at(visit)
    canvas = page.locator(".derivative-profile canvas")
    canvas.scroll_into_view_if_needed()
    size = canvas.bounding_box()
    assert size
    page.mouse.move(size["x"] + size["width"] - 9, size["y"] + 50)
    page.mouse.down()
    page.mouse.up()
    expect(control(page, "at")).to_have_value("20")
    page.mouse.move(size["x"] + 40, size["y"] + 50)
    expect(control(page, "at")).to_have_value("20")
    expect(page).to_have_url(re.compile(r"derivative\.at=20"))


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = open_at(visit)
    assert "derivative." not in page.url
    control(page, "direction").select_option("down")
    control(page, "one").select_option("generalised")
    option(page, "split", "test").click()
    option(page, "reach", "0.5").click()
    expect(page).to_have_url(re.compile(r"direction=down.*one=generalised.*split=test.*reach=0\.5"))
    page.reload()
    expect(option(page, "reach", "0.5")).to_have_attribute("aria-pressed", "true")
    shows(page, "down", ("generalised", "last"), "test")
    control(page, "reset").click()
    shows(page)
    expect(page).not_to_have_url(re.compile("derivative.direction"))


@pytest.mark.parametrize("nonsense", ["direction=up", "seed=0", "one=x", "at=99", "reach=2"])
def test_an_address_that_makes_no_sense_does_no_harm(visit: Visit, nonsense: str) -> None:
    page = open_at(visit, f"#widget-derivative?derivative.{nonsense}")
    shows(page)


def test_it_speaks(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "direction").select_option("down")
    spoken = readout(page, "spoken")
    expect(spoken).to_have_attribute("aria-live", "polite")
    expect(spoken).to_contain_text("train loss, down the gradient of the train loss. memorised")
    expect(spoken).to_contain_text("last, epoch 40,000: loss")


def test_on_a_phone_it_fits_and_in_the_dark_it_is_drawn_anew(visit: Visit) -> None:
    page = open_at(visit, width=360, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    for target in page.locator(f"{BOX} :is(button, input, select):visible").all():
        size = target.bounding_box()
        assert size
        assert size["height"] >= 40
    picture = "document.querySelector('.derivative-profile canvas').toDataURL()"
    before = page.evaluate(picture)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"before => {picture} !== before", arg=before)


def test_a_checkpoint_that_cannot_be_loaded_is_told_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"network-addition-e0|ERR_FAILED")
    page = open_at(visit, origin="server")
    page.route("**/data/network-addition-e0*.js", lambda route: route.abort())
    control(page, "direction").select_option("drawn")
    failure = page.locator(f"{BOX} [role=alert]")
    expect(failure).to_contain_text("could not load data/network-addition-e0")
    settled(page)
    page.unroute("**/data/network-addition-e0*.js")
    control(page, "again").click()
    expect(failure).to_be_hidden()
    settled(page)
    assert value(page, "page-one") != 0


def test_it_stands_alone_in_its_harness(visit: Visit) -> None:
    page = visit("dev/derivative.html")
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready")
    shows(page)
