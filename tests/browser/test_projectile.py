"""The throw, by mouse, by keyboard and by address, against equation and network in NumPy."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, Watch
from tests.browser.instrument import (
    Instrument,
    brought_near,
    fits,
    painted,
    redrawn,
    stand_in_one_column,
    unreachable,
)
from tests.browser.reading import ROOT
from timeless.experiments.kinematics.throws import Box, height
from timeless.results.artifacts import Artifact, Results
from timeless.results.weights import load_weights, published_file

INSTRUMENT = Instrument("projectile", "kinematics.html")
control, readout, value = INSTRUMENT.control, INSTRUMENT.readout, INSTRUMENT.value
RESULTS = Results(ROOT / "artifacts")
CLOSE = 2e-5  # weights travel in 32 bits


def artifact() -> Artifact:
    return RESULTS["kinematics"]


def epochs() -> list[int]:
    return list(artifact().summary["seen_epochs"])


def error(net: str, epoch: int, theta: float, v0: float) -> tuple[float, float]:
    """Return the error along the path of a throw, on average and at worst, in metres."""
    config, setup = artifact().config["regression"], artifact().summary["continuous_setup"]
    path = published_file(RESULTS.directory, "kinematics", "regression", epoch)
    weights, metadata = load_weights(path)
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


def shows(page: Page, theta: int, v0: int, net: str = "enlarged", epoch: int | None = None) -> None:
    """Check every read-out of a throw against NumPy."""
    epoch = epochs()[-1] if epoch is None else epoch
    expect(readout(page, "theta")).to_have_text(f"{theta}°")
    expect(readout(page, "v0")).to_have_text(f"{v0} m/s")
    expect(readout(page, "epoch")).to_have_text(f"{epoch:,}")
    expect(control(page, "net")).to_have_value(net)
    for name, wanted in zip(("rmse", "worst"), error(net, epoch, theta, v0), strict=True):
        assert value(page, name) == pytest.approx(wanted, rel=CLOSE, abs=CLOSE)


def test_it_starts_inside_the_range_and_arrow_keys_throw_beyond_it(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    shows(page, 45, 30)
    place = readout(page, "place")
    expect(place).to_have_text("Inside the range trained on.")
    for panel in ("path", "map"):
        assert painted(page, f".projectile-{panel} canvas")
    record = artifact().summary["continuous"]["enlarged"]
    for split in ("train", "test"):
        wanted = record[f"final_{split}_loss"]
        assert value(page, f"{split}-loss") == pytest.approx(wanted, rel=1e-4)
    control(page, "theta").press("End")
    shows(page, 85, 30)
    expect(place).to_contain_text("the angle by 15°")
    expect(control(page, "theta")).to_have_attribute("aria-valuetext", "85 degrees")
    INSTRUMENT.says(
        page,
        "85 degrees, 30 metres per second, enlarged initial weights",
        "Outside the range trained on",
    )
    control(page, "v0").press("Home")
    shows(page, 85, 8)
    expect(place).to_contain_text("the angle by 15°, the speed by 12 m/s")
    control(page, "v0").press("ArrowRight")
    shows(page, 85, 9)


def test_pointing_at_the_map_throws_from_there(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    size = brought_near(page.locator(".projectile-map canvas"))
    page.mouse.move(size["x"] + size["width"] - 2, size["y"] + 3)
    page.mouse.down()
    shows(page, 85, 92)
    page.mouse.move(size["x"] + 2, size["y"] + size["height"] - 3, steps=3)
    shows(page, 5, 8)
    page.mouse.up()
    page.mouse.move(size["x"] + size["width"] / 2, size["y"] + size["height"] / 2)
    shows(page, 5, 8)


def test_a_throw_with_another_network_and_epoch_can_be_shared_and_reset(visit: Visit) -> None:
    page = INSTRUMENT.open_at(visit)
    control(page, "net").select_option("standard")
    shows(page, 45, 30, "standard")
    control(page, "epoch").press("Home")
    shows(page, 45, 30, "standard", 0)
    control(page, "epoch").press("End")
    control(page, "epoch").press("ArrowLeft")
    control(page, "theta").press("End")
    shows(page, 85, 30, "standard", epochs()[-2])
    expect(page).to_have_url(re.compile("projectile.theta=85"))
    expect(page).to_have_url(re.compile(f"projectile.epoch={epochs()[-2]}"))
    page.reload()
    shows(page, 85, 30, "standard", epochs()[-2])
    control(page, "reset").click()
    shows(page, 45, 30)
    expect(page).not_to_have_url(re.compile("projectile.theta="))


def test_an_address_that_makes_no_sense_does_no_harm(visit: Visit) -> None:
    nonsense = INSTRUMENT.address(theta="x", net="none", epoch=1, v0="NaN")
    shows(INSTRUMENT.alone(visit, nonsense), 45, 30)
    shows(INSTRUMENT.alone(visit, INSTRUMENT.address(theta=900)), 85, 30)


def test_on_a_phone_path_and_map_stack_and_in_the_dark_they_are_drawn_anew(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, width=360)
    assert stand_in_one_column([page.locator(f".projectile-{name}") for name in ("path", "map")])
    assert fits(page)
    with redrawn(page, ".projectile-map canvas"):
        page.emulate_media(color_scheme="dark")


def test_weights_that_cannot_be_loaded_are_told_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"widget-projectile-\d|ERR_FAILED")
    page = INSTRUMENT.alone(visit, origin="server")
    failure = INSTRUMENT.failure(page)
    with unreachable(page, "widget-projectile-*.js"):
        control(page, "epoch").press("Home")
        expect(failure).to_contain_text("could not load data/widget-projectile-")
        shows(page, 45, 30)
    control(page, "epoch").press("Home")
    shows(page, 45, 30, "enlarged", 0)
    expect(failure).to_be_hidden()
