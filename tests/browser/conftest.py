"""The site as a reader meets it: built once, opened in Chromium from a file and from a server.

A page that logs an error, fails to load something, or asks another host for anything fails
the test that opened it.
"""

import fcntl
import functools
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.browser.finding import find_browser
from tests.browser.reading import ROOT

HOST = "timeless.localhost"
BASE_PATH = "/timeless/"
SERVED = f"http://{HOST}{BASE_PATH}"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
# Milliseconds that a state may take to come, here and in every `expect`. Only a test that fails
# waits so long; what it has to cover is a machine whose cores are busy with other things.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that `-m "not browser"` leaves them out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


# --- the browser -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def executable(playwright: Playwright) -> str:
    path = find_browser(playwright)
    if path is None:
        missing = "no Chromium that starts: run scripts/browser, or set TIMELESS_BROWSER"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    return path


@pytest.fixture(scope="session")
def browser(playwright: Playwright, executable: str, port: int) -> Iterator[Browser]:
    """Start a browser for which the site's host is the server of this process."""
    rule = f"--host-resolver-rules=MAP {HOST}:80 127.0.0.1:{port}"
    chromium = playwright.chromium.launch(
        executable_path=executable, args=[*FLAGS, rule], timeout=PATIENCE
    )
    yield chromium
    chromium.close()


@dataclass
class Windows:
    """The browser's windows, one for each kind of reader, in which tests open tabs.

    A window of its own for every test costs as much again as the page that it shows.
    """

    browser: Browser
    opened: dict[str, BrowserContext] = field(default_factory=dict)

    def tab(self, **kind: Any) -> Page:
        """Open a tab; ``kind`` are Playwright's options for a browser context."""
        key = repr(sorted(kind.items()))
        if key not in self.opened:
            context = self.browser.new_context(**kind)
            context.set_default_timeout(PATIENCE)
            context.new_page()  # a window closes with its last tab
            self.opened[key] = context
        return self.opened[key].new_page()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Windows:
    return Windows(browser)


# --- the site ----------------------------------------------------------------------------


class Handler(SimpleHTTPRequestHandler):
    """Serves the site under /timeless/, and 404.html for what is not there, as Pages does."""

    def translate_path(self, path: str) -> str:
        inside = urlsplit(path).path.startswith(BASE_PATH)
        return super().translate_path(path.removeprefix(BASE_PATH[:-1]) if inside else "/nowhere")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code != HTTPStatus.NOT_FOUND:
            super().send_error(code, message, explain)
            return
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@dataclass(frozen=True)
class BuiltSite:
    """The built folder and the two addresses it is opened at."""

    folder: Path

    def url(self, page: str, origin: str) -> str:
        return f"{SERVED if origin == 'server' else self.folder.as_uri() + '/'}{page}"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> BuiltSite:
    """Build the site from the committed artifacts: once, for all processes that run tests."""
    own = tmp_path_factory.getbasetemp()
    common = own if worker_id == "master" else own.parent
    folder = common / "public"
    with (common / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the first builds, the others wait for it
        if not folder.exists():
            build = [sys.executable, "build.py", "--frozen", "--base-url", SERVED]
            command = [*build, "--out", str(folder)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
    return BuiltSite(folder)


@pytest.fixture(scope="session")
def port(site: BuiltSite) -> Iterator[int]:
    """Serve the site under /timeless/ and return the port."""
    handler = functools.partial(Handler, directory=str(site.folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


# --- a reader ----------------------------------------------------------------------------


@dataclass
class Watch:
    """Records what a page should not do, unless a test expects it."""

    site: BuiltSite
    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Let pass the problems in which this regular expression is found."""
        self.expected.append(pattern)

    def follow(self, page: Page) -> None:
        note = self.problems.append
        page.on(
            "console",
            lambda m: note(f"{m.type}: {m.text}") if m.type in {"error", "warning"} else None,
        )
        page.on("pageerror", lambda error: note(f"uncaught: {error}"))
        page.on("requestfailed", self._check_failure)
        page.on("request", self._check_host)

    def _check_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the reader has left the page
            self.problems.append(f"failed: {request.url} ({request.failure})")

    def _check_host(self, request: Request) -> None:
        own = (SERVED, self.site.folder.as_uri(), "data:", "blob:")
        if not request.url.startswith(own):
            self.problems.append(f"asked elsewhere: {request.url}")

    def unexpected(self) -> list[str]:
        return [p for p in self.problems if not any(re.search(e, p) for e in self.expected)]


Visit = Callable[..., Page]


@pytest.fixture
def watch(site: BuiltSite) -> Watch:
    return Watch(site)


@pytest.fixture
def visit(windows: Windows, site: BuiltSite, watch: Watch) -> Iterator[Visit]:
    """Open a page: visit("fourier.html", origin="server", theme="dark", width=360, …).

    ``origin`` "file" opens it from disk with the network off. Other options are Playwright's
    for a browser context. What a page keeps in the browser is forgotten after the test.
    """
    with ExitStack() as stack:

        def open_page(
            path: str,
            *,
            origin: str = "file",
            theme: str = "light",
            width: int = 1280,
            still: bool = True,
            **kind: Any,
        ) -> Page:
            page = windows.tab(offline=origin == "file", **kind)
            stack.callback(close, page)
            page.set_viewport_size(ViewportSize(width=width, height=800))
            motion = "reduce" if still else "no-preference"
            page.emulate_media(color_scheme=theme, reduced_motion=motion)
            watch.follow(page)
            page.goto(site.url(path, origin))
            return page

        yield open_page
        assert watch.unexpected() == []


def close(page: Page) -> None:
    """Close a tab; the next one opens in the same window and must find nothing kept there."""
    page.evaluate("localStorage.clear()")
    page.close()
