"""The two engines, and the site with a witness in each of its pages."""

import functools
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.browser.conftest import BuiltSite
from tests.browser.engines.firefox import firefox
from tests.browser.engines.session import MissingError, Session, Wire
from tests.browser.engines.webkit import webkit

ENGINES: dict[str, Callable[[Path, int], AbstractContextManager[Wire]]] = {
    "firefox": firefox,
    "webkit": webkit,
}
WITNESS = Path(__file__).with_name("witness.js")
VERSIONS = pytest.StashKey[list[str]]()


class Refusal(BaseHTTPRequestHandler):
    """Notes and refuses what a browser asks of other hosts."""

    def __init__(self, asked: list[str], *rest: object) -> None:
        self.asked = asked
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(403)

    do_CONNECT = do_POST = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def asked() -> list[str]:
    """Return what was asked of other hosts: a list that grows."""
    return []


@pytest.fixture(scope="session")
def proxy(asked: list[str]) -> Iterator[int]:
    """Return the port of what stands for all other hosts."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Refusal, asked)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session", params=ENGINES)
def session(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, proxy: int
) -> Iterator[Session]:
    """Start an engine; where there is none, end with the words that say what to install."""
    try:
        with ENGINES[request.param](tmp_path_factory.mktemp(request.param), proxy) as wire:
            found = request.config.stash.setdefault(VERSIONS, [])
            found.append(f"{request.param} {wire.version}")
            yield Session(wire)
    except MissingError as missing:
        pytest.exit(str(missing), returncode=1)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for version in config.stash.get(VERSIONS, []):
        terminalreporter.write_line(f"tested in {version}")


@pytest.fixture(scope="session")
def witnessed(site: BuiltSite, tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """Return a copy of the site in which the witness is the first script of every page."""
    folder = tmp_path_factory.mktemp("witnessed") / "public"
    shutil.copytree(site.folder, folder)
    shutil.copy(WITNESS, folder / "js")
    for page in [*folder.glob("*.html"), *folder.glob("dev/*.html")]:
        root = "../" * len(page.relative_to(folder).parents[1:])
        begin, policy, rest = page.read_text(encoding="utf-8").partition("<meta name=")
        script = f'<script src="{root}js/witness.js"></script>\n'
        page.write_text(begin + script + policy + rest, encoding="utf-8")
    return BuiltSite(folder)
