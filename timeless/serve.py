"""Serving: the site from memory while it is being written, made again whenever a file is saved.

What cannot be built is said in the page that the author looks at, which stays as it was; a change
in code starts the command anew. Nothing is published.
"""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from timeless.errors import TimelessError, UsageError, refused_by_system
from timeless.folders import Site
from timeless.options import Options
from timeless.refresh import refresh
from timeless.site.files import Files
from timeless.site.maker import Maker, Manifest

_CODE = Path(__file__).parent
LIVE, SCRIPT = "/__live", "/__live.js"  # no file of a site has such a name
_OFTEN = {"step": 20, "rust_timeout": 200, "yield_on_timeout": True}  # milliseconds
_BEAT_SECONDS = 15.0  # after which a silent connection is tried, to see whether it is still there


class Live:
    """What is being shown: the files of the last build that succeeded, and what is wrong since."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._files: Files = {}
        self._state = {"build": "", "error": ""}

    def show(self, files: Files) -> None:
        """Show a site that has been made."""
        with self._changed:
            self._files, self._state = files, {"build": str(time.time_ns()), "error": ""}
            self._changed.notify_all()

    def complain(self, error: str) -> None:
        """Show what is wrong, above the site as it was."""
        with self._changed:
            self._state = {**self._state, "error": error}
            self._changed.notify_all()

    def states(self) -> Iterator[str]:
        """Yield the state as JSON, now and after every change; nothing now and then between."""
        seen: dict[str, str] = {}
        while True:
            with self._changed:
                changed = self._state != seen or self._changed.wait(_BEAT_SECONDS)
                seen = self._state
            yield json.dumps(seen) if changed else ""

    def content(self, path: str) -> bytes | None:
        """Return the file that a browser asks for, a page with the script that reloads it."""
        name = path.lstrip("/") or "index.html"
        held = self._files.get(name)
        if held is None and (name == "index.html" or not self._files):
            held = b"<!doctype html><title>Timeless</title><body></body>"
        content = held.read_bytes() if isinstance(held, Path) else held
        return _alive(content) if content and name.endswith(".html") else content


def _alive(page: bytes) -> bytes:
    """Return a page that loads the script, and may ask this server whether it has changed."""
    page = re.sub(rb"connect-src [^;\"]*", b"connect-src 'self'", page, count=1)
    return page.replace(b"</body>", f'<script src="{SCRIPT}"></script></body>'.encode())


class _Handler(BaseHTTPRequestHandler):
    live: Live
    script: bytes

    def do_GET(self) -> None:
        """Answer with a file of the site, or with the news of it."""
        path = unquote(urlsplit(self.path).path)
        if path == LIVE:
            self._tell()
            return
        content = self.script if path == SCRIPT else self.live.content(path)
        status = 404 if content is None else 200
        shown = "/404.html" if content is None else path
        body = (self.live.content(shown) or b"") if content is None else content
        kind = guess_type(shown)[0] or "text/html"
        self._head(status, f"{kind}; charset=utf-8" if kind.startswith("text") else kind)
        self.wfile.write(body)

    def _tell(self) -> None:
        """Send each change as it comes, until the browser goes away."""
        self._head(200, "text/event-stream")
        self.wfile.write(b"retry: 300\n\n")
        for state in self.live.states():
            try:
                self.wfile.write(f"data: {state}\n\n".encode() if state else b": still here\n\n")
            except OSError:
                return

    def _head(self, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name in the base)
        """Say nothing about requests."""


def serve(
    site: Site, options: Options, *, stop: threading.Event, ready: Callable[[str], None]
) -> None:
    """Serve the site on this machine until ``stop`` is set, or Ctrl-C.

    ``ready`` is called with the address once the site is shown. Nothing is trained. Raises
    UsageError if the port is in use or ``watchfiles`` is not installed.
    """
    watch, live = _watching(), Live()
    workshop = _Workshop(site, options, live)
    with _listening(site, options.serve or 0, live) as address:
        folders = {site.pages, site.templates, site.sources, site.artifacts, _CODE}
        watched = watch(*filter(Path.is_dir, folders), stop_event=stop, **_OFTEN)
        if next(watched, None) is None:  # it comes once the folders are being watched
            return
        workshop.make()
        ready(address)
        for changes in watched:
            if changes:
                workshop.make_again({Path(path) for _, path in changes})


def _watching() -> Callable[..., Iterator[set[tuple[Any, str]]]]:
    try:
        from watchfiles import watch  # noqa: PLC0415 (only for this)
    except ImportError:
        raise UsageError(
            "--serve needs watchfiles, not installed here",
            remedy='run `make serve`, or install it with: pip install -e ".[serve]"',
        ) from None
    return cast("Callable[..., Iterator[set[tuple[Any, str]]]]", watch)


class _Workshop:
    """Makes the site again when something has changed, and shows it, or what is wrong."""

    def __init__(self, site: Site, options: Options, live: Live) -> None:
        self._site, self._live = site, live
        self._options = replace(options, frozen=True)
        self._maker = Maker(site, options)
        self._manifest: Manifest | None = None
        self._code_has_changed = False

    def make(self) -> None:
        """Make the site from what has been loaded."""
        began = time.perf_counter()
        try:
            self._manifest = self._manifest or refresh(self._site, self._options)
            self._live.show(self._maker.files(self._manifest)[0])
        except TimelessError as error:
            self._complain(str(error))
        except OSError as error:
            self._complain(str(refused_by_system(error)))
        else:
            _say(f"Made in {time.perf_counter() - began:.1f} s")

    def make_again(self, changed: set[Path]) -> None:
        """Make the site after these files have changed; with other code, by another process."""
        self._code_has_changed |= any(path.suffix == ".py" for path in changed)
        if any(path.is_relative_to(self._site.artifacts.resolve()) for path in changed):
            self._manifest = None
        if not self._code_has_changed:
            self.make()
        elif error := _what_is_wrong_in_code():
            self._complain(error)
        else:
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 (itself)

    def _complain(self, error: str) -> None:
        self._live.complain(error)
        _say(f"build.py: {error}")


def _what_is_wrong_in_code() -> str:
    """Return what is wrong, with file and line, if the code as it is now cannot be loaded."""
    command = [sys.executable, str(_CODE.parent / "build.py"), "--list"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    last = max(done.stderr.rfind('  File "'), 0)  # where the traceback, if it is one, ends
    return done.stderr[last:].strip() if done.returncode else ""


@contextmanager
def _listening(site: Site, port: int, live: Live) -> Iterator[str]:
    """Answer browsers of this machine, in threads of their own; yield the address."""
    script = (site.packages / "live.js").read_bytes()
    handler = type("Handler", (_Handler,), {"live": live, "script": script})
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise UsageError(
            f"port {port} cannot be used: {error.strerror}",
            remedy=f"name another one: --serve {port + 1}",
        ) from None
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 (for the person writing)
