"""Runs per hour: networks trained alone, one after another, and together along the run axis.

    python benchmarks/train_many.py [--runs N] [--device cpu] [--threads N] [--p 131]

Prints one JSON line. Both ways take turns within one process, and each time is the median over
the repetitions, so a busy machine slows both alike; compare the ratio, not the hours.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

import torch

from timeless.config import ModelConfig, TrainConfig
from timeless.training.devices import torch_device
from timeless.training.ensemble import Ensemble

EPOCHS = 40_000


def seconds(work: Callable[[], None], device: torch.device) -> float:
    """Return the time that a piece of work takes, to its end on the device."""
    began = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - began


def main() -> None:
    """Time steps both ways and print runs per hour of a whole budget."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--runs", type=int, default=4, help="networks; default 4")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--threads", type=int, default=1, help="of the CPU; default 1")
    parser.add_argument("--steps", type=int, default=5, help="steps a repetition; default 5")
    parser.add_argument("--repeat", type=int, default=7, help="repetitions; default 7")
    parser.add_argument("--p", type=int, default=131, help="the prime; default 131")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.set_flush_denormal(True)
    device = torch_device(given.device)
    base = TrainConfig(model=ModelConfig(p=given.p))
    configs = [replace(base, seed=seed) for seed in range(given.runs)]
    apart = [Ensemble([config], device) for config in configs]
    joined = Ensemble(configs, device)

    def alone() -> None:
        for ensemble in apart:
            for _ in range(given.steps):
                ensemble.step()

    def together() -> None:
        for _ in range(given.steps):
            joined.step()

    alone(), together()  # buffers are made in the first step
    times = [(seconds(alone, device), seconds(together, device)) for _ in range(given.repeat)]
    steps_of_all = given.runs * given.steps
    per_hour = [steps_of_all / median(part) * 3600 / EPOCHS for part in zip(*times, strict=True)]
    result = {
        "device": device.type,
        "threads": given.threads,
        "runs": given.runs,
        "runs_per_hour_alone": round(per_hour[0], 2),
        "runs_per_hour_together": round(per_hour[1], 2),
        "together_over_alone": round(per_hour[1] / per_hour[0], 3),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
