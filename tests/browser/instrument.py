"""An instrument as a reader meets it: what it is moved by, what it reads out, what it says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.conftest import PATIENCE, Visit


@dataclass(frozen=True)
class Instrument:
    """The parts of an instrument by the names that its script gives them."""

    name: str
    home: str

    @property
    def box(self) -> str:
        return f"[data-widget={self.name}]"

    # --- opening it ----------------------------------------------------------------------

    def open_at(self, visit: Visit, address: str = "", **options: object) -> Page:
        """Open the page that it stands in and wait until it can be used."""
        page = visit(self.home + address, **options)
        page.locator(self.box).scroll_into_view_if_needed()
        return self.ready(page)

    def alone(self, visit: Visit, address: str = "", **options: object) -> Page:
        """Open the page where it stands alone: its neighbours compute nothing meanwhile."""
        return self.ready(visit(f"dev/{self.name}.html{address}", **options))

    def ready(self, page: Page) -> Page:
        expect(page.locator(self.box)).to_have_attribute("data-state", "ready")
        return page

    def address(self, **state: object) -> str:
        said = "&".join(f"{self.name}.{key}={chosen}" for key, chosen in state.items())
        return f"#widget-{self.name}?{said}"

    # --- its parts -----------------------------------------------------------------------

    def control(self, page: Page, name: str, chosen: object = None) -> Locator:
        """Return a control; of a row of buttons, the one that stands for a value."""
        which = "" if chosen is None else f"[data-value='{chosen}']"
        return page.locator(f"{self.box} [data-control={name}]{which}")

    def readout(self, page: Page, name: str) -> Locator:
        return page.locator(f"{self.box} [data-readout={name}]")

    def value(self, page: Page, name: str) -> float:
        return number_in(self.readout(page, name))

    def failure(self, page: Page) -> Locator:
        return page.locator(f"{self.box} [role=alert]")

    # --- what every one of them does -----------------------------------------------------

    def settled(self, page: Page) -> None:
        """Wait until it has computed what was asked for."""
        expect(page.locator(f"{self.box} > [aria-busy]")).to_have_attribute("aria-busy", "false")

    def says(self, page: Page, *texts: str) -> None:
        """Check what a screen reader is told once the instrument rests."""
        spoken = self.readout(page, "spoken")
        expect(spoken).to_have_attribute("aria-live", "polite")
        for text in texts:
            expect(spoken).to_contain_text(text)


def number_in(locator: Locator) -> float:
    """Return the bare value behind a number that is shown."""
    return float(str(locator.get_attribute("data-value")))


# --- where things stand ------------------------------------------------------------------


def frame(locator: Locator) -> FloatRect:
    """Return where something stands in the window, in CSS pixels."""
    found = locator.bounding_box()
    assert found, f"{locator} is not shown"
    return found


def brought_near(canvas: Locator) -> FloatRect:
    """Scroll to a canvas that a mouse is to point at; return where it stands then.

    Before it is drawn there is nothing on it to point at.
    """
    canvas.scroll_into_view_if_needed()
    assert canvas.evaluate(_PAINTED, PATIENCE), f"{canvas} stays empty"
    return frame(canvas)


def stand_in_one_column(parts: list[Locator]) -> bool:
    """Return whether each part begins below the end of the one before."""
    frames = [frame(part) for part in parts]
    return all(lower["y"] >= upper["y"] + upper["height"] for upper, lower in pairwise(frames))


def fits(page: Page) -> bool:
    """Return whether a page is no wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def least_height(page: Page, selector: str) -> float:
    """Return the height of the lowest of these, in CSS pixels: what a finger has to hit."""
    return min(frame(target)["height"] for target in page.locator(selector).all())


# --- what is drawn -----------------------------------------------------------------------


def painted(page: Page, selector: str) -> bool:
    """Return whether a canvas comes to show more than one colour.

    An instrument that says it is ready draws in a frame after, so this looks at every frame, and
    at a copy: a canvas that is read again and again makes the browser log a warning.
    """
    return bool(page.locator(selector).evaluate(_PAINTED, PATIENCE))


_PAINTED = """async (canvas, patience) => {
  const end = performance.now() + patience;
  const copy = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const shown = () => {
    const { width, height } = canvas;
    Object.assign(copy.canvas, { width, height });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    const pixels = new Uint32Array(data.buffer);
    return pixels.some((pixel) => pixel !== pixels[0]);
  };
  while (!shown()) {
    if (!canvas.isConnected || performance.now() > end) return false;
    await new Promise(requestAnimationFrame);
  }
  return true;
}"""


@contextmanager
def redrawn(page: Page, selector: str) -> Iterator[None]:
    """Wait until what is done inside has changed the picture of a canvas."""
    picture = "selector => document.querySelector(selector).toDataURL()"
    before = page.evaluate(picture, selector)
    yield
    changed = "([selector, before]) => document.querySelector(selector).toDataURL() !== before"
    page.wait_for_function(changed, arg=[selector, before])


# --- what moves by itself ----------------------------------------------------------------


def pause_on_the_way(slider: Locator, button: Locator) -> None:
    """Press a button once playing has brought a slider past its first positions.

    It is pressed in the page, in the frame that sees the slider there: on a busy machine the
    instrument would have played to its end before a click from outside arrived.
    """
    arguments = [slider.element_handle(), button.element_handle()]
    slider.page.wait_for_function(_PAUSE_ON_THE_WAY, arg=arguments)


_PAUSE_ON_THE_WAY = """([slider, button]) => {
  const at = slider.valueAsNumber;
  const onTheWay = at >= 2 && at < Number(slider.max) && button.textContent === "Pause";
  if (onTheWay) button.click();
  return onTheWay;
}"""


@contextmanager
def passing(part: Locator, pattern: str) -> Iterator[None]:
    """Check that what is done inside makes a text match a pattern, if only for a moment."""
    watch = part.evaluate_handle(_WATCH, pattern)
    yield
    part.page.wait_for_function("watch => watch.seen", arg=watch)


_WATCH = """(part, pattern) => {
  const watch = { seen: false };
  new MutationObserver(() => {
    watch.seen ||= new RegExp(pattern).test(part.textContent);
  }).observe(part, { childList: true, characterData: true, subtree: true });
  return watch;
}"""


def start_and_stop(button: Locator, pattern: str) -> None:
    """Press a button, and once more in the moment in which its text matches a pattern."""
    button.evaluate(_START_AND_STOP, [pattern, PATIENCE])


_START_AND_STOP = """(button, [pattern, patience]) => new Promise((resolve, reject) => {
  const observer = new MutationObserver(() => {
    if (!new RegExp(pattern).test(button.textContent)) return;
    observer.disconnect();
    button.click();
    resolve();
  });
  observer.observe(button, { childList: true, characterData: true, subtree: true });
  setTimeout(reject, patience, new Error(`still "${button.textContent}", not "${pattern}"`));
  button.click();
})"""


# --- what cannot be loaded ---------------------------------------------------------------


@contextmanager
def unreachable(page: Page, files: str) -> Iterator[None]:
    """Let every request for these files fail, for a while."""
    pattern = f"**/data/{files}"
    page.route(pattern, lambda route: route.abort())
    yield
    page.unroute(pattern)
