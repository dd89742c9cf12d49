"""Time training in the page, in Chromium, beside PyTorch on the same machine.

    python benchmarks/train_in_page.py [--site public] [--rounds 7] [--workers 2] [--to-grok small]
                                       [--graphics]

Opens the page of the instrument `train` from a built site, from disk, and trains the page's presets
by each engine: compiled kernels in one worker (``wasm_1``) and in several (``wasm_2``), plain
JavaScript (``javascript``), and with ``--graphics`` the graphics processor (``graphics``). PyTorch
in float32, one thread, stands beside them: ``torch`` is autograd on `model.forward` with torch's
AdamW, ``torch_tables`` the study's own fast step. All take turns, round by round. Prints one JSON
line: for each preset and way the median epochs a second and GFLOP/s a core, counting the three
large products alone (6 pairs d_mlp p a step), and the medians of ratios within a round. ``--to-
grok`` trains a preset from its start, in one worker and in several, until 99% of the test pairs are
right, looked at every 10 epochs, and gives epochs and seconds.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import torch
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.train_step import in_one_thread, plain_step  # noqa: E402 (after the path is set)
from tests.browser.conftest import FLAGS  # noqa: E402
from tests.browser.finding import find_browser  # noqa: E402
from timeless.config import ModelConfig, TrainConfig  # noqa: E402
from timeless.training.ensemble import Ensemble  # noqa: E402

SECONDS = 1.5  # about as long does one measurement take
PRESETS = {
    "small": {"p": 59, "d_model": 64, "d_mlp": 256, "share": 0.5, "weight_decay": 2.0},
    "full": {"p": 131, "d_model": 64, "d_mlp": 256, "share": 0.45, "weight_decay": 1.0},
    "wide": {"p": 131, "d_model": 128, "d_mlp": 512, "share": 0.45, "weight_decay": 1.0},
}
REST = {"operation": "a+b", "n_heads": 1, "activation": "relu", "warmup": 10, "seed": 1}
RATE = {"learning_rate": 3e-3}

LOAD = (
    """() => Timeless.loadInTurn(["chance", "background", "trainer"].map((n) => `kit/${n}.js`))"""
)
BEGIN = """async ([name, engine, config, count]) => {
  const { create } = Timeless.trainer;
  (window.trainers ??= {})[name] = await create(engine, config, undefined, { count });
}"""
RUN = """async ([name, n]) => {
  const start = performance.now();
  await trainers[name].run(n);
  return (performance.now() - start) / 1e3;
}"""
GRAPHICS = ("--enable-unsafe-webgpu", "--enable-features=Vulkan")
CLOSE = """() => {
  for (const trainer of Object.values(trainers)) trainer.close();
  window.trainers = {};
}"""
GROK = """async ([config, count]) => {
  const start = performance.now();
  const trainer = await Timeless.trainer.create("wasm", config, undefined, { count });
  for (;;) {
    const { epoch } = await trainer.run(10);
    const { test_accuracy } = await trainer.evaluate();
    if (test_accuracy < 0.99 && epoch < 5000) continue;
    trainer.close();
    return { epoch, test_accuracy, seconds: (performance.now() - start) / 1e3 };
  }
}"""


def torch_config(preset: dict[str, Any]) -> TrainConfig:
    """Return a preset of the page as the study configures it."""
    sizes = {name: preset[name] for name in ("p", "d_model", "d_mlp")}
    return TrainConfig(
        model=ModelConfig(n_heads=1, **sizes),
        frac_train=preset["share"],
        lr=RATE["learning_rate"],
        weight_decay=preset["weight_decay"],
        loss_dtype="float32",
    )


def torch_ways(config: TrainConfig) -> dict[str, Callable[[int], float]]:
    """Return by name what does some steps and says how many seconds they took."""

    def timed(step: Callable[[], object]) -> Callable[[int], float]:
        def run(n: int) -> float:
            start = time.perf_counter()
            for _ in range(n):
                step()
            return time.perf_counter() - start

        return run

    tables = Ensemble([config], torch.device("cpu"), threads=1, tables=True)
    return {
        "torch": timed(in_one_thread(plain_step(config))),
        "torch_tables": timed(in_one_thread(tables.step)),
    }


def page_ways(
    page: Page, config: dict[str, Any], workers: int, graphics: bool
) -> dict[str, Callable[[int], float]]:
    """Return the same for the engines of the page, each with a training of its own."""
    page.evaluate(BEGIN, ["javascript", "plain", config, 1])
    for count in {1, workers}:
        page.evaluate(BEGIN, [f"wasm_{count}", "wasm", config, count])
    names = ["javascript", *(f"wasm_{count}" for count in sorted({1, workers}))]
    if graphics:
        page.evaluate(BEGIN, ["graphics", "graphics", config, 1])
        names.append("graphics")

    def way(name: str) -> Callable[[int], float]:
        return lambda n: page.evaluate(RUN, [name, n])

    return {name: way(name) for name in names}


def measure(ways: dict[str, Callable[[int], float]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds that a step took, round by round, after one to warm up."""
    repeats = {name: max(1, round(SECONDS / (run(2) / 2))) for name, run in ways.items()}
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, run in ways.items():
            found[name].append(run(repeats[name]) / repeats[name])
    return found


