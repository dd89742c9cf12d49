"""What a reader does on any page: scroll through it until everything has been drawn."""

from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(sorted(f"{path.stem}.html" for path in (ROOT / "site_src" / "pages").glob("*.md")))
ARTICLES = tuple(page for page in PAGES if page != "404.html")


# Bring what is not drawn yet into view; true once there is nothing left.
SHOW = """() => {
  const boxes = [...document.querySelectorAll("[data-figure], [data-widget]")];
  const named = ({ dataset }) => dataset.figure || dataset.widget;
  const failed = boxes.filter((box) => box.dataset.state === "failed").map(named);
  if (failed.length) throw new Error(`not drawn: ${failed.join(", ")}`);
  const next = boxes.find((box) => box.dataset.state !== "ready");
  if (next) next.scrollIntoView({ block: "center" });
  return !next;
}"""
DRAWN = """() => Array.from(document.querySelectorAll("[data-figure]")).every((box) => {
  const drawing = box.querySelector("svg.main-svg");
  const visible = drawing && getComputedStyle(drawing).visibility === "visible";
  return visible && drawing.getBoundingClientRect().width > 0;
})"""


def show_everything(page: Page) -> None:
    """Bring each figure and instrument into view and wait until it is drawn.

    The page looks itself, once in a frame: asked from outside it spent a tenth of its time on that.
    """
    page.wait_for_function(SHOW)
    page.wait_for_function(DRAWN)
