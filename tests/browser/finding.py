"""Which Chromium the tests use: the first that starts. scripts/browser asks this module too."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from playwright.sync_api import Playwright, sync_playwright

ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
ON_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
PROBE = ("--headless", "--no-sandbox", "--disable-gpu", "--dump-dom")
START_SECONDS = 180  # a limit for what does not start at all, on a busy machine too


def find_browser(playwright: Playwright) -> str | None:
    """Return the path of a Chromium: named by TIMELESS_BROWSER, Playwright's, the system's."""
    return next(filter(starts, candidates(playwright)), None)


def candidates(playwright: Playwright) -> Iterator[str]:
    """Yield where a Chromium may be; a browser that is named is the only one."""
    named = os.environ.get("TIMELESS_BROWSER")
    if named:
        yield shutil.which(named) or named
        return
    yield playwright.chromium.executable_path
    yield from filter(None, map(shutil.which, ON_PATH))
    yield from ON_MACOS


def starts(path: str) -> bool:
    """Return whether a browser is there and runs: one without its system libraries does not."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        try:
            done = subprocess.run(
                [path, *PROBE, f"--user-data-dir={profile}", "about:blank"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=START_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == 0


if __name__ == "__main__":
    with sync_playwright() as found_by:
        sys.exit(find_browser(found_by) is None)
