"""The site as a reader meets it: built once, opened in Chromium from a file and from a server.

A page that logs an error, fails to load something, or asks another host for anything fails
the test that opened it.
"""

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
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from tests.browser.finding import find_browser
from tests.browser.reading import ROOT

BASE_PATH = "/timeless/"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that `-m "not browser"` leaves them out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


# --- the browser -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = find_browser(playwright)
        if path is None:
            missing = "no Chromium that starts: run scripts/browser, or set TIMELESS_BROWSER"
            (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


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
    served: str

    def url(self, page: str, origin: str) -> str:
        return f"{self.served if origin == 'server' else self.folder.as_uri() + '/'}{page}"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuiltSite]:
    """Build the site from the committed artifacts, and serve it under /timeless/."""
    folder = tmp_path_factory.mktemp("built") / "public"
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))
    ) as server:
        served = f"http://127.0.0.1:{server.server_port}{BASE_PATH}"
        build = [sys.executable, "build.py", "--frozen", "--out", str(folder), "--base-url", served]
        done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield BuiltSite(folder, served)
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
        own = (self.site.served, self.site.folder.as_uri(), "data:", "blob:")
        if not request.url.startswith(own):
            self.problems.append(f"asked elsewhere: {request.url}")

    def unexpected(self) -> list[str]:
        return [p for p in self.problems if not any(re.search(e, p) for e in self.expected)]


Visit = Callable[..., Page]


@pytest.fixture
def watch(site: BuiltSite) -> Watch:
    return Watch(site)


@pytest.fixture
def visit(browser: Browser, site: BuiltSite, watch: Watch) -> Iterator[Visit]:
    """Open a page: visit("fourier.html", origin="server", theme="dark", width=360, …).

    ``origin`` "file" opens it from disk with the network off. Other options are Playwright's
    for a browser context.
    """
    with ExitStack() as stack:

        def open_page(
            path: str,
            *,
            origin: str = "file",
            theme: str = "light",
            width: int = 1280,
            still: bool = True,
            **options: Any,
        ) -> Page:
            context: BrowserContext = browser.new_context(
                viewport={"width": width, "height": 800},
                color_scheme=theme,
                reduced_motion="reduce" if still else "no-preference",
                offline=origin == "file",
                **options,
            )
            stack.callback(context.close)
            page = context.new_page()
            watch.follow(page)
            page.goto(site.url(path, origin))
            return page

        yield open_page
        assert watch.unexpected() == []
