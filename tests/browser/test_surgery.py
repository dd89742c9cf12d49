"""Frequency surgery, by mouse, by keyboard and by address, against the published ablation.

The page computes with 16-bit weights, the ablation was made from those of 32 bits. On the last
checkpoint that moves no answer, and the losses by less than a thousandth of their value.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import measured
from tests.browser.conftest import Visit, Watch
from tests.browser.instrument import (
    Instrument,
    fits,
    frame,
    least_height,
    painted,
    passing,
    redrawn,
    stand_in_one_column,
    unreachable,
)

INSTRUMENT = Instrument("surgery", "fourier.html")
BOX = INSTRUMENT.box
control, readout, value = INSTRUMENT.control, INSTRUMENT.readout, INSTRUMENT.value
TOP = measured.P // 2
PAIRS = measured.P**2
FEW_PAIRS = 2.5 / PAIRS  # of accuracy
CLOSE = 2e-3  # of a loss, relative


def computed(page: Page, said: str) -> None:
    """Wait until the network has answered all pairs after the operation."""
    expect(readout(page, "operation")).to_contain_text(re.compile(f"^{said}: [<>\\d]"))
    INSTRUMENT.settled(page)


def shared(freqs: list[int], **state: object) -> str:
    state = {"set": "_".join(map(str, freqs)), **state}
    return INSTRUMENT.address(**state)


def row(kind: str, nth: int = 0) -> dict[str, object]:
    """Return a row of the published ablation."""
    table = measured.addition()["ablation"]
    at = (table["kind"] == kind).nonzero()[0][nth]
    return {name: table[name][at] for name in table.columns}


def agrees(page: Page, column: str, kind: str, nth: int = 0) -> None:
    """Check what the page computed, or shows, against a row of the ablation."""
    expected = row(kind, nth)
    for part in ("all", "test"):
        accuracy, loss = (
            value(page, f"{column}-{measure}-{part}") for measure in ("accuracy", "loss")
        )
        assert accuracy == pytest.approx(expected[f"accuracy_{part}"], abs=FEW_PAIRS)
        assert loss == pytest.approx(expected[f"loss_{part}"], rel=CLOSE)


def keys() -> list[int]:
    return measured.addition().summary["key_freqs"]


def words(freqs: list[int]) -> str:
    return ", ".join(map(str, freqs))


def test_without_or_with_nothing_but_the_key_frequencies_it_scores_what_was_published(
    visit: Visit,
) -> None:
    page = INSTRUMENT.open_at(visit)
    computed(page, f"Removed {words(keys())}")
    agrees(page, "intact", "none")
    agrees(page, "own", "without key")
    for panel in ("bars", "accuracy", "loss", "map"):
        assert painted(page, f".surgery-{panel} canvas")
    random = measured.addition().summary["ablation"]
    assert value(page, "random-accuracy-all") == pytest.approx(
        random["without_random_accuracy_mean"]
    )
    expect(readout(page, "note")).to_contain_text("the published ones")
    INSTRUMENT.says(
        page,
        f"Removed {words(keys())} at epoch {measured.epochs()[-1]:,}: accuracy",
        f"100 published random sets of {len(keys())}:",
    )
    control(page, "mode", "keep").click()
    expect(control(page, "mode", "keep")).to_have_attribute("aria-pressed", "true")
    computed(page, f"Kept only {words(keys())}")
    agrees(page, "own", "only key")
    assert value(page, "random-accuracy-all") == pytest.approx(random["only_random_accuracy_mean"])
    control(page, "preset-rest").click()
    control(page, "mode", "remove").click()
    computed(page, "Removed 1–.*")
    agrees(page, "own", "only key")  # to keep some is to remove the others


@pytest.mark.parametrize("kind", ["without random", "only random"])
def test_a_random_set_scores_what_was_published(visit: Visit, kind: str) -> None:
    freqs = [int(freq) for freq in str(row(kind)["freqs"]).split()]
    state = {"mode": "keep"} if kind.startswith("only") else {}
    page = INSTRUMENT.alone(visit, shared(freqs, **state))
    computed(page, f"{'Kept only' if state else 'Removed'} {words(freqs)}")
    agrees(page, "own", kind)


def test_a_bar_is_switched_by_the_mouse_and_a_frequency_by_the_keyboard(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, shared([], set="none"))
    computed(page, "Nothing removed")
    bars = page.locator(".surgery-bars canvas")
    last = {"x": frame(bars)["width"] - 3, "y": 40}
    bars.click(position=last)
    computed(page, f"Removed {TOP}")
    expect(control(page, "switch")).to_have_text(f"Switch {TOP} on")
    expect(bars).to_have_attribute("aria-label", re.compile(f"Switched off: {TOP}\\."))
    bars.click(position=last)
    expect(control(page, "preset-none")).to_have_attribute("aria-pressed", "true")
    control(page, "preset-key").press("Enter")
    control(page, "preset-none").press("Enter")
    slider = control(page, "frequency")
    slider.press("Home")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "frequency 2, on")
    control(page, "switch").press("Enter")
    computed(page, "Removed 2")
    expect(slider).to_have_attribute("aria-valuetext", "frequency 2, off")
    slider.press("Home")
    control(page, "switch").press("Space")
    computed(page, "Removed 1, 2")
    expect(control(page, "switch")).to_have_text("Switch 1 on")


def test_steps_are_undone_and_redone(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    undo, redo = control(page, "undo"), control(page, "redo")
    expect(undo).to_be_disabled()
    expect(redo).to_be_disabled()
    control(page, "preset-study").click()
    control(page, "mode", "keep").click()
    computed(page, "Kept only 14, 28, 42")
    undo.click()
    computed(page, "Removed 14, 28, 42")
    undo.click()
    computed(page, f"Removed {words(keys())}")
    expect(undo).to_be_disabled()
    expect(page).not_to_have_url(re.compile(r"surgery\.(mode|set|epoch)="))
    redo.click()
    redo.click()
    computed(page, "Kept only 14, 28, 42")
    expect(redo).to_be_disabled()
    control(page, "reset").click()
    computed(page, f"Removed {words(keys())}")
    undo.click()
    computed(page, "Kept only 14, 28, 42")


def test_random_sets_are_computed_one_by_one_and_begin_anew_with_another_set(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, shared([5, 19]))
    note = readout(page, "note")
    expect(note).to_contain_text(re.compile(r"Random sets: ([2-9]|1\d) of 20.*(s|min) left"))
    control(page, "halt").click()
    expect(note).to_contain_text("computed, stopped.")
    control(page, "halt").click()
    expect(control(page, "halt")).to_have_text("Stop")
    with passing(note, r"answers all|Random sets: [01] of 20"):
        control(page, "preset-study").click()
    expect(note).to_contain_text(re.compile("Of the random sets, .* does most harm"))
    computed(page, "Removed 14, 28, 42")
    for measure in ("accuracy", "loss"):
        assert value(page, f"random-{measure}-all") >= 0
    spoken = readout(page, "spoken")
    expect(spoken).to_contain_text(
        re.compile(r"^Removed 14, 28, 42 at epoch .*, 20 random sets of 3: ")
    )
    canvas = page.locator(".surgery-accuracy canvas")
    expect(canvas).to_have_attribute("aria-label", re.compile("20 random sets of 3: "))


def test_an_early_checkpoint_can_be_operated_on_and_a_missing_one_is_told_in_the_box(
    visit: Visit, watch: Watch
) -> None:
    watch.expect(r"network-addition-e|ERR_FAILED")
    page = INSTRUMENT.alone(visit, origin="server")
    computed(page, f"Removed {words(keys())}")
    slider, failure, last = (
        control(page, "checkpoint"),
        INSTRUMENT.failure(page),
        measured.epochs()[-1],
    )
    with unreachable(page, "network-addition-e*.js"):
        slider.press("Home")
        expect(failure).to_contain_text("could not load data/network-addition-e000000")
        expect(readout(page, "checkpoint")).to_have_text(f"{last:,}")
    slider.press("Home")
    expect(readout(page, "checkpoint")).to_have_text("0")
    expect(failure).to_be_hidden()
    expect(page).to_have_url(re.compile("surgery.epoch=0"))
    computed(page, f"Removed {words(keys())}")
    assert value(page, "intact-accuracy-test") == pytest.approx(measured.accuracy_at(0), abs=1e-3)
    assert value(page, "own-accuracy-all") < 0.05
    expect(slider).to_have_attribute("aria-valuetext", "epoch 0")
    control(page, "undo").click()
    expect(readout(page, "checkpoint")).to_have_text(f"{last:,}")


def test_a_view_can_be_shared(visit: Visit) -> None:
    epoch = measured.epochs()[-2]
    page = INSTRUMENT.alone(visit, shared([3, 4, 5, 9], set="3-5_9", mode="keep", epoch=epoch))
    computed(page, "Kept only 3–5, 9")
    expect(readout(page, "checkpoint")).to_have_text(f"{epoch:,}")
    control(page, "switch").click()
    expect(page).to_have_url(
        re.compile(f"surgery.mode=keep&surgery.set=3-5_9_{keys()[0]}&surgery.epoch")
    )
    page.reload()
    computed(page, f"Kept only 3–5, 9, {keys()[0]}")


@pytest.mark.parametrize("freqs", ["900", "x", "9-3"])
def test_an_address_that_makes_no_sense_does_no_harm(visit: Visit, freqs: str) -> None:
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(set=freqs, mode="burn", epoch=1))
    computed(page, f"Removed {words(keys())}")
    expect(readout(page, "checkpoint")).to_have_text(f"{measured.epochs()[-1]:,}")


def test_on_a_phone_it_fits_takes_a_fingertip_and_follows_the_theme(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, shared([], set="none"), width=360, has_touch=True)
    panels = ("map", "accuracy", "loss")
    assert stand_in_one_column([page.locator(f".surgery-{name}") for name in panels])
    assert fits(page)
    assert least_height(page, f"{BOX} button:visible") >= 40
    strongest = 1 + int(measured.spectrum(measured.epochs()[-1]).norm.argmax())
    bars = page.locator(".surgery-bars canvas")
    pitch = (frame(bars)["width"] - 37) / TOP
    bars.tap(position={"x": 36 + (strongest + 0.6) * pitch, "y": 100})  # the tallest one near it
    computed(page, f"Removed {strongest}")
    with redrawn(page, ".surgery-map canvas"):
        page.emulate_media(color_scheme="dark")


FAILING = """window.Worker = class {
  postMessage({ id }) {
    setTimeout(() => this.onmessage({ data: { id, error: "out of memory", own: true } }));
  }
  terminate() {}
};"""
REFUSING = "window.Worker = class { constructor() { throw new Error('no workers here'); } };"


def with_workers(visit: Visit, script: str) -> Page:
    page = visit("404.html")
    page.add_init_script(script)
    page.goto(page.url.replace("404.html", "dev/surgery.html"))
    return INSTRUMENT.ready(page)


def test_a_computation_that_fails_is_told_in_the_box(visit: Visit) -> None:
    page = with_workers(visit, FAILING)
    computed(page, f"Removed {words(keys())}")  # it opens with the published result
    control(page, "preset-study").click()
    expect(INSTRUMENT.failure(page)).to_contain_text("out of memory")
    expect(readout(page, "operation")).to_contain_text("Removed 14, 28, 42: not computed")
    INSTRUMENT.settled(page)


def test_without_workers_the_page_computes_itself(visit: Visit) -> None:
    page = with_workers(visit, REFUSING)
    control(page, "mode", "keep").click()
    computed(page, f"Kept only {words(keys())}")
    agrees(page, "own", "only key")
