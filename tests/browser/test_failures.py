"""What a reader meets when something does not arrive as it should: plain words, and a way on."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import BuiltSite, Visit, Watch

LOGIN = "<!doctype html><title>Welcome to our network</title><p>Please log in."


def login(route: Route) -> None:
    """Answer as a network that wants one to log in first: with its page, whatever was asked."""
    route.fulfill(status=200, content_type="text/javascript", body=LOGIN)


def damaged(file: Path) -> Callable[[Route], None]:
    """Answer with a data file of which one bit is another; it still is a script."""
    script = file.read_text(encoding="utf-8")
    at = script.index('"bdata":"') + 20
    other = script[:at] + chr(ord(script[at]) ^ 1) + script[at + 1 :]
    return lambda route: route.fulfill(content_type="text/javascript", body=other)


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
    drawn = (site.folder / "multiplication.html").read_text(encoding="utf-8")
    figure = "data/figure-" + drawn.split('data-figure="')[1].split('"')[0] + ".js"
    elsewhere = "something else answered in place of {}, such as the login of a network"
    broken = "{} arrived damaged"
    for kind, file, opened, words in (
        ("widget", "instruments/click/click.js", "dev/click.html", elsewhere),
        ("widget", "data/widget-click.js", "dev/click.html", broken),
        ("figure", "vendor/plotly-cartesian.min.js", "co-grokking.html", elsewhere),
        ("figure", figure, "multiplication.html", broken),
    ):
        page.route(f"**/{file}", login if words is elsewhere else damaged(site.folder / file))
        page.goto(site.url(opened, "server"))
        fails(page, kind, words.format(file))
