"""The audit and the guess, as a reader uses them."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.reading import ROOT, painted
from timeless.artifacts import Results
from timeless.instruments.audits import audits

RUNS = {run["name"]: run for run in audits(Results(ROOT / "artifacts"))}
AUDIT, GUESS = "[data-widget=audit]", "[data-widget=guess]"


def open_at(visit: Visit, box: str, address: str = "", **options: object) -> Page:
    page = visit(f"alignment.html{address}", **options)
    page.locator(box).scroll_into_view_if_needed()
    expect(page.locator(box)).to_have_attribute("data-state", "ready")
    return page


def part(page: Page, box: str, kind: str, name: str) -> Locator:
    return page.locator(f"{box} [data-{kind}={name}]")


def value(page: Page, name: str) -> float:
    return float(str(part(page, AUDIT, "readout", name).get_attribute("data-value")))


@pytest.mark.parametrize("origin", ["file", "server"])
def test_it_opens_at_the_end_of_the_main_run(visit: Visit, origin: str) -> None:
    page = open_at(visit, AUDIT, origin=origin)
    run = RUNS["addition"]
    assert value(page, "test-accuracy") == pytest.approx(float(run["curves"]["test_accuracy"][-1]))
    assert value(page, "gini_W_E") == pytest.approx(float(run["structure"]["gini_W_E"][-1]))
    assert all(painted(page, f".audit-side > div:nth-of-type({i}) canvas >> nth=0") for i in (1, 2))


def test_the_cursor_moves_by_keyboard_and_reads_both_panels(visit: Visit) -> None:
    page = open_at(visit, AUDIT)
    slider = part(page, AUDIT, "control", "epoch")
    slider.press("Home")
    expect(part(page, AUDIT, "readout", "epoch")).to_have_text("0")
    run = RUNS["addition"]
    assert value(page, "spectral_entropy") == pytest.approx(
        float(run["structure"]["spectral_entropy"][0])
    )
    expect(part(page, AUDIT, "readout", "told")).to_have_text("No alarm so far.")


def test_dragging_on_a_panel_moves_the_one_cursor(visit: Visit) -> None:
    page = open_at(visit, AUDIT)
    canvas = page.locator(".audit-structure canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.up()
    epoch = value(page, "epoch")
    assert 0.2 * RUNS["addition"]["end"] < epoch < 0.5 * RUNS["addition"]["end"]
    expect(page).to_have_url(re.compile(r"audit\.epoch"))


def test_on_a_run_that_does_not_generalise_alarms_are_false(visit: Visit) -> None:
    page = open_at(visit, AUDIT)
    part(page, AUDIT, "control", "run").select_option("frac10_seed0")
    expect(part(page, AUDIT, "readout", "told")).to_contain_text("false alarm")
    expect(page).to_have_url(re.compile(r"audit\.run=frac10_seed0"))
    part(page, AUDIT, "control", "reset").click()
    expect(part(page, AUDIT, "control", "run")).to_have_value("addition")
    expect(page).not_to_have_url(re.compile(r"audit\.run"))


def test_an_address_sets_the_audit_and_nonsense_in_it_is_ignored(visit: Visit) -> None:
    page = open_at(visit, AUDIT, "#widget-audit?audit.run=multiplication&audit.epoch=nothing")
    expect(part(page, AUDIT, "control", "run")).to_have_value("multiplication")
    assert value(page, "epoch") == RUNS["multiplication"]["end"]


def test_the_weights_stay_hidden_until_the_reader_has_guessed(visit: Visit) -> None:
    page = open_at(visit, GUESS)
    structure = page.locator(f"{GUESS} .guess-structure canvas")
    expect(structure).to_have_count(0)
    names = [run["words"] for run in RUNS.values()]
    text = page.locator(GUESS).inner_text()
    assert not any(name in text for name in names), "a name gives it away"
    page.locator(f"{GUESS} [data-value=c]").click()
    expect(structure).to_have_count(3)
    expect(structure.first).to_be_visible()
    expect(part(page, GUESS, "readout", "heading")).to_have_text("Network A, 1 of 5")
    page.locator(f"{GUESS} [data-value=y]").click()
    expect(part(page, GUESS, "readout", "heading")).to_contain_text(": ")
    expect(part(page, GUESS, "readout", "total")).to_contain_text("1 open")


def test_all_networks_by_keyboard_lead_to_the_moral_and_reset_begins_again(visit: Visit) -> None:
    page = open_at(visit, GUESS)
    for network in range(5):
        for _ in range(2):
            page.locator(f"{GUESS} [data-value=y]").press("Enter")
        if network < 4:
            part(page, GUESS, "control", "next").press("Enter")
    expect(part(page, GUESS, "readout", "total")).to_contain_text("3 right, 2 wrong, 0 open")
    expect(part(page, GUESS, "readout", "total")).to_contain_text("alarms rang for nothing")
    expect(part(page, GUESS, "control", "next")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"guess\.answers=yy\.yy\.yy\.yy\.yy"))
    part(page, GUESS, "control", "reset").click()
    expect(part(page, GUESS, "readout", "heading")).to_have_text("Network A, 1 of 5")
    expect(part(page, GUESS, "readout", "total")).to_be_empty()


def test_a_shared_guess_is_taken_up_and_no_network_is_skipped(visit: Visit) -> None:
    page = open_at(visit, GUESS, "#widget-guess?guess.seed=3&guess.at=4&guess.answers=yn.c")
    expect(part(page, GUESS, "readout", "heading")).to_have_text("Network B, 2 of 5")
    expect(page.locator(f"{GUESS} tbody tr").first).to_contain_text("will generalise")


@pytest.mark.parametrize("name", ["audit", "guess"])
def test_on_a_phone_nothing_is_wider_than_the_page(visit: Visit, name: str) -> None:
    page = visit(f"dev/{name}.html", width=360, theme="dark")
    expect(page.locator(f"[data-widget={name}]")).to_have_attribute("data-state", "ready")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
