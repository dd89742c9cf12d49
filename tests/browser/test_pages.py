"""Every page: opens anywhere, draws what it promises, fits a phone, is accessible, prints."""

from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import BuiltSite, Visit
from tests.browser.reading import ARTICLES, PAGES, ROOT, show_everything

AXE = ROOT / "site_src" / "node_modules" / "axe-core" / "axe.min.js"
every_page = pytest.mark.parametrize("name", PAGES)
every_article = pytest.mark.parametrize("name", ARTICLES)


@pytest.mark.parametrize("origin", ["file", "server"])
@every_page
def test_a_page_opens_and_draws_everything(visit: Visit, name: str, origin: str) -> None:
    page = visit(name, origin=origin)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("h1")).to_be_visible()
    show_everything(page)


@every_page
def test_a_page_fits_a_phone(visit: Visit, name: str) -> None:
    page = visit(name, width=360)
    show_everything(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("theme", ["light", "dark"])
@every_page
def test_a_page_is_accessible(visit: Visit, name: str, theme: str) -> None:
    page = visit(name, theme=theme)
    show_everything(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run({ preload: false }).then((result) => result.violations)")
    found = [
        f"{violation['id']}: {node['html']} ({node['failureSummary']})"
        for violation in violations
        for node in violation["nodes"]
    ]
    assert found == []


@every_article
def test_a_page_can_be_read_without_scripts(visit: Visit, name: str) -> None:
    page = visit(name, java_script_enabled=False)
    expect(page.locator("h1")).to_be_visible()
    for formula in page.locator(".maths svg, .maths-display svg").all():
        expect(formula).to_be_visible()
    for alternative in page.locator("[data-figure] p, [data-widget] p").all():
        expect(alternative).to_be_visible()
    expect(page.locator("nav a").first).to_be_visible()


@every_article
def test_print_keeps_every_figure(visit: Visit, name: str) -> None:
    page = visit(name, theme="dark")
    show_everything(page)
    assert page.pdf().startswith(b"%PDF")
    page.emulate_media(media="print")
    for shown in page.locator("[data-figure] svg.main-svg, [data-widget] canvas").all():
        expect(shown).to_be_visible()
    for caption in page.locator("figcaption").all():
        expect(caption).to_be_visible()


@every_article
def test_downloads_are_there(visit: Visit, site: BuiltSite, name: str) -> None:
    page = visit(name, origin="server")
    links = page.locator("a[download], a[href^='artifacts/'], a[href^='data/']").all()
    targets = {str(link.get_attribute("href")) for link in links}
    if name == "methods.html":
        assert targets, "the page of downloads has none"
    for target in sorted(targets):
        response = page.request.head(urljoin(site.served, target))
        assert response.ok, target
        assert int(response.headers["content-length"]) > 0, target


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_of_the_system_is_there_from_the_start(visit: Visit, theme: str) -> None:
    page = visit("index.html", theme=theme)
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    lightness = page.evaluate(
        "getComputedStyle(document.documentElement).backgroundColor.match(/[\\d.]+/g)"
        ".slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3"
    )
    assert (lightness > 128) == (theme == "light")
