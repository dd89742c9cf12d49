"""Weight decay, by mouse, by keyboard and by address, against the artifacts."""

import re

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

INSTRUMENT = Instrument("weight-decay", "foundations.html")
BOX = INSTRUMENT.box
control, readout, value = INSTRUMENT.control, INSTRUMENT.readout, INSTRUMENT.value
FACTOR = 0.999
SPAN = 1_000


def stages() -> dict[str, int]:
    return dict(measured.RESULTS["laboratory"].summary["stages"])


def checkpoints() -> list[int]:
    return [int(epoch) for epoch in measured.addition()["progress"]["epoch"]]


def norm(epoch: int, tensor: str = "all") -> float:
    """Return the norm at an epoch, on the line between the checkpoints around it."""
    column = "sum_sq_weights" if tensor == "all" else f"sum_sq_{tensor}"
    norms = measured.addition()["progress"][column] ** 0.5
    epochs = checkpoints()
    after = next(i for i, entry in enumerate(epochs) if entry >= epoch)
    if epochs[after] == epoch:
        return float(norms[after])
    share = (epoch - epochs[after - 1]) / (epochs[after] - epochs[after - 1])
    return float(norms[after - 1] + share * (norms[after] - norms[after - 1]))


def shows(
    page: Page, start: int, tensor: str = "all", factor: float = FACTOR, span: int = SPAN
) -> None:
    """Check every read-out against the artifact and the formula."""
    expect(readout(page, "start")).to_have_text(f"{start:,}")
    end = min(start + span, checkpoints()[-1])
    assert value(page, "factor") == pytest.approx(factor)
    assert value(page, "run") == pytest.approx(norm(end, tensor), rel=1e-5)
    assert value(page, "alone") == pytest.approx(
        norm(start, tensor) * factor ** (end - start), rel=1e-5
    )
    since = min(start, checkpoints()[-2])  # from the last checkpoint there is no next one
    assert value(page, "taken") == pytest.approx(0.001 * norm(since, tensor), rel=1e-5)


def test_it_starts_at_the_memorised_stage_with_the_runs_own_factor(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    start = stages()["memorised"]
    shows(page, start)
    assert value(page, "half-life") == pytest.approx(
        measured.RESULTS["laboratory"].summary["decay"]["half_life"]
    )
    assert painted(page, ".weight-decay-norms canvas")
    assert painted(page, ".weight-decay-exchange canvas")
    after = next(epoch for epoch in checkpoints() if epoch > start)
    found = norm(start)
    for _ in range(after - start):  # what the gradient puts back closes the gap
        found = FACTOR * found + value(page, "back")
    assert found == pytest.approx(norm(after), rel=1e-6)
    assert value(page, "share") == pytest.approx(value(page, "back") / value(page, "taken"))


def test_the_real_branches_are_those_of_the_artifact(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    for stage in ("generalised", "last", "memorised"):
        epoch = stages()[stage]
        control(page, "stage", epoch).click()
        expect(control(page, "stage", epoch)).to_have_attribute("aria-pressed", "true")
        shows(page, epoch)
        ends = measured.RESULTS["laboratory"].summary["decay"]["stages"][stage]
        told = str(readout(page, "branches").get_attribute("data-value")).split()
        wanted = [ends[f"norm_{branch}"] for branch in ("both", "no_decay", "no_gradient")]
        assert list(map(float, told)) == pytest.approx(wanted, rel=1e-4)


def test_each_tensor_has_norms_of_its_own(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    for tensor in ("W_U", "b_in", "W_E"):
        control(page, "tensor").select_option(tensor)
        shows(page, stages()["memorised"], tensor)
    canvas = page.locator(".weight-decay-norms canvas")
    expect(canvas).to_have_attribute("aria-label", re.compile("W_E from epoch"))
    INSTRUMENT.says(
        page,
        f"W_E from epoch {stages()['memorised']:,}: decay alone halves the norm in 693 epochs",
        "the gradient puts back",
    )


def test_the_start_is_moved_by_arrow_keys_and_by_dragging_on_the_lower_panel(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    slider, epochs = control(page, "start"), checkpoints()
    row = epochs.index(stages()["memorised"])
    slider.press("ArrowRight")
    shows(page, epochs[row + 1])
    expect(slider).to_have_attribute("aria-valuetext", f"epoch {epochs[row + 1]:,}")
    expect(readout(page, "branches")).to_have_text("none from here")
    slider.press("Home")
    expect(readout(page, "back")).to_have_text("warm-up")
    slider.press("End")
    shows(page, epochs[-1])
    slider.press("Home")
    size = brought_near(page.locator(".weight-decay-exchange canvas"))
    y = size["y"] + size["height"] / 2
    page.mouse.move(size["x"] + size["width"] - 2, y)
    page.mouse.down()
    expect(readout(page, "start")).to_have_text(f"{epochs[-1]:,}")
    page.mouse.move(size["x"] + 2, y, steps=3)
    page.mouse.up()
    expect(readout(page, "start")).to_have_text("10")
    expect(page).to_have_url(re.compile(r"weight-decay\.start=10"))


def test_decay_and_learning_rate_change_the_formula_alone(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    start = stages()["memorised"]
    control(page, "lambda").press("ArrowRight")
    shows(page, start, factor=1 - 0.001 * 1.05)
    control(page, "lambda").press("End")
    control(page, "eta").press("End")
    shows(page, start, factor=1 - 0.01 * 4)
    control(page, "lambda").press("Home")
    shows(page, start, factor=1)
    expect(readout(page, "half-life")).to_have_text("never")


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = INSTRUMENT.open_at(visit)
    shows(page, stages()["memorised"])
    assert "weight-decay." not in page.url
    control(page, "tensor").select_option("W_E")
    control(page, "span", 5000).click()
    control(page, "axis", "log").click()
    control(page, "stage", stages()["generalised"]).click()
    wanted = f"tensor=W_E.*start={stages()['generalised']}.*span=5000.*axis=log"
    expect(page).to_have_url(re.compile(wanted))
    page.reload()
    shows(page, stages()["generalised"], "W_E", span=5_000)
    expect(control(page, "axis", "log")).to_have_attribute("aria-pressed", "true")
    control(page, "reset").click()
    shows(page, stages()["memorised"])
    expect(page).not_to_have_url(re.compile("weight-decay.tensor"))


def test_an_address_that_makes_no_sense_does_no_harm(visit: Visit) -> None:
    nonsense = {"start": 1105, "tensor": "W", "lambda": 9, "eta": "x", "span": 3}
    shows(INSTRUMENT.alone(visit, INSTRUMENT.address(**nonsense)), stages()["memorised"])


def test_on_a_phone_it_fits_and_in_the_dark_it_is_drawn_anew(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, width=360, has_touch=True)
    assert fits(page)
    assert least_height(page, f"{BOX} :is(button, input, select)") >= 40
    with redrawn(page, ".weight-decay-norms canvas"):
        page.emulate_media(color_scheme="dark")


def test_a_failure_stays_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"widget-weight-decay|ERR_FAILED|could not load")
    page = visit("404.html", origin="server")
    with unreachable(page, "widget-weight-decay.js"):
        page.goto(page.url.replace("404.html", "dev/weight-decay.html"))
        expect(page.locator(BOX)).to_have_attribute("data-state", "failed")
        expect(page.locator(BOX)).to_contain_text("could not load data/widget-weight-decay.js")
