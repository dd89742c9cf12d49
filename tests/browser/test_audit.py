"""The audit and the guess, as a reader uses them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.instrument import Instrument, brought_near, fits, painted
from tests.browser.reading import ROOT
from timeless.instruments.audits import audits
from timeless.results.artifacts import Results

RUNS = {run["name"]: run for run in audits(Results(ROOT / "artifacts"))}
AUDIT = Instrument("audit", "alignment.html")
GUESS = Instrument("guess", "alignment.html")
control, readout, value = AUDIT.control, AUDIT.readout, AUDIT.value


def test_it_opens_at_the_end_of_the_main_run_and_the_cursor_reads_both_panels(
    visit: Visit,
) -> None:
    page = AUDIT.open_at(visit)
    run = RUNS["addition"]
    assert value(page, "test-accuracy") == pytest.approx(float(run["curves"]["test_accuracy"][-1]))
    assert value(page, "gini_W_E") == pytest.approx(float(run["structure"]["gini_W_E"][-1]))
    assert all(painted(page, f".audit-side > div:nth-of-type({i}) canvas >> nth=0") for i in (1, 2))
    control(page, "epoch").press("Home")
    expect(readout(page, "epoch")).to_have_text("0")
    assert value(page, "spectral_entropy") == pytest.approx(
        float(run["structure"]["spectral_entropy"][0])
    )
    expect(readout(page, "told")).to_have_text("No alarm so far.")
    box = brought_near(page.locator(".audit-structure canvas").first)
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.up()
    assert 0.2 * run["end"] < value(page, "epoch") < 0.5 * run["end"]
    expect(page).to_have_url(re.compile(r"audit\.epoch"))


def test_on_a_run_that_does_not_generalise_alarms_are_false(visit: Visit) -> None:
    page = AUDIT.alone(visit)
    control(page, "run").select_option("frac10_seed0")
    expect(readout(page, "told")).to_contain_text("false alarm")
    expect(page).to_have_url(re.compile(r"audit\.run=frac10_seed0"))
    control(page, "reset").click()
    expect(control(page, "run")).to_have_value("addition")
    expect(page).not_to_have_url(re.compile(r"audit\.run"))


def test_an_address_sets_the_audit_and_nonsense_in_it_is_ignored(visit: Visit) -> None:
    page = AUDIT.alone(visit, AUDIT.address(run="multiplication", epoch="nothing"))
    expect(control(page, "run")).to_have_value("multiplication")
    assert value(page, "epoch") == RUNS["multiplication"]["end"]


def test_the_weights_stay_hidden_until_the_reader_has_guessed(visit: Visit) -> None:
    page = GUESS.open_at(visit, origin="server")
    structure = page.locator(f"{GUESS.box} .guess-structure canvas")
    expect(structure).to_have_count(0)
    names = [run["words"] for run in RUNS.values()]
    text = page.locator(GUESS.box).inner_text()
    assert not any(name in text for name in names), "a name gives it away"
    page.locator(f"{GUESS.box} [data-value=c]").click()
    expect(structure).to_have_count(3)
    expect(structure.first).to_be_visible()
    expect(GUESS.readout(page, "heading")).to_have_text("Network A, 1 of 5")
    page.locator(f"{GUESS.box} [data-value=y]").click()
    expect(GUESS.readout(page, "heading")).to_contain_text(": ")
    expect(GUESS.readout(page, "total")).to_contain_text("1 open")


def test_all_networks_by_keyboard_lead_to_the_moral_and_reset_begins_again(visit: Visit) -> None:
    page = GUESS.alone(visit)
    total, heading = GUESS.readout(page, "total"), GUESS.readout(page, "heading")
    for network in range(5):
        for _ in range(2):
            page.locator(f"{GUESS.box} [data-value=y]").press("Enter")
        if network < 4:
            GUESS.control(page, "next").press("Enter")
    expect(total).to_contain_text("3 right, 2 wrong, 0 open")
    expect(total).to_contain_text("alarms rang for nothing")
    expect(GUESS.control(page, "next")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"guess\.answers=yy\.yy\.yy\.yy\.yy"))
    GUESS.control(page, "reset").click()
    expect(heading).to_have_text("Network A, 1 of 5")
    expect(total).to_be_empty()


def test_a_shared_guess_is_taken_up_and_no_network_is_skipped(visit: Visit) -> None:
    page = GUESS.alone(visit, GUESS.address(seed=3, at=4, answers="yn.c"))
    expect(GUESS.readout(page, "heading")).to_have_text("Network B, 2 of 5")
    expect(page.locator(f"{GUESS.box} tbody tr").first).to_contain_text("will generalise")


@pytest.mark.parametrize("instrument", [AUDIT, GUESS], ids=lambda instrument: instrument.name)
def test_on_a_phone_nothing_is_wider_than_the_page(visit: Visit, instrument: Instrument) -> None:
    assert fits(instrument.alone(visit, width=360, theme="dark"))
