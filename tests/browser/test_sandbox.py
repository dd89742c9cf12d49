"""The sandbox, by mouse, by keyboard and by address, against the exported particle states."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, Watch
from tests.browser.instrument import (
    Instrument,
    fits,
    least_height,
    painted,
    passing,
    pause_on_the_way,
    redrawn,
    unreachable,
)
from tests.browser.measured import RESULTS
from timeless.instruments.sandbox import widget

INSTRUMENT = Instrument("sandbox", "sandbox.html")
BOX = INSTRUMENT.box
control, readout, value = INSTRUMENT.control, INSTRUMENT.readout, INSTRUMENT.value
SUMMARY = RESULTS["particles"].summary
EPOCHS, FREQS, STRONGEST = SUMMARY["epochs"], SUMMARY["key_freqs"], SUMMARY["strongest_freq"]
OTHER = next(k for k in FREQS if k != STRONGEST)
CLOSE = 2e-3  # positions travel with four digits, as 16-bit integers
START = 0.05 * SUMMARY["weight_decay"]


def at(mode: str = "replay", **state: object) -> str:
    return INSTRUMENT.address(mode=mode, **state)


def exported(kind: str, epoch: int, freq: int) -> dict[str, float]:
    """Return the measures of a state from the artifact."""
    table = RESULTS["particles"][kind]
    row = table["epoch"].tolist().index(epoch) + FREQS.index(freq)
    assert table["freq"][row] == freq
    return {
        name: float(table[name][row]) for name in ("energy", "spectral_entropy", "order_parameter")
    }


def shows(page: Page, row: str, wanted: dict[str, float]) -> None:
    for name, number in wanted.items():
        assert value(page, f"{row}-{name}") == pytest.approx(number, rel=CLOSE, abs=CLOSE), name


def simulated_time(page: Page) -> float:
    return float(readout(page, "simulated-when").inner_text().rsplit(" ", 1)[1])


def test_it_starts_with_the_measured_crystal_and_scrubs_through_the_checkpoints(
    visit: Visit,
) -> None:
    page = INSTRUMENT.alone(visit, at())
    expect(control(page, "mode", "replay")).to_have_attribute("aria-pressed", "true")
    expect(control(page, "k", STRONGEST)).to_have_attribute("aria-pressed", "true")
    shows(page, "measured", exported("tokens", EPOCHS[-1], STRONGEST))
    expect(readout(page, "measured-when")).to_have_text(
        f"Measured, these number tokens, epoch {EPOCHS[-1]:,}"
    )
    assert painted(page, ".sandbox-cloud canvas")
    for chart in range(6):
        assert painted(page, f".sandbox-charts > div:nth-child({chart + 1}) canvas")
    slider = control(page, "epoch")
    slider.press("Home")
    INSTRUMENT.says(page, "Measured number tokens at epoch 0: energy ")
    for epoch in EPOCHS[:3]:
        expect(readout(page, "epoch")).to_have_text(f"{epoch:,}")
        shows(page, "measured", exported("tokens", epoch, STRONGEST))
        slider.press("ArrowRight")
    control(page, "k", OTHER).click()
    shows(page, "measured", exported("tokens", EPOCHS[3], OTHER))
    whole = RESULTS["particles"]["checkpoints"]
    shows(page, "whole", {"energy": whole["energy"][3]})


def test_the_neurons_come_when_they_are_asked_for(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, at())
    control(page, "view", "neurons").press("Enter")
    expect(readout(page, "measured-when")).to_contain_text("these neurons")
    shows(page, "measured", exported("neurons", EPOCHS[-1], STRONGEST))
    shows(page, "simulated", exported("neurons", SUMMARY["memory_epoch"], STRONGEST))


def test_the_replay_plays_pauses_and_steps(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, at(), still=False)
    play, slider = control(page, "play"), control(page, "epoch")
    expect(play).to_have_text("Play again")
    play.press("Enter")
    pause_on_the_way(slider, play)
    expect(play).to_have_text("Play")
    before = int(slider.input_value())
    control(page, "step").click()
    after = int(slider.input_value())
    assert after in {before, before + 1}
    expect(readout(page, "epoch")).to_have_text(f"{EPOCHS[after]:,}")


def test_the_replay_plays_to_the_end_in_steps_where_less_motion_is_wanted(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, at(epoch=EPOCHS[-2]))
    control(page, "play").click()
    expect(readout(page, "epoch")).to_have_text(f"{EPOCHS[-1]:,}")
    expect(control(page, "play")).to_have_text("Play again")


def test_the_trigger_lets_the_particles_snap_into_the_crystal(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, at(speed=4), still=False)
    control(page, "trigger").click()
    expect(control(page, "mode", "simulation")).to_have_attribute("aria-pressed", "true")
    expect(readout(page, "lambda")).to_have_text(f"{SUMMARY['weight_decay']:.2f}")
    expect(control(page, "play")).to_have_text("Pause")
    order = readout(page, "simulated-order_parameter")
    expect(order).to_have_text(re.compile(r"0\.9[789]\d|1\.000"))
    control(page, "play").click()
    expect(control(page, "play")).to_have_text("Play")
    wanted = exported("tokens", EPOCHS[-1], STRONGEST)
    assert value(page, "simulated-order_parameter") == pytest.approx(
        wanted["order_parameter"], abs=0.03
    )


def test_without_temperature_it_comes_to_rest_at_the_crystal_and_stops(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, at(mode="simulation", temperature=0, speed=4), still=False)
    shows(page, "simulated", exported("tokens", SUMMARY["memory_epoch"], STRONGEST))
    with passing(control(page, "play"), "^Pause$"):
        control(page, "trigger").click()
    expect(control(page, "play")).to_have_text("Play")
    shows(page, "simulated", exported("tokens", EPOCHS[-1], STRONGEST))


def test_where_less_motion_is_wanted_it_moves_by_steps(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, at(mode="simulation"))
    expect(control(page, "play")).to_be_hidden()
    expect(page.locator(f"{BOX} .sandbox-note")).to_be_visible()
    assert simulated_time(page) == 0
    control(page, "step").press("Enter")
    assert simulated_time(page) == 1
    control(page, "trigger").click()
    assert simulated_time(page) == 2
    control(page, "step").click()
    assert simulated_time(page) == 3
    assert (
        value(page, "simulated-order_parameter")
        > exported("tokens", SUMMARY["memory_epoch"], STRONGEST)["order_parameter"]
    )


def test_the_same_seed_gives_the_same_path(visit: Visit) -> None:
    ends = []
    for seed in (3, 3, 4):
        page = INSTRUMENT.alone(visit, at(mode="simulation", temperature=0.1, seed=seed))
        for _ in range(3):
            control(page, "step").click()
        ends.append(value(page, "simulated-energy"))
    assert ends[0] == ends[1] != ends[2]


def test_sliders_say_what_they_set_and_reset_keeps_the_mode(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, at(mode="simulation", k=OTHER))
    pressure = control(page, "lambda")
    pressure.press("ArrowRight")
    expect(readout(page, "lambda")).to_have_text(f"{START + 0.05 * SUMMARY['weight_decay']:.2f}")
    expect(pressure).to_have_attribute("aria-valuetext", re.compile("the training’s own is"))
    control(page, "temperature").press("End")
    expect(readout(page, "temperature")).to_have_text("0.300")
    control(page, "noise").press("ArrowRight")
    expect(readout(page, "noise")).to_have_text("5%")
    control(page, "speed").press("Home")
    expect(readout(page, "speed")).to_have_text("0.1")
    expect(page).to_have_url(re.compile("sandbox.temperature=0.3"))
    control(page, "step").click()
    control(page, "reset").press("Enter")
    assert simulated_time(page) == 0
    expect(readout(page, "lambda")).to_have_text(f"{START:.2f}")
    expect(readout(page, "temperature")).to_have_text("0.005")
    expect(control(page, "mode", "simulation")).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(rf"sandbox.mode=simulation&sandbox.k={OTHER}$"))


def test_a_view_can_be_shared(visit: Visit) -> None:
    page = INSTRUMENT.open_at(visit, at())
    control(page, "k", OTHER).click()
    control(page, "view", "neurons").click()
    control(page, "epoch").press("Home")
    expect(page).to_have_url(re.compile(r"sandbox.epoch=0"))
    page.reload()
    INSTRUMENT.ready(page)
    expect(readout(page, "measured-when")).to_have_text("Measured, these neurons, epoch 0")
    shows(page, "measured", exported("neurons", 0, OTHER))


def test_an_impossible_address_is_left_out(visit: Visit) -> None:
    wrong = {"view": "atoms", "k": 1, "epoch": 7, "temperature": 99, "seed": -1, "lambda": "x"}
    trained = {"net": 99, "plane": 59, "pace": -1, "changes": "1d2_x"}
    page = INSTRUMENT.alone(visit, at("dance", **wrong, **trained))
    expect(control(page, "mode", "training")).to_have_attribute("aria-pressed", "true")
    control(page, "mode", "replay").click()
    shows(page, "measured", exported("tokens", EPOCHS[-1], STRONGEST))
    expect(control(page, "temperature")).to_have_value("0.005")
    expect(control(page, "seed")).to_have_value("0")


def test_it_speaks_when_it_rests_and_follows_the_theme(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, at())
    control(page, "mode", "simulation").click()
    INSTRUMENT.says(page, "Simulated number tokens at time 0.0, weight decay ")
    label = page.locator(f"{BOX} .sandbox-cloud canvas").get_attribute("aria-label")
    assert f"in the plane of frequency {STRONGEST}" in str(label)
    with redrawn(page, f"{BOX} .sandbox-cloud canvas"):
        page.evaluate("document.documentElement.dataset.theme = 'dark'; Timeless.emit('theme')")


def test_neurons_that_cannot_be_loaded_are_told_and_the_tokens_stay(
    visit: Visit, watch: Watch
) -> None:
    watch.expect("neurons")
    watch.expect("ERR_FAILED")
    page = INSTRUMENT.alone(visit, at(), origin="server")
    with unreachable(page, "widget-sandbox-neurons.js"):
        control(page, "view", "neurons").click()
        expect(INSTRUMENT.failure(page)).to_contain_text("neurons cannot be shown")
        expect(control(page, "view", "tokens")).to_have_attribute("aria-pressed", "true")
    control(page, "view", "neurons").click()
    expect(INSTRUMENT.failure(page)).to_be_hidden()
    shows(page, "measured", exported("neurons", EPOCHS[-1], STRONGEST))


def test_a_network_that_stands_still_is_trained_on(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(pace=0, net=2), width=360)
    start = widget(RESULTS).data["training"]["networks"][1]
    for kind in ("train", "mirrored", "unseen"):
        assert value(page, f"network-{kind}") == pytest.approx(start[f"{kind}_accuracy"])
    assert value(page, "network-order") == value(page, "analogy-order")
    for picture in (1, 2):
        assert painted(page, f":nth-match(.sandbox-plate canvas, {picture})")
    assert fits(page)
    assert page.evaluate("typeof Timeless.trainer") == "undefined"  # not before it is wanted
    energy = value(page, "network-energy")
    control(page, "trigger").press("Enter")
    expect(control(page, "play")).to_have_text("Pause")
    page.wait_for_function(
        "box => document.querySelector(`${box} [data-readout=network-unseen]`).dataset.value > 0.1",
        arg=BOX,
    )
    control(page, "play").click()
    expect(control(page, "play")).to_have_text("Go on")
    assert value(page, "network-energy") < energy
    assert value(page, "analogy-energy") < value(page, "network-energy")
    INSTRUMENT.says(page, "Weight decay is at work since epoch 400")
    expect(page).to_have_url(re.compile("sandbox.net=2&sandbox.pace=0&sandbox.changes=400d2"))
    control(page, "plane").select_option("3")
    expect(page.locator(f"{BOX} .sandbox-title").first).to_contain_text("frequency 3, chosen")
    control(page, "reset").click()
    assert value(page, "network-unseen") == start["unseen_accuracy"]
    expect(readout(page, "progress")).to_contain_text("stands still")


@pytest.mark.parametrize("mode", ["replay", "simulation"])
def test_it_fits_a_phone_with_room_for_fingers(visit: Visit, mode: str) -> None:
    page = INSTRUMENT.alone(visit, at(mode=mode), width=360, has_touch=True)
    assert fits(page)
    assert least_height(page, f"{BOX} button:visible") >= 40
    control(page, "trigger").tap()
    expect(control(page, "mode", "simulation")).to_have_attribute("aria-pressed", "true")
