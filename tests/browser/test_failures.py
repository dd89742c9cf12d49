"""What a reader meets when something does not arrive as it should: plain words, and a way on."""

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import BuiltSite, Visit, Watch

LOGIN = "<!doctype html><title>Welcome to our network</title><p>Please log in."


def login(route: Route) -> None:
    """Answer as a network that wants one to log in first: with its page, whatever was asked."""
    route.fulfill(status=200, content_type="text/javascript", body=LOGIN)


def flip(site: BuiltSite, path: str) -> str:
    """Return a data file with one bit of its numbers changed, which still is JavaScript."""
    script = (site.folder / path).read_text(encoding="utf-8")
    at = script.index('"bdata":"') + 20
    return script[:at] + chr(ord(script[at]) ^ 1) + script[at + 1 :]


def fails(page: Page, kind: str, words: str) -> None:
    box = page.locator(f"[data-{kind}]").first
    box.scroll_into_view_if_needed()
    expect(box).to_have_attribute("data-state", "failed")
    expect(box).to_contain_text(words)
    page.unroute_all()
    box.get_by_role("button", name="Try again").click()
    expect(box).to_have_attribute("data-state", "ready")
    expect(box.locator(f".{kind}-error:visible")).to_have_count(0)


def test_what_another_answered_or_what_is_damaged_can_be_asked_for_again(
    visit: Visit, watch: Watch, site: BuiltSite
) -> None:
    watch.expect(r"Unexpected token|arrived damaged|something else answered")
    page = visit("404.html", origin="server")
    address, curve = page.url.replace("404.html", ""), "data/figure-curves.js"
    for kind, file, opened in (
        ("widget", "instruments/click/click.js", "dev/click.html"),
        ("widget", "kit/chart.js", "dev/click.html"),
        ("figure", "vendor/plotly-cartesian.min.js", "grokking.html"),
    ):
        page.route(f"**/{file}", login)
        page.goto(address + opened)
        fails(page, kind, f"something else answered in place of {file}")
    damaged = flip(site, curve)
    page.route(f"**/{curve}", lambda route: route.fulfill(body=damaged))
    page.goto(address + "grokking.html#figure-curves")
    box = page.locator("[data-figure=curves]")
    expect(box).to_contain_text(f"could not be drawn: {curve} arrived damaged")
