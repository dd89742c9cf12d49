"""Every page: opens anywhere, draws what it promises, fits a phone, is accessible, prints."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import BuiltSite, Visit
from tests.browser.reading import ARTICLES, PAGES, ROOT, show_everything

AXE = ROOT / "site_src" / "node_modules" / "axe-core" / "axe.min.js"
every_page = pytest.mark.parametrize("name", PAGES)
every_article = pytest.mark.parametrize("name", ARTICLES)


# What someone who makes a link may have it say: names that all objects share, markup, no numbers.
# An anchor that cannot be decoded goes with it.
HOSTILE = "#%?" + "&".join(
    f"{name}.{key}={value}"
    for name in ("__proto__", "constructor", "toString", "ledger", "guess", "network", "spectrum")
    for key, value in (
        *(("__proto__", 1), ("constructor", 2), ("prototype", 3), ("x", 4), ("name", "z")),
        ("undefined", "%22%3E%3Cimage%20href=x%20onerror=alert(1)%3E"),
        *(("k", "NaN"), ("seed", "1e999"), ("verdict", "constructor"), ("network", "__proto__")),
    )
)
SHARED = "[{}.x, {}.undefined, Object.name, Object.prototype.toString.name]"


def draws_everything(page: Page) -> None:
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("h1")).to_be_visible()
    show_everything(page)


def is_accessible(page: Page) -> None:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = "{ preload: false, resultTypes: ['violations'] }"
    violations = page.evaluate(f"axe.run({options}).then((result) => result.violations)")
    found = [
        f"{violation['id']}: {node['html']} ({node['failureSummary']})"
        for violation in violations
        for node in violation["nodes"]
    ]
    assert found == []


def keeps_every_figure_in_print(page: Page) -> None:
    drawn = page.locator("[data-figure] svg.main-svg:visible, [data-widget] canvas:visible")
    on_screen = drawn.count()
    page.emulate_media(media="print")
    expect(drawn).to_have_count(on_screen)
    for caption in page.locator("figcaption").all():
        expect(caption).to_be_visible()


def has_its_downloads(page: Page, site: BuiltSite) -> None:
    links = page.locator("a[download], a[href^='artifacts/'], a[href^='data/']").all()
    targets = {str(link.get_attribute("href")) for link in links}
    if page.url.endswith("methods.html"):
        assert targets, "the page of downloads has none"
    for target in sorted(targets):
        assert (site.folder / target).stat().st_size > 0, target


@every_page
def test_from_a_file_and_whatever_its_link_says_a_page_draws_everything_and_is_accessible(
    visit: Visit, name: str
) -> None:
    page = visit(name + HOSTILE)
    draws_everything(page)
    assert page.evaluate(SHARED) == [None, None, "Object", "toString"]
    is_accessible(page)


# The axes of every figure, once all of them are as wide as their boxes.
AXES = """() => {
  const plots = Array.from(document.querySelectorAll(".figure-plot"));
  if (plots.some((plot) => plot._fullLayout.width !== plot.clientWidth)) return null;
  return plots.map(({ _fullLayout: layout }) =>
    Object.keys(layout).filter((key) => /^[xy]axis/.test(key)).map((key) => layout[key].range));
}"""


def can_be_turned_on_a_phone(page: Page) -> None:
    axes = page.wait_for_function(AXES).json_value()
    page.set_viewport_size(ViewportSize(width=360, height=800))
    page.wait_for_function(AXES)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.set_viewport_size(ViewportSize(width=844, height=800))
    assert page.wait_for_function(AXES).json_value() == axes


@every_page
def test_from_a_server_in_the_dark_too_on_a_phone_that_is_turned_and_it_prints(
    visit: Visit, site: BuiltSite, name: str
) -> None:
    page = visit(name, origin="server", theme="dark", width=844)
    draws_everything(page)
    can_be_turned_on_a_phone(page)
    is_accessible(page)
    if name in ARTICLES:
        has_its_downloads(page, site)
        keeps_every_figure_in_print(page)


@every_article
def test_a_page_has_a_card_for_where_a_link_to_it_is_shared(site: BuiltSite, name: str) -> None:
    html = (site.folder / name).read_text(encoding="utf-8")
    said = dict(re.findall(r'<meta property="og:([:\w]+)" content="([^"]+)">', html))
    file = site.folder / said["image"].removeprefix(site.url("", "server"))
    with Image.open(file) as card:
        assert card.size == (int(said["image:width"]), int(said["image:height"]))
        assert len(card.getcolors()) > 50  # something is drawn
    assert said["image:alt"].removeprefix(said["title"])


@every_article
def test_a_page_can_be_read_without_scripts(visit: Visit, name: str) -> None:
    page = visit(name, java_script_enabled=False)
    expect(page.locator("h1")).to_be_visible()
    for formula in page.locator(":is(.maths, .maths-display) svg:not(details *)").all():
        expect(formula).to_be_visible()
    for alternative in page.locator("[data-figure] p, [data-widget] p").all():
        expect(alternative).to_be_visible()
    expect(page.locator("nav a").first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_of_the_system_is_there_from_the_start(visit: Visit, theme: str) -> None:
    page = visit("index.html", theme=theme)
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    lightness = page.evaluate(
        "getComputedStyle(document.documentElement).backgroundColor.match(/[\\d.]+/g)"
        ".slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3"
    )
    assert (lightness > 128) == (theme == "light")


def test_formulas_are_copied_with_their_text_and_found_in_it(visit: Visit) -> None:
    page = visit("foundations.html")
    sentence = page.locator(".prose > p", has=page.locator(".maths")).first
    sentence.evaluate("(sentence) => getSelection().selectAllChildren(sentence)")
    page.keyboard.press("Control+C")
    sentence.evaluate("(sentence) => sentence.replaceWith(document.createElement('textarea'))")
    page.locator("textarea").focus()
    page.keyboard.press("Control+V")
    expect(page.locator("textarea")).to_have_value(re.compile(r"^[^\n]*rate η and decay λ,$"))
    assert page.evaluate("find('(1 − ηλ)θ_t', false, false, true)")


def test_who_prints_by_keyboard_gets_every_figure_without_scrolling(visit: Visit) -> None:
    page = visit("scarcity.html")
    page.evaluate("() => { window.print = () => { document.title = 'printed'; }; }")
    page.keyboard.press("Control+P")
    expect(page).to_have_title("printed")
    states = [figure.get_attribute("data-state") for figure in page.locator("[data-figure]").all()]
    assert states
    assert set(states) == {"ready"}
    assert page.pdf().startswith(b"%PDF")


def test_a_figure_is_saved_as_a_picture_with_its_legend(visit: Visit, tmp_path: Path) -> None:
    page = visit("scarcity.html#figure-scarcity-curves")
    box = page.locator("[data-figure=scarcity-curves]")
    expect(box).to_have_attribute("data-state", "ready")
    for kind in ("PNG", "SVG"):
        with page.expect_download() as started:
            page.locator("figure", has=box).get_by_role("button", name=f"Image ({kind})").click()
        started.value.save_as(tmp_path / kind)
    assert (tmp_path / "PNG").read_bytes().startswith(b"\x89PNG")
    named = re.findall(r'class="legendtext"[^>]*>([^<]+)', (tmp_path / "SVG").read_text())
    assert named == box.locator(".figure-legend button").all_text_contents()
