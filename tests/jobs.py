"""Jobs that tests hand to engines. Workers import them by name, so they are in a module.

    python -m tests.jobs FOLDER

trains two long runs in FOLDER/first by Ray until it is stopped, then two in FOLDER/second. They
save at the start, at the stop, and never between.
"""

import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.campaign import CONFIG, die_at
from timeless.config import TrainConfig
from timeless.errors import TimelessError
from timeless.running.engines import RayEngine
from timeless.running.workspace import Workspace
from timeless.training.campaign import Run
from timeless.training.loop import train_campaign

CONFIGS = {f"seed{seed}": replace(CONFIG, seed=seed) for seed in (0, 1)}
LONG = {
    name: replace(config, epochs=1_000_000, log_every=1_000_000, checkpoint_every=1_000_000)
    for name, config in CONFIGS.items()
}


def double(number: int) -> int:
    return 2 * number


def refuse(attempts: Path) -> None:
    with attempts.open("a") as file:
        file.write("tried\n")
    raise TimelessError("the loss is not finite", where="run wild", remedy="train more slowly")


def fail() -> None:
    raise ZeroDivisionError("a mistake in the work")


def die(attempts: Path) -> None:
    with attempts.open("a") as file:
        file.write("tried\n")
    die_at("state", 1)
    (attempts.parent / "x").replace(attempts.parent / "state.safetensors")


def train_losing_one_worker(
    configs: Mapping[str, TrainConfig], directory: Path, device: str, hold: int | None
) -> dict[str, Run]:
    """Train; the first worker that trains seed 1 is killed while it writes its fourth state."""
    if "seed1" in configs:
        with (directory.parent / "attempts").open("a") as file:
            file.write(f"{len(list(directory.rglob('e*.safetensors')))}\n")
        if len((directory.parent / "attempts").read_text().split()) == 1:
            die_at("state", 4)
    return train_campaign(configs, directory, device, hold)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job has none
    folder = Path(sys.argv[1])
    for part in ("first", "second"):
        try:
            Workspace(folder, folder / part, "cpu", RayEngine(folder / part)).train("long", LONG)
        except TimelessError as error:
            sys.stderr.write(f"{error}\n")
