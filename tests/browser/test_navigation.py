"""Ways through the site: header, previous and next, contents, theme, and a wrong address."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import BuiltSite, Visit, Watch


def leading(site: BuiltSite, name: str, kind: str) -> list[str]:
    """Return where the links with an attribute lead from a page."""
    tags = re.findall(rf"<a [^>]*{kind}[^>]*>", (site.folder / name).read_text(encoding="utf-8"))
    return [re.findall(r'href="([^"]*)"', tag)[0] for tag in tags]


@pytest.mark.parametrize("origin", ["file", "server"])
def test_next_and_previous_lead_through_the_site_and_back(
    visit: Visit, site: BuiltSite, origin: str
) -> None:
    page = visit("index.html", origin=origin)
    order = [str(link.get_attribute("href")) for link in page.locator("#site-nav a").all()]
    assert order[0] == "index.html"
    assert len(order) > 1
    for name, before, after in zip(order, ["", *order], [*order[1:], ""], strict=False):
        assert leading(site, name, 'rel="prev"') == [before] * bool(before)
        assert leading(site, name, 'rel="next"') == [after] * bool(after)
        assert leading(site, name, 'aria-current="page"') == [name]
    for kind, name in (("next", order[1]), ("next", order[2]), ("prev", order[1])):
        page.locator(f"a[rel={kind}]").click()
        expect(page).to_have_url(site.url(name, origin))


def test_the_contents_lead_to_the_sections(visit: Visit) -> None:
    page = visit("fourier.html", width=1600)
    links = page.locator(".toc a").all()
    assert len(links) > 2
    for link in links:
        link.click()
        anchor = str(link.get_attribute("href"))
        expect(page.locator(f"[id='{anchor[1:]}']")).to_be_in_viewport()


def test_the_header_says_the_place_and_its_menus_open_by_keyboard(visit: Visit) -> None:
    page = visit("fourier.html", width=1100)
    place = page.locator("[data-place]")
    expect(place).to_have_text(re.compile(r"Laboratory\s*Fourier"))
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    section = place.locator(".place-section")
    expect(section).to_have_text("References")
    expect(section).to_be_in_viewport()

    opener, claims = (
        page.get_by_role("button", name="Record"),
        page.get_by_role("link", name="Claims"),
    )
    expect(claims).to_be_hidden()
    opener.press("Enter")
    expect(claims).to_be_visible()
    page.keyboard.press("Escape")
    expect(claims).to_be_hidden()
    expect(opener).to_be_focused()


def test_on_a_phone_the_menu_opens_and_closes_by_keyboard(visit: Visit) -> None:
    page = visit("index.html", width=360)
    menu = page.locator(".menu-button")
    links = page.locator("#site-nav")
    expect(links).to_be_hidden()
    menu.press("Enter")
    expect(links).to_be_visible()
    page.keyboard.press("Escape")
    expect(links).to_be_hidden()
    expect(menu).to_be_focused()


def test_the_skip_link_comes_first_and_leads_to_the_text(visit: Visit) -> None:
    page = visit("index.html")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


WITNESS = "localStorage.getItem('witness')"


def open_remembering(page: Page, url: str) -> None:
    """Open a page that finds what another one kept.

    To one file in some ten a Chromium whose cores are busy gives a storage that is empty, stays so,
    and forgets what is put there; the next file finds what those before this one kept.
    """
    for _ in range(20):
        page.goto(url)
        if page.evaluate(WITNESS):
            return
        page.evaluate("localStorage.setItem('witness', 'here')")
    pytest.fail("no page finds what another one kept")


@pytest.mark.parametrize("origin", ["file", "server"])
def test_a_chosen_theme_lasts(visit: Visit, site: BuiltSite, origin: str) -> None:
    # In a window of its own: what another tab forgets as it closes must not arrive here, late.
    page = visit("index.html", origin=origin, theme="light", locale="en-GB")
    root, button = page.locator("html"), page.locator("[data-theme-button]")
    open_remembering(page, site.url("index.html", origin))
    expect(button).to_have_accessible_name("Theme: automatic")
    button.click()
    expect(root).to_have_attribute("data-theme", "light")
    button.press("Enter")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(button).to_have_accessible_name("Theme: dark")
    for name in ("index.html", "methods.html"):
        open_remembering(page, site.url(name, origin))
        assert root.get_attribute("data-theme") == "dark"
    button.click()
    expect(root).to_have_attribute("data-theme", "light")


@pytest.mark.parametrize("depth", ["nowhere", "a/b/nowhere.html"])
def test_a_wrong_address_leads_back_from_any_depth(
    visit: Visit, watch: Watch, site: BuiltSite, depth: str
) -> None:
    watch.expect("404")
    page = visit(depth, origin="server")
    expect(page.locator("h1")).to_be_visible()
    page.locator("nav a").first.click()
    expect(page).to_have_url(site.url("index.html", "server"))
    expect(page.locator(".site-header")).to_be_visible()


def test_a_search_finds_a_figure_and_leads_to_it(visit: Visit, site: BuiltSite) -> None:
    page = visit("methods.html")
    page.locator("h1").click()
    page.keyboard.press("/")
    dialog = page.get_by_role("dialog", name="Search")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("neurons best frequency explains")
    hits = dialog.locator("a")
    expect(hits.first).to_contain_text("How much of a neuron its best frequency explains")
    page.keyboard.press("ArrowDown")
    expect(hits.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(site.url("fourier.html#figure-neuron-clusters", "file"))
    expect(page.locator("#figure-neuron-clusters")).to_be_in_viewport()


def test_a_heading_links_to_itself(visit: Visit) -> None:
    page = visit("fourier.html")
    link = page.locator("h2 .permalink").nth(2)
    link.press("Enter")
    assert page.url.endswith(str(link.get_attribute("href")))


def test_a_number_a_term_and_a_citation_say_more_by_pointer_keyboard_and_tap(visit: Visit) -> None:
    page = visit("index.html", width=390, has_touch=True)
    card, term = page.locator("#preview"), page.locator(".prose a.term").first
    number, cite = page.locator(".prose > p .measured").first, page.locator(".cite").first
    number.tap()
    expect(card).to_contain_text("artifacts/addition.json: summary.n_pairs")
    term.tap()
    expect(card.locator(".preview-title")).to_have_text("Epoch")
    expect(card.get_by_role("link", name="Go there")).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.evaluate("document.activeElement.blur()")
    term.press("Shift")  # by the keyboard, so the focus shows
    expect(card).to_be_visible()
    cite.scroll_into_view_if_needed()
    cite.hover()
    expect(card).to_contain_text("Grokking: Generalization Beyond Overfitting")
    page.get_by_role("button", name="List those of this page").click()
    dialog = page.get_by_role("dialog", name="Numbers of this page")
    expect(dialog.get_by_role("cell", name="17,161")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_link_into_a_page_arrives_there_whatever_is_drawn_above(visit: Visit, width: int) -> None:
    page = visit("multiplication.html#zero", width=width, still=False)
    top = "() => document.getElementById('zero').getBoundingClientRect().top"
    padding = "parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop)"
    arrived = f"() => Math.abs(({top})() - {padding}) < 2"
    page.wait_for_function(arrived)
    grow = "(px) => { document.querySelector('main').style.paddingTop = `${px}px` }"
    page.evaluate(grow, 900)
    page.wait_for_function(arrived)
    page.mouse.wheel(0, -400)
    page.wait_for_function(f"() => ({top})() > 300")
    page.evaluate(grow, 1000)
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    assert page.evaluate(top) > 300  # a reader who has moved is left alone
