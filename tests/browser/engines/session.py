"""A browser that is driven by commands of WebDriver, whichever way they travel."""

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

PATIENCE = 180  # seconds that a state may take to come; only a test that fails waits so long
BREATH = 0.05  # seconds between two looks at a page
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # what WebDriver calls a reference to an element


class MissingError(Exception):
    """An engine, or what drives it, is not installed; says what to install."""


class Wire(Protocol):
    """Carries a command of WebDriver, by the name that Marionette gives it, to a browser."""

    version: str

    def send(self, command: str, **parameters: Any) -> Any:
        """Return what the browser answers."""


class Session:
    """One window of a browser, and what a reader does in it."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        wire.send("SetWindowRect", width=1280, height=900)

    def open(self, url: str) -> None:
        """Go to a page anew, also when only the part behind its # differs from where one is."""
        self.wire.send("Navigate", url="about:blank")
        self.wire.send("Navigate", url=url)

    def run(self, script: str, *arguments: Any) -> Any:
        """Return what the body of a function returns in the page."""
        return self.wire.send("ExecuteScript", script=script, args=list(arguments))

    def wait(self, script: str, *arguments: Any) -> Any:
        """Return the first true value of an expression in the page, or fail with the last one."""
        end = time.monotonic() + PATIENCE
        while not (found := self.run(f"return {script}", *arguments)):
            assert time.monotonic() < end, f"still {found!r} after {PATIENCE} s: {script}"
            time.sleep(BREATH)
        return found

    def element(self, selector: str) -> str:
        """Return the reference of the first element that a selector of CSS finds."""
        found = self.wire.send("FindElement", using="css selector", value=selector)
        return str(found[ELEMENT])

    def click(self, selector: str) -> None:
        self.wire.send("ElementClick", id=self.element(selector))

    def press(self, selector: str, keys: str) -> None:
        self.wire.send("ElementSendKeys", id=self.element(selector), text=keys)

    def picture(self) -> bytes:
        """Return the PNG of the window as it is painted, once two in a row are the same."""
        end = time.monotonic() + PATIENCE
        last, now = b"", self._photograph()
        while last != now:
            assert time.monotonic() < end, f"still moving after {PATIENCE} s"
            last, now = now, self._photograph()
        return now

    def _photograph(self) -> bytes:
        return base64.b64decode(self.wire.send("TakeScreenshot", full=False))

    @contextmanager
    def hidden(self, selector: str) -> Iterator[None]:
        """Hide what an element consists of, and leave its box."""
        script = "document.querySelector(arguments[0]).style.visibility = arguments[1]"
        self.run(script, selector, "hidden")
        yield
        self.run(script, selector, "")
