"""Time the trained network in the page, in Chromium: one pair, all pairs, the neurons' frequencies.

    python benchmarks/network_in_page.py [--site public] [--rounds 9]

Opens the harness page of the live network from a built site, from disk, and asks the page's own
programs for the last checkpoint of the addition run. ``pass_ms`` is one pair on the main thread,
``map_ms`` all pairs in the worker, from handing the weights over to having the result
(``map_least_ms`` the best round, for a machine that is busy otherwise),
``longest_wait_ms`` the longest time between two turns of the main thread while the map is computed,
``neurons_ms`` the frequencies of all neurons. Prints one JSON line; times are medians, in
milliseconds, after two rounds to warm up; sizes are those of a checkpoint's data file, in bytes.
"""

import argparse
import gzip
import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import FLAGS  # noqa: E402 (after the path is set)
from tests.browser.finding import find_browser  # noqa: E402

WARM_UP = 2
ROUND = """async () => {
  const { network, background, checkpoints } = Timeless;
  const opened = await checkpoints.open("addition");
  const weights = await opened.weights(opened.epochs.length - 1);
  const { curves, train_pairs, ...info } = opened.info;
  const pairs = 20;
  let start = performance.now();
  for (let i = 0; i < pairs; i++) network.forward(weights, info, i, 2 * i + 1);
  const pass = (performance.now() - start) / pairs;

  window.benchmarked ??= background.start();
  let [longest, last, watching] = [0, performance.now(), true];
  const turn = new MessageChannel();
  turn.port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (watching) setTimeout(() => turn.port2.postMessage(0), 1);
  };
  turn.port2.postMessage(0);
  const { accuracy } = await benchmarked.run("allPairs", [weights, info, 0]);
  watching = false;
  const map = benchmarked.took();
  const order = Array.from({ length: info.p }, (_, t) => t);
  await benchmarked.run("clusters", [weights, info, 0, order]);
  return { pass, map, longest, accuracy, neurons: benchmarked.took() };
}"""


def measure(site: Path, rounds: int) -> list[dict[str, Any]]:
    """Return what each round in the page took."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(playwright), args=list(FLAGS)
        )
        page = browser.new_page()
        page.goto((site / "dev" / "network.html").resolve().as_uri())
        page.wait_for_selector("[data-readout=active][data-known=true]", timeout=120_000)
        found = [page.evaluate(ROUND) for _ in range(rounds + WARM_UP)]
        browser.close()
    return found[WARM_UP:]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=ROOT / "public", help="a built site")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    found = measure(options.site, options.rounds)
    names = {"pass": "pass_ms", "map": "map_ms", "longest": "longest_wait_ms"}
    names["neurons"] = "neurons_ms"
    figures: dict[str, float] = {
        told: round(median(one[name] for one in found), 2) for name, told in names.items()
    }
    figures["map_least_ms"] = round(min(one["map"] for one in found), 2)
    file = max((options.site / "data").glob("network-addition-e*.js"))
    figures["checkpoint_bytes"] = file.stat().st_size
    figures["checkpoint_gzip_bytes"] = len(gzip.compress(file.read_bytes()))
    every = [path.stat().st_size for path in (options.site / "data").glob("network-*-e*.js")]
    figures |= {"checkpoints": len(every), "checkpoints_bytes": sum(every)}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
