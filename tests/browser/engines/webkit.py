"""WebKit as GNOME has it, driven by WebKitWebDriver, on a screen that nobody sees."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tests.browser.engines.session import BREATH, PATIENCE, MissingError

REDUCED_MOTION = "[Settings]\ngtk-enable-animations=0\n"
# Where a command of WebDriver goes to below the address of its session.
PLACES = {
    "Navigate": ("POST", "url"),
    "ExecuteScript": ("POST", "execute/sync"),
    "FindElement": ("POST", "element"),
    "ElementClick": ("POST", "element/{id}/click"),
    "ElementSendKeys": ("POST", "element/{id}/value"),
    "TakeScreenshot": ("GET", "screenshot"),
    "SetWindowRect": ("POST", "window/rect"),
    "DeleteSession": ("DELETE", ""),
}


def executable(name: str, package: str) -> str:
    """Return the path of a program, or say which package of Debian it comes with."""
    if found := shutil.which(name):
        return found
    raise MissingError(f"WebKit needs {name}: apt-get install {package}")


class Driver:
    """Speaks HTTP with WebKitWebDriver."""

    version: str

    def __init__(self, port: int, proxy: int) -> None:
        self.base = f"http://127.0.0.1:{port}/session"
        there = f"127.0.0.1:{proxy}"
        wanted = {
            "proxy": {"proxyType": "manual", "httpProxy": there, "sslProxy": there},
            "webkitgtk:browserOptions": {"args": ["--automation"]},
        }
        session = self._ask("POST", self.base, {"capabilities": {"alwaysMatch": wanted}})
        self.base += f"/{session['sessionId']}"
        self.version = str(session["capabilities"]["browserVersion"])

    def send(self, command: str, **parameters: Any) -> Any:
        method, place = PLACES[command]
        address = f"{self.base}/{place.format(**parameters)}".rstrip("/")
        return self._ask(method, address, parameters if method == "POST" else None)

    def _ask(self, method: str, address: str, body: object) -> Any:
        content = None if body is None else json.dumps(body).encode()
        try:
            request = Request(address, content, method=method)  # noqa: S310
            with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                return json.load(answer)["value"]
        except HTTPError as error:
            raise AssertionError(f"{address}: {error.read().decode()}") from None


@contextmanager
def screen() -> Iterator[str]:
    """Return a screen, for which X picks a number that is free."""
    command = [executable("Xvfb", "xvfb"), "-displayfd", "1", "-screen", "0", "1400x1000x24"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        try:
            yield f":{process.stdout.readline().decode().strip()}"
        finally:
            process.terminate()


@contextmanager
def webkit(folder: Path, proxy: int) -> Iterator[Driver]:
    """Start the driver, and by it a browser; end both. What they keep lies in ``folder``."""
    program = executable("WebKitWebDriver", "webkit2gtk-driver")
    (folder / "gtk-3.0").mkdir()
    (folder / "gtk-3.0" / "settings.ini").write_text(REDUCED_MOTION)
    port = _free()
    with screen() as display, (folder / "log.txt").open("wb") as log:
        surroundings = {**os.environ, "DISPLAY": display, "XDG_CONFIG_HOME": str(folder)}
        process = subprocess.Popen(
            [program, f"--port={port}"], env=surroundings, stdout=log, stderr=log
        )
        try:
            _listens(port)
            driver = Driver(port, proxy)
            yield driver
            driver.send("DeleteSession")
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _free() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _listens(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urlopen(f"http://127.0.0.1:{port}/status", timeout=PATIENCE).close()
        except URLError:
            assert time.monotonic() < end, "WebKitWebDriver does not start"
            time.sleep(BREATH)
        else:
            return
