"""The logarithm explorer and the page around it, as a reader uses them, against NumPy."""

import re
from functools import cache

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.instrument import (
    Instrument,
    brought_near,
    fits,
    painted,
    passing,
    redrawn,
    stand_in_one_column,
)
from tests.browser.measured import RESULTS, P, Spectrum
from timeless.analysis.groups import discrete_logarithms, powers
from timeless.results.weights import load_weights, published_file

INSTRUMENT = Instrument("discrete-log", "multiplication.html")
BOX = INSTRUMENT.box
control, readout, value = INSTRUMENT.control, INSTRUMENT.readout, INSTRUMENT.value
N = P - 1
CLOSE = 2e-3  # weights travel as 16-bit integers
NOT_A_ROOT = 3
OTHER_ROOT = 6


def typed(page: Page, name: str) -> Locator:
    return page.locator(f"{BOX} [data-number={name}]")


@cache
def spectrum(g: int | None) -> Spectrum:
    """Return the embedding's spectrum in the order of the powers of g, or of the numbers."""
    weights, _ = load_weights(published_file(RESULTS.directory, "multiplication", "seed0"))
    tokens = np.arange(P) if g is None else powers(P, g)
    W_E = weights["W_E"][tokens].astype(np.float64)
    n = len(tokens)
    power = np.square(np.abs(np.fft.fft(W_E, axis=0, norm="ortho")[1 : n // 2 + 1])).sum(1)
    halves = np.where(np.arange(1, n // 2 + 1) * 2 == n, 1, 2)  # the alternating wave is alone
    return Spectrum(np.sqrt(halves * power))


def strongest(g: int | None) -> int:
    return 1 + int(spectrum(g).norm.argmax())


def shows(page: Page, g: int, a: int, b: int) -> None:
    """Check what the page says of a product against Python's own arithmetic."""
    logs = discrete_logarithms(P, g)
    expect(readout(page, "answer")).to_have_text(str(a * b % P))
    expect(readout(page, "log-a")).to_have_text(str(logs[a]))
    expect(readout(page, "log-b")).to_have_text(str(logs[b]))
    expect(readout(page, "exponent")).to_have_text(str((logs[a] + logs[b]) % N))


def shows_wave(page: Page, g: int | None, k: int) -> None:
    """Check what the page says of the network at frequency k."""
    expect(readout(page, "frequency")).to_have_text(str(k))
    found = spectrum(g)
    assert value(page, "norm") == pytest.approx(found.norm[k - 1], rel=CLOSE, abs=CLOSE)
    assert value(page, "share") == pytest.approx(found.share[k - 1], rel=CLOSE, abs=CLOSE)
    ties = int((abs(found.norm - found.norm[k - 1]) < CLOSE).sum()) - 1
    assert abs(value(page, "rank") - found.rank(k)) <= ties


def chosen(page: Page) -> tuple[int, int, int]:
    g, a, b = (int(control(page, name).input_value()) for name in "gab")
    return g, a, b


def test_it_starts_with_base_2_and_the_strongest_frequency(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, origin="server")
    g, a, b = chosen(page)
    assert g == 2
    shows(page, g, a, b)
    shows_wave(page, 2, strongest(2))
    expect(readout(page, "verdict")).to_contain_text(f"meet all {N} non-zero numbers")
    for panel in ("own", "turned", "bars", "plane"):
        assert painted(page, f".dlog-{panel} canvas")


def test_arrow_keys_choose_the_numbers_and_zero_has_no_logarithm(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    control(page, "a").press("End")
    control(page, "b").press("Home")
    control(page, "b").press("ArrowRight")
    control(page, "b").press("ArrowRight")
    shows(page, 2, P - 1, 2)
    expect(control(page, "a")).to_have_attribute("aria-valuetext", f"{P - 1}, logarithm {N // 2}")
    control(page, "a").press("Home")
    expect(readout(page, "log-a")).to_have_text("none")
    expect(readout(page, "answer")).to_have_text("0")
    expect(readout(page, "exponent")).to_have_text("none")


def test_numbers_can_be_typed_and_nonsense_is_put_right(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    typed(page, "a").fill("100")
    typed(page, "b").fill("113")
    shows(page, 2, 100, 113)
    expect(readout(page, "equation")).to_contain_text("2⁹⁴\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}2⁸⁰")
    expect(readout(page, "equation")).to_contain_text("= 2⁴⁴ ≡ 34 (mod 131)")
    typed(page, "a").fill("900")
    typed(page, "a").press("Tab")
    expect(typed(page, "a")).to_have_value(str(P - 1))
    shows(page, 2, P - 1, 113)


def test_a_base_that_is_no_root_misses_numbers(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    typed(page, "g").fill(str(NOT_A_ROOT))
    expect(readout(page, "verdict")).to_contain_text(
        "3 is not a primitive root modulo 131: its powers are back at 1 after 65 steps "
        "and never meet the other 65"
    )
    typed(page, "a").fill("2")
    expect(readout(page, "log-a")).to_have_text("none")
    expect(readout(page, "equation")).to_contain_text("no power of 3")
    expect(control(page, "play")).to_be_disabled()
    expect(readout(page, "title")).to_contain_text("in the order of the powers of 2")
    shows_wave(page, 2, strongest(2))


def test_another_root_permutes_the_bars_and_keeps_the_wave(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    before = value(page, "norm")
    control(page, "next").click()
    expect(control(page, "g")).to_have_value(str(OTHER_ROOT))
    k = strongest(OTHER_ROOT)
    assert k != strongest(2)
    shows_wave(page, OTHER_ROOT, k)
    assert value(page, "norm") == pytest.approx(before, rel=1e-6)
    shows(page, *chosen(page))
    control(page, "previous").click()
    shows_wave(page, 2, strongest(2))


def test_in_the_order_of_the_numbers_no_frequency_stands_out(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    keys = RESULTS["multiplication"].summary["key_freqs"]
    buttons = page.locator(f"{BOX} [data-key]")
    assert buttons.all_inner_texts() == [str(k) for k in keys]
    page.locator(f"{BOX} [data-key='{N // 2}']").click()
    shows_wave(page, 2, N // 2)
    expect(readout(page, "places")).to_have_text(f"2 of {N}")
    control(page, "order").select_option("number")
    shows_wave(page, None, strongest(None))
    if RESULTS["multiplication"].summary["n_key_freqs_additive"] == N // 2:
        expect(buttons).to_have_count(0)
        expect(page.locator(BOX)).to_contain_text("none stands out")


def test_a_circle_and_the_table_of_powers_choose_a_number(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit)
    circle = page.locator(".dlog-turned canvas")
    size = brought_near(circle)
    middle = size["width"] / 2
    circle.click(position={"x": middle, "y": 40})  # the top, where 1 stands
    expect(control(page, "a")).to_have_value("1")
    page.locator(f"{BOX} [data-control=point-b]").click()
    circle.click(position={"x": middle, "y": size["height"] - 30})  # half way round
    expect(control(page, "b")).to_have_value(str(P - 1))
    shows(page, 2, 1, P - 1)
    page.locator(f"{BOX} [data-control=point-a]").click()
    page.locator(f"{BOX} summary").click()
    cells = page.locator(f"{BOX} [data-power]")
    assert [int(text) for text in cells.all_inner_texts()] == powers(P, 2).tolist()
    cells.nth(20).click()
    expect(control(page, "a")).to_have_value(str(powers(P, 2)[20]))
    marks = page.locator(f"{BOX} [data-is]")
    _, a, b = chosen(page)
    assert {int(text) for text in marks.all_inner_texts()} == {a, b, a * b % P}


@pytest.mark.parametrize("still", [True, False])
def test_it_walks_to_the_product_and_can_be_scrubbed(visit: Visit, still: bool) -> None:
    page = INSTRUMENT.alone(visit, still=still)
    typed(page, "a").fill("8")
    typed(page, "b").fill("4")
    expect(readout(page, "steps")).to_have_text("5 of 5")
    INSTRUMENT.says(
        page,
        "2 is a primitive root modulo 131",
        "2³\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}2² = 2⁵ ≡ 32 (mod 131)",
        f"Frequency {strongest(2)}: norm",
    )
    play = control(page, "play")
    with passing(play, "^Pause$"):
        play.press("Enter")
    expect(readout(page, "steps")).to_have_text("5 of 5")
    expect(play).to_have_text("Walk")
    steps = control(page, "steps")
    steps.press("Home")
    for exponent, number in enumerate(powers(P, 2)[:6]):
        told = f"{exponent} steps, at {number}"
        expect(steps).to_have_attribute("aria-valuetext", told)
        steps.press("ArrowRight")


def test_a_view_can_be_shared_and_reset(visit: Visit) -> None:
    page = INSTRUMENT.open_at(visit)
    typed(page, "g").fill(str(OTHER_ROOT))
    typed(page, "a").fill("77")
    typed(page, "a").press("Tab")
    control(page, "frequency").press("Home")
    control(page, "frequency").press("Tab")
    expect(page).to_have_url(
        re.compile(r"discrete-log\.g=6&.*discrete-log\.a=77.*discrete-log\.k=1")
    )
    page.reload()
    INSTRUMENT.ready(page)
    shows(page, OTHER_ROOT, 77, chosen(page)[2])
    shows_wave(page, OTHER_ROOT, 1)
    control(page, "reset").click()
    shows_wave(page, 2, strongest(2))
    expect(page).not_to_have_url(re.compile(r"discrete-log\.g="))


@pytest.mark.parametrize(
    "nonsense", [{"g": 0, "a": "x", "b": -3, "k": 900, "order": "up"}, {"g": 900, "k": 1.5}]
)
def test_an_address_that_makes_no_sense_does_no_harm(
    visit: Visit, nonsense: dict[str, object]
) -> None:
    page = INSTRUMENT.alone(visit, INSTRUMENT.address(**nonsense))
    g, a, b = chosen(page)
    assert 2 <= g < P
    expect(readout(page, "answer")).to_have_text(str(a * b % P))
    k = int(readout(page, "frequency").inner_text())
    assert 1 <= k <= N // 2


def test_on_a_phone_the_circles_stack_and_take_a_finger_and_follow_the_theme(visit: Visit) -> None:
    page = INSTRUMENT.alone(visit, width=360, has_touch=True)
    assert stand_in_one_column([page.locator(f".dlog-{name}") for name in ("own", "turned")])
    circle = page.locator(".dlog-turned canvas")
    size = brought_near(circle)
    circle.tap(position={"x": size["width"] / 2, "y": 40})
    expect(control(page, "a")).to_have_value("1")
    page.locator(f"{BOX} summary").click()
    assert fits(page)
    with redrawn(page, ".dlog-turned canvas"):
        page.emulate_media(color_scheme="dark")


# --- figures with views ------------------------------------------------------------------


def test_the_page_quotes_the_model_and_its_figures_switch_to_the_other_order_and_back(
    visit: Visit,
) -> None:
    page = visit("multiplication.html")
    listing = page.locator(".listing").first
    expect(listing).to_contain_text("def forward(params")
    expect(listing).to_contain_text("timeless/training/model.py")
    for name in ("multiplication-spectrum", "multiplication-ablation"):
        switches(page, name)


def switches(page: Page, name: str) -> None:
    box = page.locator(f"[data-figure={name}]")
    box.scroll_into_view_if_needed()
    expect(box).to_have_attribute("data-state", "ready")
    figure = page.locator(f"#figure-{name}")
    log, number = (
        figure.get_by_role("button", name=text) for text in ("discrete logarithm", "number itself")
    )
    expect(log).to_have_attribute("aria-pressed", "true")
    texts = "box => [...box.querySelectorAll('svg text')].map((text) => text.textContent).join('|')"
    before = [box.element_handle(), box.evaluate(texts)]
    number.press("Enter")
    expect(number).to_have_attribute("aria-pressed", "true")
    expect(log).to_have_attribute("aria-pressed", "false")
    page.wait_for_function(f"([box, before]) => ({texts})(box) !== before", arg=before)
    log.click()
    page.wait_for_function(f"([box, before]) => ({texts})(box) === before", arg=before)
