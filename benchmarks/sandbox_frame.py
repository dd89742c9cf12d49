"""Time the frames of the sandbox with 512 particles in a browser: what the page's script takes.

    python benchmarks/sandbox_frame.py [--site public] [--seconds 5] [--width 1280]

Plays the replay and the simulation of the neurons in a built site and prints one JSON line each:
median and 95th percentile of the milliseconds from the start of a frame to the end of its drawing,
and the frames per second that the browser reached.
"""

import argparse
import json
import sys
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.finding import find_browser  # noqa: E402 (the repository is no package)

BOX = "[data-widget=sandbox]"
WATCH = """seconds => new Promise((resolve) => {
  const frames = [];
  const observer = new PerformanceObserver((list) => {
    const entries = list.getEntriesByName("sandbox-frame");
    frames.push(...entries.map((entry) => [entry.startTime, entry.duration]));
  });
  observer.observe({ entryTypes: ["measure"] });
  setTimeout(() => { observer.disconnect(); resolve(frames); }, 1000 * seconds);
})"""


def frames_of(page: Page, mode: str, seconds: float) -> dict[str, Any]:
    """Return the frame times of a mode while it plays."""
    page.locator(f"{BOX} [data-control=mode][data-value={mode}]").click()
    starter = "trigger" if mode == "simulation" else "play"
    page.locator(f"{BOX} [data-control={starter}]").click()
    frames = page.evaluate(WATCH, seconds)
    page.locator(f"{BOX} [data-control=play]").click()
    starts, durations = [f[0] for f in frames], [f[1] for f in frames]
    return {
        "mode": mode,
        "frames": len(frames),
        "median_ms": round(median(durations), 2),
        "p95_ms": round(quantiles(durations, n=20)[-1], 2),
        "frames_per_second": round(1000 * (len(frames) - 1) / (starts[-1] - starts[0]), 1),
    }


def main() -> None:
    """Print one line for the replay and one for the simulation."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--site", type=Path, default=ROOT / "public")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--width", type=int, default=1280)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(playwright), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": options.width, "height": 1000})
        page.goto((options.site.resolve() / "dev" / "sandbox.html").as_uri())
        page.locator(f"{BOX}[data-state=ready]").wait_for()
        page.locator(f"{BOX} [data-control=view][data-value=neurons]").click()
        for mode in ("replay", "simulation"):
            print(json.dumps(frames_of(page, mode, options.seconds)))
        browser.close()


if __name__ == "__main__":
    main()
