"""Progress measures under one epoch, as a reader moves through them, against the artifact."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import measured
from tests.browser.conftest import Visit, Watch
from tests.browser.instrument import (
    Instrument,
    brought_near,
    fits,
    frame,
    least_height,
    painted,
    passing,
    pause_on_the_way,
    redrawn,
    unreachable,
)

INSTRUMENT = Instrument("progress", "grokking.html")
BOX = INSTRUMENT.box
control, readout, value = INSTRUMENT.control, INSTRUMENT.readout, INSTRUMENT.value
settled = INSTRUMENT.settled
PANELS = ("curves", "bars", "ring", "map")
WORDS = {"all": "all pairs", "train": "training pairs", "test": "test pairs"}


def checkpoints() -> list[int]:
    return [int(epoch) for epoch in measured.addition()["progress"]["epoch"]]


def start() -> int:
    """Return the published epoch nearest to where half of the test pairs are right."""
    half = measured.addition().summary["test_accuracy_50_epoch"]
    return min(measured.epochs(), key=lambda epoch: abs(epoch - half))


def nearest(epoch: int) -> int:
    return min(measured.epochs(), key=lambda published: abs(published - epoch))


def at(epoch: int, column: str, directions: str = "last") -> float:
    table = "progress" if directions == "last" else "progress_confirmed"
    return float(measured.addition()[table][column][checkpoints().index(epoch)])


def shows(
    page: Page, epoch: int, splits: tuple[str, str] = ("all", "train"), directions: str = "last"
) -> None:
    """Check every value at the cursor, and which checkpoint is in the pictures."""
    expect(readout(page, "at")).to_have_text(f"{epoch:,}")
    settled(page)
    for split in ("train", "test"):
        assert value(page, f"{split}-loss") == pytest.approx(at(epoch, f"loss_{split}"), rel=1e-3)
    for kind, split in zip(("restricted", "excluded"), splits, strict=True):
        wanted = at(epoch, f"{kind}_loss_{split}", directions)
        assert value(page, kind) == pytest.approx(wanted, rel=1e-5)
        name = readout(page, kind).locator("xpath=../preceding-sibling::dt")
        expect(name).to_have_text(f"{kind.title()} loss, {WORDS[split]}")
    assert value(page, "test-accuracy") == pytest.approx(measured.accuracy_at(epoch), abs=1e-5)
    for picture in ("bars", "ring", "map"):
        expect(readout(page, f"{picture}-epoch")).to_have_text(f"epoch {nearest(epoch):,}")


def test_it_starts_where_half_of_the_test_pairs_are_right(visit: Visit) -> None:
    page = INSTRUMENT.open_at(visit)
    shows(page, start())
    for panel in PANELS:
        assert painted(page, f".progress-{panel} canvas")
    expect(control(page, "play")).to_have_text("Play from 0")
    note = readout(page, "map-note").inner_text()
    trained, unseen = (float(share) / 100 for share in re.findall(r"([\d.]+)%", note))
    change = measured.addition().summary["float16_accuracy_change"]
    assert trained > 0.99
    assert unseen == pytest.approx(measured.accuracy_at(start()), abs=change + 1e-3)
    assert note in str(page.locator(".progress-map canvas").get_attribute("aria-label"))


def test_arrow_keys_go_from_measurement_to_measurement(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    slider, epochs = control(page, "epoch"), checkpoints()
    row = epochs.index(start())
    slider.press("ArrowRight")
    shows(page, epochs[row + 1])
    expect(slider).to_have_attribute(
        "aria-valuetext", re.compile(f"^epoch {epochs[row + 1]:,}, clean-up$")
    )
    slider.press("Home")
    shows(page, 0)
    expect(readout(page, "phase")).to_have_text("memorisation")
    INSTRUMENT.says(page, "epoch 0, memorisation: train loss ", "excluded loss, training pairs ")
    slider.press("End")
    shows(page, epochs[-1])
    expect(readout(page, "phase")).to_have_text("grokked")


def test_steps_go_from_published_checkpoint_to_published_checkpoint(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    published = measured.epochs()
    i = published.index(start())
    control(page, "forth").press("Enter")
    shows(page, published[i + 1])
    control(page, "back").click()
    control(page, "back").click()
    shows(page, published[i - 1])
    control(page, "epoch").press("Home")
    expect(control(page, "back")).to_be_disabled()
    control(page, "epoch").press("End")
    expect(control(page, "forth")).to_be_disabled()


@pytest.mark.parametrize(
    ("boundary", "before", "after"),
    [
        ("circuit_starts", "memorisation", "circuit formation"),
        ("cleanup_starts", "circuit formation", "clean-up"),
        ("cleanup_ends", "clean-up", "grokked"),
    ],
)
def test_the_phase_is_named_on_both_sides_of_its_boundary(
    visit: Visit, boundary: str, before: str, after: str
) -> None:
    epoch = measured.addition().summary[boundary]
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(epoch=epoch))
    expect(readout(page, "phase")).to_have_text(after)
    control(page, "epoch").press("ArrowLeft")
    expect(readout(page, "phase")).to_have_text(before)


def test_dragging_on_the_curves_moves_the_cursor(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    for axis in ("linear", "log"):
        control(page, "axis", axis).click()
        expect(control(page, "axis", axis)).to_have_attribute("aria-pressed", "true")
        size = brought_near(page.locator(".progress-curves canvas"))
        y = size["y"] + size["height"] / 2
        page.mouse.move(size["x"] + size["width"] - 2, y)
        page.mouse.down()
        expect(readout(page, "at")).to_have_text(f"{checkpoints()[-1]:,}")
        page.mouse.move(size["x"] + 2, y, steps=3)
        expect(readout(page, "at")).to_have_text("0")
        page.mouse.up()
        page.mouse.move(size["x"] + size["width"] / 2, y)
        shows(page, 0)
        expect(page).to_have_url(re.compile(r"progress\.epoch=0"))


def test_the_protocol_is_switched_and_named(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    for split, directions, splits in (
        ("defined", "confirmed", ("all", "train")),
        ("all", "last", ("all", "all")),
        ("train", "last", ("train", "train")),
        ("test", "confirmed", ("test", "test")),
    ):
        control(page, "view", "loss").click()
        control(page, "split").select_option(split)
        control(page, "directions").select_option(directions)
        shows(page, start(), splits, directions)
        names_the_protocol(page, directions, splits)


def names_the_protocol(page: Page, directions: str, splits: tuple[str, str]) -> None:
    summary, told = measured.addition().summary, readout(page, "protocol")
    freqs = summary["key_freqs" if directions == "last" else "confirmed_freqs"]
    expect(told).to_contain_text(f"k = {', '.join(str(k) for k in freqs)}, ")
    chosen = "beforehand" if directions == "last" else "after looking"
    expect(told).to_contain_text(chosen)
    for word in {*splits}:
        expect(told).to_contain_text(WORDS[word])
    legend = page.locator(f"{BOX} .legend").first
    expect(legend).to_contain_text(f"excluded loss, {WORDS[splits[1]]}")
    control(page, "view", "accuracy").click()
    expect(legend).to_contain_text("accuracy of the restricted logits, all pairs")


@pytest.mark.parametrize("still", [True, False])
def test_it_plays_from_the_start_pauses_and_ends_at_the_last_checkpoint(
    visit: Visit, still: bool
) -> None:
    page = INSTRUMENT.alone(visit, still=still)
    settled(page)
    play, slider, last = control(page, "play"), control(page, "epoch"), checkpoints()[-1]
    control(page, "speed", "4").click()
    play.press("Enter")
    pause_on_the_way(slider, play)
    expect(play).to_have_text("Play")
    epoch = int(value(page, "at"))
    assert 0 < epoch < last
    shows(page, epoch)
    slider.press("End")
    slider.press("ArrowLeft")
    shows(page, checkpoints()[-2])
    play.click()
    expect(play).to_have_text("Play from 0")
    shows(page, last)
    with passing(play, "^Pause$"):
        play.click()
    slider.press("End")  # moving the cursor ends the playing
    expect(play).not_to_have_text("Pause")
    shows(page, last)


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    assert "#" not in page.url
    control(page, "epoch").press("Home")
    control(page, "directions").select_option("confirmed")
    control(page, "axis", "linear").click()
    control(page, "freq").select_option(index=1)
    chosen = control(page, "freq").input_value()
    expect(page).to_have_url(re.compile(f"progress.epoch=0&.*progress.freq={chosen}"))
    page.reload()
    shows(page, 0, directions="confirmed")
    expect(control(page, "freq")).to_have_value(chosen)
    expect(control(page, "axis", "linear")).to_have_attribute("aria-pressed", "true")
    control(page, "reset").click()
    shows(page, start())
    expect(control(page, "axis", "log")).to_have_attribute("aria-pressed", "true")
    expect(page).not_to_have_url(re.compile("progress.epoch"))


@pytest.mark.parametrize(
    "nonsense",
    [
        {"epoch": 8405, "split": "none", "speed": 3, "freq": 1, "view": ""},
        {"epoch": -1},
        {"epoch": "x"},
    ],
)
def test_an_address_that_makes_no_sense_does_no_harm(
    visit: Visit, nonsense: dict[str, object]
) -> None:
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(**nonsense))
    shows(page, start())
    expect(control(page, "speed", "1")).to_have_attribute("aria-pressed", "true")


def test_the_plane_of_the_ring_can_be_chosen(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(epoch=measured.epochs()[3]))
    settled(page)
    expect(readout(page, "ring-note")).to_contain_text("in the plane of the last checkpoint")
    with redrawn(page, ".progress-ring canvas"):
        control(page, "plane").select_option("own")
        expect(readout(page, "ring-note")).to_contain_text("in the plane of this checkpoint")


def test_on_a_phone_everything_fits_can_be_touched_and_follows_the_theme(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, width=360, has_touch=True)
    settled(page)
    assert fits(page)
    frames = [frame(page.locator(f".progress-{panel}")) for panel in PANELS]
    assert all(size["x"] + size["width"] <= 360 for size in frames)
    tops = [size["y"] for size in frames]
    assert tops == sorted(tops)
    assert least_height(page, f"{BOX} :is(button, input, select)") >= 40
    with redrawn(page, ".progress-map canvas"):
        page.emulate_media(color_scheme="dark")


def test_a_checkpoint_that_cannot_be_loaded_is_told_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"network-addition-e\d|ERR_FAILED")
    page = INSTRUMENT.alone(visit, origin="server")
    settled(page)
    failure = INSTRUMENT.failure(page)
    with unreachable(page, "network-addition-e*.js"):
        control(page, "epoch").press("Home")
        expect(failure).to_contain_text("could not load data/network-addition-e000000.js")
        expect(readout(page, "at")).to_have_text("0")
        for picture in ("bars", "ring", "map"):
            expect(readout(page, f"{picture}-epoch")).to_have_text(f"epoch {start():,}")
        expect(readout(page, "map-note")).to_contain_text("is missing")
    control(page, "epoch").press("ArrowRight")
    control(page, "epoch").press("ArrowLeft")
    shows(page, 0)
    expect(failure).to_be_hidden()


def test_without_its_first_checkpoint_the_curves_are_there(visit: Visit, watch: Watch) -> None:
    watch.expect(r"network-addition-e\d|ERR_FAILED")
    page = visit("404.html", origin="server")
    failure = INSTRUMENT.failure(page)
    with unreachable(page, "network-addition-e*.js"):
        page.goto(page.url.replace("404.html", "dev/progress.html"))
        expect(failure).to_contain_text("could not load data/network-addition-e")
        expect(readout(page, "ring-epoch")).to_have_text("not loaded")
        assert painted(page, ".progress-curves canvas")
    control(page, "forth").click()
    expect(failure).to_be_hidden()
    shows(page, measured.epochs()[measured.epochs().index(start()) + 1])


def test_a_map_that_is_not_there_yet_is_never_taken_for_one_that_is(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    settled(page)
    with redrawn(page, ".progress-map canvas"):
        page.evaluate("Worker.prototype.postMessage = () => {}")
        control(page, "forth").click()
        after = measured.epochs()[measured.epochs().index(start()) + 1]
        expect(readout(page, "ring-epoch")).to_have_text(f"epoch {after:,}")
        expect(readout(page, "map-epoch")).to_have_text(f"epoch {start():,}")
        expect(readout(page, "map-note")).to_have_text(
            f"Grey: epoch {start():,}. Epoch {after:,} is being computed."
        )
    control(page, "back").click()  # whose map is here
    expect(readout(page, "map-epoch")).to_have_text(f"epoch {start():,}")
    expect(readout(page, "map-note")).to_contain_text("of the pairs trained on and")


def test_what_comes_after_grokking_is_called_so(visit: Visit) -> None:
    after = nearest(measured.addition().summary["confirmed_epoch"])
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(epoch=after))
    shows(page, after)
    assert value(page, "test-accuracy") > 0.99
    expect(readout(page, "phase")).to_have_text("grokked")
