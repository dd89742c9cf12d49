"""Progress measures under one epoch, as a reader moves through them, against the artifact."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import measured
from tests.browser.conftest import Visit, Watch
from tests.browser.reading import painted, wait_until_it_moves

BOX = "[data-widget=progress]"
PANELS = ("curves", "bars", "ring", "map")
WORDS = {"all": "all pairs", "train": "training pairs", "test": "test pairs"}


def control(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-control={name}]")


def option(page: Page, name: str, chosen: str) -> Locator:
    return page.locator(f"{BOX} [data-control={name}][data-value='{chosen}']")


def readout(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-readout={name}]")


def value(page: Page, name: str) -> float:
    return float(str(readout(page, name).get_attribute("data-value")))


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


def open_at(visit: Visit, address: str = "", **options: object) -> Page:
    page = visit("grokking.html" + address, **options)
    page.locator(BOX).scroll_into_view_if_needed()
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready")
    return page


def settled(page: Page) -> None:
    """Wait until the pictures show the checkpoint nearest to the cursor."""
    expect(page.locator(".progress")).to_have_attribute("aria-busy", "false")


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


@pytest.mark.parametrize("origin", ["file", "server"])
def test_it_starts_where_half_of_the_test_pairs_are_right(visit: Visit, origin: str) -> None:
    page = open_at(visit, origin=origin)
    shows(page, start())
    for panel in PANELS:
        assert painted(page, f".progress-{panel} canvas")
    expect(control(page, "play")).to_have_text("Play from 0")


def test_the_map_is_what_the_network_answers(visit: Visit) -> None:
    page = open_at(visit)
    settled(page)
    found = re.findall(r"([\d.]+)%", readout(page, "map-note").inner_text())
    trained, unseen = (float(share) / 100 for share in found)
    change = measured.addition().summary["float16_accuracy_change"]
    assert trained > 0.99
    assert unseen == pytest.approx(measured.accuracy_at(start()), abs=change + 1e-3)
    label = page.locator(".progress-map canvas").get_attribute("aria-label")
    assert label
    assert readout(page, "map-note").inner_text() in label


def test_arrow_keys_go_from_measurement_to_measurement(visit: Visit) -> None:
    page = open_at(visit)
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
    slider.press("End")
    shows(page, epochs[-1])
    expect(readout(page, "phase")).to_have_text("grokked")


def test_steps_go_from_published_checkpoint_to_published_checkpoint(visit: Visit) -> None:
    page = open_at(visit)
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


@pytest.mark.parametrize("boundary", ["circuit_starts", "cleanup_starts", "cleanup_ends"])
def test_the_phase_is_named_on_both_sides_of_its_boundary(visit: Visit, boundary: str) -> None:
    names = {
        "circuit_starts": ("memorisation", "circuit formation"),
        "cleanup_starts": ("circuit formation", "clean-up"),
        "cleanup_ends": ("clean-up", "grokked"),
    }
    epoch = measured.addition().summary[boundary]
    page = open_at(visit, f"#widget-progress?progress.epoch={epoch}")
    expect(readout(page, "phase")).to_have_text(names[boundary][1])
    control(page, "epoch").press("ArrowLeft")
    expect(readout(page, "phase")).to_have_text(names[boundary][0])


@pytest.mark.parametrize("axis", ["log", "linear"])
def test_dragging_on_the_curves_moves_the_cursor(visit: Visit, axis: str) -> None:
    page = open_at(visit)
    option(page, "axis", axis).click()
    expect(option(page, "axis", axis)).to_have_attribute("aria-pressed", "true")
    canvas = page.locator(".progress-curves canvas")
    canvas.scroll_into_view_if_needed()
    size = canvas.bounding_box()
    assert size
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


@pytest.mark.parametrize(
    ("split", "directions", "splits"),
    [
        ("defined", "confirmed", ("all", "train")),
        ("all", "last", ("all", "all")),
        ("train", "last", ("train", "train")),
        ("test", "confirmed", ("test", "test")),
    ],
)
def test_the_protocol_is_switched_and_named(
    visit: Visit, split: str, directions: str, splits: tuple[str, str]
) -> None:
    page = open_at(visit)
    control(page, "split").select_option(split)
    control(page, "directions").select_option(directions)
    shows(page, start(), splits, directions)
    summary, told = measured.addition().summary, readout(page, "protocol")
    freqs = summary["key_freqs" if directions == "last" else "confirmed_freqs"]
    expect(told).to_contain_text(f"k = {', '.join(str(k) for k in freqs)}, ")
    chosen = "beforehand" if directions == "last" else "after looking"
    expect(told).to_contain_text(chosen)
    for word in {*splits}:
        expect(told).to_contain_text(WORDS[word])
    legend = page.locator(f"{BOX} .legend").first
    expect(legend).to_contain_text(f"excluded loss, {WORDS[splits[1]]}")
    option(page, "view", "accuracy").click()
    expect(legend).to_contain_text("accuracy of the restricted logits, all pairs")


@pytest.mark.parametrize("still", [True, False])
def test_it_plays_from_the_start_and_pauses(visit: Visit, still: bool) -> None:
    page = open_at(visit, still=still)
    settled(page)
    play = control(page, "play")
    option(page, "speed", "4").click()
    play.press("Enter")
    expect(play).to_have_text("Pause")
    wait_until_it_moves(control(page, "epoch"))
    play.click()
    expect(play).to_have_text("Play")
    epoch = int(value(page, "at"))
    assert 0 < epoch < checkpoints()[-1]
    shows(page, epoch)


def test_playing_ends_at_the_last_checkpoint(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "epoch").press("End")
    control(page, "epoch").press("ArrowLeft")
    shows(page, checkpoints()[-2])
    option(page, "speed", "4").click()
    control(page, "play").click()
    expect(control(page, "play")).to_have_text("Play from 0")
    shows(page, checkpoints()[-1])


def test_moving_the_cursor_ends_the_playing(visit: Visit) -> None:
    page = open_at(visit, still=False)
    control(page, "play").click()
    control(page, "epoch").press("End")
    expect(control(page, "play")).not_to_have_text("Pause")
    shows(page, checkpoints()[-1])


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = open_at(visit)
    assert "progress" not in page.url
    control(page, "epoch").press("Home")
    control(page, "directions").select_option("confirmed")
    option(page, "axis", "linear").click()
    control(page, "freq").select_option(index=1)
    chosen = control(page, "freq").input_value()
    expect(page).to_have_url(re.compile(f"progress.epoch=0&.*progress.freq={chosen}"))
    page.reload()
    shows(page, 0, directions="confirmed")
    expect(control(page, "freq")).to_have_value(chosen)
    expect(option(page, "axis", "linear")).to_have_attribute("aria-pressed", "true")
    control(page, "reset").click()
    shows(page, start())
    expect(option(page, "axis", "log")).to_have_attribute("aria-pressed", "true")
    expect(page).not_to_have_url(re.compile("progress.epoch"))


@pytest.mark.parametrize(
    "nonsense", ["epoch=8405", "epoch=-1", "epoch=x", "split=none", "speed=3", "freq=1", "view="]
)
def test_an_address_that_makes_no_sense_does_no_harm(visit: Visit, nonsense: str) -> None:
    page = open_at(visit, f"#widget-progress?progress.{nonsense}")
    shows(page, start())
    expect(option(page, "speed", "1")).to_have_attribute("aria-pressed", "true")


def test_the_plane_of_the_ring_can_be_chosen(visit: Visit) -> None:
    page = open_at(visit, f"#widget-progress?progress.epoch={measured.epochs()[3]}")
    settled(page)
    picture = "document.querySelector('.progress-ring canvas').toDataURL()"
    fixed = page.evaluate(picture)
    expect(readout(page, "ring-note")).to_contain_text("in the plane of the last checkpoint")
    control(page, "plane").select_option("own")
    expect(readout(page, "ring-note")).to_contain_text("in the plane of this checkpoint")
    page.wait_for_function(f"before => {picture} !== before", arg=fixed)


def test_it_speaks(visit: Visit) -> None:
    page = open_at(visit)
    control(page, "epoch").press("Home")
    spoken = readout(page, "spoken")
    expect(spoken).to_have_attribute("aria-live", "polite")
    expect(spoken).to_contain_text("epoch 0, memorisation: train loss ")
    expect(spoken).to_contain_text("excluded loss, training pairs ")


def test_a_theme_changes_the_pictures(visit: Visit) -> None:
    page = open_at(visit)
    settled(page)
    before = page.evaluate("document.querySelector('.progress-map canvas').toDataURL()")
    page.emulate_media(color_scheme="dark")
    redrawn = "before => document.querySelector('.progress-map canvas').toDataURL() !== before"
    page.wait_for_function(redrawn, arg=before)


def test_on_a_phone_everything_fits_and_can_be_touched(visit: Visit) -> None:
    page = open_at(visit, width=360, has_touch=True)
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    tops = []
    for panel in PANELS:
        size = page.locator(f".progress-{panel}").bounding_box()
        assert size
        tops.append(size["y"])
        assert size["x"] + size["width"] <= 360
    assert tops == sorted(tops)
    for target in page.locator(f"{BOX} :is(button, input, select)").all():
        size = target.bounding_box()
        assert size
        assert size["height"] >= 40


def test_a_checkpoint_that_cannot_be_loaded_is_told_in_the_box(visit: Visit, watch: Watch) -> None:
    watch.expect(r"network-addition-e\d|ERR_FAILED")
    page = open_at(visit, origin="server")
    settled(page)
    page.route("**/data/network-addition-e*.js", lambda route: route.abort())
    control(page, "epoch").press("Home")
    failure = page.locator(f"{BOX} [role=alert]")
    expect(failure).to_contain_text("could not load data/network-addition-e000000.js")
    expect(readout(page, "at")).to_have_text("0")
    for picture in ("bars", "ring", "map"):
        expect(readout(page, f"{picture}-epoch")).to_have_text(f"epoch {start():,}")
    expect(readout(page, "map-note")).to_contain_text("is missing")
    page.unroute("**/data/network-addition-e*.js")
    control(page, "epoch").press("ArrowRight")
    control(page, "epoch").press("ArrowLeft")
    shows(page, 0)
    expect(failure).to_be_hidden()


def test_without_its_first_checkpoint_the_curves_are_there(visit: Visit, watch: Watch) -> None:
    watch.expect(r"network-addition-e\d|ERR_FAILED")
    page = visit("index.html", origin="server")
    page.route("**/data/network-addition-e*.js", lambda route: route.abort())
    page.goto(page.url.replace("index.html", "dev/progress.html"))
    failure = page.locator(f"{BOX} [role=alert]")
    expect(failure).to_contain_text("could not load data/network-addition-e")
    expect(readout(page, "ring-epoch")).to_have_text("not loaded")
    assert painted(page, ".progress-curves canvas")
    page.unroute("**/data/network-addition-e*.js")
    control(page, "forth").click()
    expect(failure).to_be_hidden()
    shows(page, measured.epochs()[measured.epochs().index(start()) + 1])


def test_a_map_that_is_not_there_yet_is_never_taken_for_one_that_is(visit: Visit) -> None:
    page = open_at(visit)
    settled(page)
    before = page.evaluate("document.querySelector('.progress-map canvas').toDataURL()")
    page.evaluate("Worker.prototype.postMessage = () => {}")
    control(page, "forth").click()
    after = measured.epochs()[measured.epochs().index(start()) + 1]
    expect(readout(page, "ring-epoch")).to_have_text(f"epoch {after:,}")
    expect(readout(page, "map-epoch")).to_have_text(f"epoch {start():,}")
    expect(readout(page, "map-note")).to_have_text(
        f"Grey: epoch {start():,}. Epoch {after:,} is being computed."
    )
    redrawn = "before => document.querySelector('.progress-map canvas').toDataURL() !== before"
    page.wait_for_function(redrawn, arg=before)


def test_a_relapse_is_shown(visit: Visit) -> None:
    relapse = measured.addition().summary["relapses"][0]
    page = open_at(visit, f"#widget-progress?progress.epoch={nearest(relapse['first'])}")
    shows(page, nearest(relapse["first"]))
    assert value(page, "test-accuracy") < 0.99
    expect(readout(page, "phase")).to_have_text("grokked")


def test_it_stands_alone_in_its_harness(visit: Visit) -> None:
    page = visit("dev/progress.html")
    expect(page.locator(BOX)).to_have_attribute("data-state", "ready")
    shows(page, start())
