"""Firefox, over the socket that it opens for automation (Marionette), from a profile of its own."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.browser.engines.session import BREATH, PATIENCE, MissingError

ON_PATH = ("firefox", "firefox-esr")
ON_MACOS = "/Applications/Firefox.app/Contents/MacOS/firefox"


def executable() -> str:
    """Return the path of Firefox: named by TIMELESS_FIREFOX, or the system's."""
    candidates = (os.environ.get("TIMELESS_FIREFOX", ""), *ON_PATH, ON_MACOS)
    if found := next(filter(None, map(shutil.which, candidates)), None):
        return found
    raise MissingError(
        "Firefox is not installed: apt-get install firefox-esr, or name it in TIMELESS_FIREFOX"
    )


class Marionette:
    """Sends `length:[0, number, command, parameters]`, reads `length:[1, number, error, …]`."""

    version: str

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.stream = self.socket.makefile("rwb")
        self.sent = 0
        self._read()  # its greeting
        self.version = str(self.send("NewSession")["capabilities"]["browserVersion"])

    def send(self, command: str, **parameters: Any) -> Any:
        self.sent += 1
        message = json.dumps([0, self.sent, f"WebDriver:{command}", parameters]).encode()
        self.stream.write(b"%d:%b" % (len(message), message))
        self.stream.flush()
        _, number, error, result = self._read()
        assert number == self.sent
        assert not error, f"{command}: {error}"
        return result["value"] if set(result or ()) == {"value"} else result

    def close(self) -> None:
        self.stream.close()
        self.socket.close()

    def _read(self) -> Any:
        length = b""
        while (digit := self.stream.read(1)) != b":":
            assert digit, "Firefox has gone"
            length += digit
        return json.loads(self.stream.read(int(length)))


def preferences(proxy: int) -> str:
    """Return the preferences of the profile; all that is asked of other hosts goes to ``proxy``."""
    chosen = {
        "marionette.port": 0,  # any that is free
        "network.proxy.type": 1,
        **{f"network.proxy.{kind}": "127.0.0.1" for kind in ("http", "ssl")},
        **{f"network.proxy.{kind}_port": proxy for kind in ("http", "ssl")},
        "ui.prefersReducedMotion": 1,
        # What Firefox would ask for itself.
        "media.gmp-manager.updateEnabled": False,
        "services.settings.server": "data:,",  # in force by MOZ_REMOTE_SETTINGS_DEVTOOLS
    }
    return "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in chosen.items())


@contextmanager
def firefox(folder: Path, proxy: int) -> Iterator[Marionette]:
    """Start Firefox with a profile in ``folder`` and end it."""
    (folder / "user.js").write_text(preferences(proxy), encoding="utf-8")
    command = [executable(), "--headless", "--no-remote", "--marionette", "--profile", str(folder)]
    surroundings = {**os.environ, "MOZ_REMOTE_SETTINGS_DEVTOOLS": "1"}
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, env=surroundings, stdout=log, stderr=log)
    try:
        with closing(Marionette(_port(process, folder))) as marionette:
            yield marionette
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _port(process: subprocess.Popen[bytes], folder: Path) -> int:
    """Return the port that Firefox notes in its profile once it listens."""
    noted = folder / "MarionetteActivePort"
    end = time.monotonic() + PATIENCE
    while not (noted.exists() and noted.read_text()):
        gone = process.poll() is not None or time.monotonic() > end
        assert not gone, f"Firefox does not start: {(folder / 'log.txt').read_text()[-2000:]}"
        time.sleep(BREATH)
    return int(noted.read_text())
