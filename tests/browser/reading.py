"""What a reader does on any page: scroll through it until everything has been drawn."""

from pathlib import Path

from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(sorted(f"{path.stem}.html" for path in (ROOT / "site_src" / "pages").glob("*.md")))
ARTICLES = tuple(page for page in PAGES if page != "404.html")


def show_everything(page: Page) -> None:
    """Bring each figure and instrument into view and wait until it is drawn."""
    for box in page.locator("[data-figure], [data-widget]").all():
        box.scroll_into_view_if_needed()
        expect(box).to_have_attribute("data-state", "ready")
    for figure in page.locator("[data-figure]").all():
        expect(figure.locator("svg.main-svg").first).to_be_visible()
