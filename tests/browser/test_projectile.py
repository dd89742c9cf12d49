"""The throw, by mouse, by keyboard and by address, against equation and network in NumPy."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, Watch
from tests.browser.reading import ROOT, painted
from timeless.experiments.kinematics.throws import Box, height
from timeless.results.artifacts import Artifact, Results
from timeless.results.weights import load_weights

BOX = "[data-widget=projectile]"
RESULTS = Results(ROOT / "artifacts")
CLOSE = 2e-5  # weights travel in 32 bits


def artifact() -> Artifact:
    return RESULTS["kinematics"]


def epochs() -> list[int]:
    return list(artifact().summary["seen_epochs"])


def error(net: str, epoch: int, theta: float, v0: float) -> tuple[float, float]:
    """Return the error along the path of a throw, on average and at worst, in metres."""
    config, setup = artifact().config["regression"], artifact().summary["continuous_setup"]
    weights, metadata = load_weights(RESULTS.weights_path(f"kinematics-regression-e{epoch:06d}"))
    index = metadata["runs"].index([net, config["seeds"][0]])
    own = {name: array[index].astype(np.float64) for name, array in weights.items()}
    box = Box(**{name: tuple(ends) for name, ends in config["box"].items()})
    x = np.linspace(*box.x, 27)
    throws = np.stack([np.full(27, theta), np.full(27, v0), x], 1)
    first = np.maximum(box.normalised(throws) @ own["W1"] + own["b1"], 0)
    second = np.maximum(first @ own["W2"] + own["b2"], 0)
    found = setup["mean"] + setup["std"] * (second @ own["W3"] + own["b3"])[:, 0]
    off = np.abs(found - height(theta, v0, x))
    return float(np.sqrt(np.square(off).mean())), float(off.max())


def control(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-control={name}]")


def readout(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-readout={name}]")


def shows(page: Page, theta: int, v0: int, net: str = "enlarged", epoch: int | None = None) -> None:
    """Check every read-out of a throw against NumPy."""
    epoch = epochs()[-1] if epoch is None else epoch
    expect(readout(page, "theta")).to_have_text(f"{theta}°")
    expect(readout(page, "v0")).to_have_text(f"{v0} m/s")
    expect(readout(page, "epoch")).to_have_text(f"{epoch:,}")
    expect(control(page, "net")).to_have_value(net)
    for name, value in zip(("rmse", "worst"), error(net, epoch, theta, v0), strict=True):
        found = float(str(readout(page, name).get_attribute("data-value")))
        assert found == pytest.approx(value, rel=CLOSE, abs=CLOSE)


def open_at(visit: Visit, address: str = "", **options: object) -> Page:
    page = visit("kinematics.html" + address, **options)
    page.locator(BOX).scroll_into_view_if_needed()
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready")
    return page


@pytest.mark.parametrize("origin", ["file", "server"])
def test_it_starts_inside_the_range(visit: Visit, origin: str) -> None:
    page = open_at(visit, origin=origin)
    shows(page, 45, 30)
    expect(readout(page, "place")).to_have_text("Inside the range trained on.")
    for panel in ("path", "map"):
        assert painted(page, f".projectile-{panel} canvas")


def test_arrow_keys_throw_beyond_the_range_and_it_says_so(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "theta").press("End")
    shows(page, 85, 30)
    expect(readout(page, "place")).to_contain_text("the angle by 15°")
    control(page, "v0").press("Home")
    shows(page, 85, 8)
    expect(readout(page, "place")).to_contain_text("the angle by 15°, the speed by 12 m/s")
    control(page, "v0").press("ArrowRight")
    shows(page, 85, 9)


def test_pointing_at_the_map_throws_from_there(visit: Visit) -> None:
    page = open_at(visit)
    canvas = page.locator(".projectile-map canvas")
    canvas.scroll_into_view_if_needed()
    size = canvas.bounding_box()
    assert size
    page.mouse.move(size["x"] + size["width"] - 2, size["y"] + 3)
    page.mouse.down()
    shows(page, 85, 92)
    page.mouse.move(size["x"] + 2, size["y"] + size["height"] - 3, steps=3)
    shows(page, 5, 8)
    page.mouse.up()
    page.mouse.move(size["x"] + size["width"] / 2, size["y"] + size["height"] / 2)
    shows(page, 5, 8)


def test_networks_and_epochs_can_be_chosen(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "net").select_option("standard")
    shows(page, 45, 30, "standard")
    control(page, "epoch").press("ArrowLeft")
    shows(page, 45, 30, "standard", epochs()[-2])
    control(page, "epoch").press("Home")
    shows(page, 45, 30, "standard", 0)


def test_the_losses_are_those_of_the_run(visit: Visit) -> None:
    page = open_at(visit)
    record = artifact().summary["continuous"]["enlarged"]
    for split in ("train", "test"):
        found = float(str(readout(page, f"{split}-loss").get_attribute("data-value")))
        assert found == pytest.approx(record[f"final_{split}_loss"], rel=1e-4)


def test_a_throw_can_be_shared_and_reset(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "theta").press("End")
    control(page, "net").select_option("standard")
    control(page, "epoch").press("ArrowLeft")
    shows(page, 85, 30, "standard", epochs()[-2])
    expect(page).to_have_url(re.compile("projectile.theta=85"))
    expect(page).to_have_url(re.compile(f"projectile.epoch={epochs()[-2]}"))
    page.reload()
    shows(page, 85, 30, "standard", epochs()[-2])
    control(page, "reset").click()
    shows(page, 45, 30)
    expect(page).not_to_have_url(re.compile("projectile.theta="))


@pytest.mark.parametrize("nonsense", ["theta=900", "theta=x", "net=none", "epoch=1", "v0=NaN"])
def test_an_address_that_makes_no_sense_does_no_harm(visit: Visit, nonsense: str) -> None:
    page = open_at(visit, f"#widget-projectile?projectile.{nonsense}")
    shows(page, 85 if nonsense == "theta=900" else 45, 30)


def test_it_speaks(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "theta").press("End")
    spoken = readout(page, "spoken")
    expect(spoken).to_have_attribute("aria-live", "polite")
    expect(spoken).to_contain_text("85 degrees, 30 metres per second, enlarged initial weights")
    expect(spoken).to_contain_text("Outside the range trained on")
    expect(control(page, "theta")).to_have_attribute("aria-valuetext", "85 degrees")


def test_a_theme_changes_the_picture(visit: Visit) -> None:
    page = open_at(visit)
    before = page.locator(".projectile-map canvas").evaluate("canvas => canvas.toDataURL()")
    page.emulate_media(color_scheme="dark")
    redrawn = "before => document.querySelector('.projectile-map canvas').toDataURL() !== before"
    page.wait_for_function(redrawn, arg=before)


def test_on_a_phone_path_and_map_stack_and_nothing_sticks_out(visit: Visit) -> None:
    page = open_at(visit, width=360)
    path = page.locator(".projectile-path").bounding_box()
    plan = page.locator(".projectile-map").bounding_box()
    assert path
    assert plan
    assert plan["y"] >= path["y"] + path["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_weights_that_cannot_be_loaded_are_told_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"widget-projectile-\d|ERR_FAILED")
    page = open_at(visit, origin="server")
    page.route("**/data/widget-projectile-*.js", lambda route: route.abort())
    control(page, "epoch").press("Home")
    failure = page.locator(f"{BOX} [role=alert]")
    expect(failure).to_contain_text("could not load data/widget-projectile-")
    shows(page, 45, 30)
    page.unroute("**/data/widget-projectile-*.js")
    control(page, "epoch").press("Home")
    shows(page, 45, 30, "enlarged", 0)
    expect(failure).to_be_hidden()


def test_it_stands_alone_in_its_harness(visit: Visit) -> None:
    page = visit("dev/projectile.html")
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready")
    shows(page, 45, 30)
