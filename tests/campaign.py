"""A small campaign that can be trained here or in a process that is about to die."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from timeless.config import ModelConfig, TrainConfig
from timeless.training.campaign import STATE, Run
from timeless.training.ensemble import Ensemble
from timeless.training.loop import train

NAME = "run"
CONFIG = TrainConfig(
    model=ModelConfig(p=13, d_model=16, n_heads=2, d_mlp=32),
    epochs=75,
    log_every=5,
    checkpoint_every=10,
)


def run_campaign(folder: Path) -> Run:
    return train({NAME: CONFIG}, folder, device="cpu")[NAME]


def counting(real: Callable[..., Any], count: int, chosen: Callable[..., bool]) -> Any:
    """Return ``real``, except that the count-th chosen call kills the process instead."""
    seen = 0

    def call(*arguments: Any) -> Any:
        nonlocal seen
        seen += chosen(*arguments)
        if seen == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments)

    return call


def die_at(moment: str, count: int) -> None:
    """Let this process kill itself with SIGKILL at the ``count``-th moment of a kind.

    "step" is before a training step; "state" and "checkpoint" are when such a file is written
    beside its place but has not yet taken its name.
    """
    if moment == "step":
        Ensemble._step = counting(Ensemble._step, count, lambda _: True)
        return
    Path.replace = counting(
        Path.replace, count, lambda _, target: (target.name == STATE) == (moment == "state")
    )


def run_and_die(folder: Path, moment: str, count: int) -> None:
    die_at(moment, count)
    run_campaign(folder)