def figures(config: dict[str, Any], found: dict[str, list[float]], workers: int) -> dict[str, Any]:
    """Return what is printed of a preset."""
    p, pairs = config["p"], int(config["share"] * config["p"] ** 2)
    flop = 6 * pairs * config["d_mlp"] * p
    cores = {name: workers if name == f"wasm_{workers}" else 1 for name in found}
    ways = {
        name: {
            "epochs_per_second": round(1 / median(seconds), 2),
            "gflops_per_core": round(flop / median(seconds) / cores[name] / 1e9, 2),
        }
        for name, seconds in found.items()
    }

    def ratio(one: str, other: str) -> float:
        pairs_of = zip(found[one], found[other], strict=True)
        return round(median(theirs / own for own, theirs in pairs_of), 2)

    ratios = {
        f"wasm_1_over_{other}": ratio("wasm_1", other) for other in found if "wasm" not in other
    }
    return {**ways, **ratios, "workers_gain": ratio(f"wasm_{workers}", "wasm_1")}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=ROOT / "public", help="a built site")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--presets", nargs="+", choices=PRESETS, default=list(PRESETS))
    parser.add_argument("--to-grok", nargs="*", choices=PRESETS, default=[])
    parser.add_argument("--graphics", action="store_true", help="time WebGPU, too")
    options = parser.parse_args()
    torch.set_num_threads(1)
    told: dict[str, Any] = {}
    with sync_playwright() as playwright:
        flags = [flag for flag in FLAGS if flag != "--disable-gpu"] if options.graphics else FLAGS
        browser = playwright.chromium.launch(
            executable_path=find_browser(playwright),
            args=[*flags, *(GRAPHICS if options.graphics else ())],
        )
        page = browser.new_page()
        page.set_default_timeout(600_000)
        page.goto((options.site / "dev" / "train.html").resolve().as_uri())
        page.wait_for_selector("[data-widget=train][data-state=ready]")
        page.evaluate(LOAD)
        for name in options.presets:
            config = {**PRESETS[name], **REST, **RATE}
            ways = page_ways(page, config, options.workers, options.graphics) | torch_ways(
                torch_config(config)
            )
            told[name] = figures(config, measure(ways, options.rounds), options.workers)
            page.evaluate(CLOSE)
        for name in options.to_grok:
            config = {**PRESETS[name], **REST, **RATE}
            told[f"{name}_to_grok"] = {
                f"wasm_{count}": page.evaluate(GROK, [config, count])
                for count in sorted({1, options.workers})
            }
        browser.close()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
