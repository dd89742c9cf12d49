"""Export: which checkpoints of a run are published, and their weights as safetensors."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from timeless.analysis.network import Network, Split
from timeless.config import as_dict
from timeless.errors import TimelessError
from timeless.results.weights import TRAIN_INDEX, Arrays, published_file, save_weights
from timeless.training.campaign import Run
from timeless.training.tasks import make_task


def published_epochs(run: Run, grokked: int | None, n: int) -> list[int]:
    """Return about ``n`` checkpoint epochs, first and last among them, denser where more happens.

    They are evenly spaced on the mean of three clocks that each run from 0 to 1: the logarithm
    of the epoch, the epoch itself up to one and a half times the grokking epoch, and the
    change of test accuracy so far.
    """
    epochs = np.array(sorted(run.checkpoints))
    logged = run.curves["epoch"]
    accuracy = run.curves["test_accuracy"][np.searchsorted(logged, epochs), 0]
    until = epochs[-1] if grokked is None else min(1.5 * grokked, epochs[-1])
    change = np.concatenate([[0.0], np.abs(np.diff(accuracy)).cumsum()])
    clocks = [np.log1p(epochs), np.minimum(epochs, until), change]
    clock = sum(c / c[-1] for c in clocks if c[-1] > 0)
    ticks = np.linspace(0, clock[-1], n)
    nearest = np.abs(clock[:, None] - ticks).argmin(0)
    return sorted({int(epochs[i]) for i in nearest} | {int(epochs[0]), int(epochs[-1])})


def publish_weights(
    experiment: str,
    name: str,
    run: Run,
    artifacts: Path,
    earlier: Sequence[int] = (),
    *,
    end_type: type[np.floating[Any]] = np.float32,
) -> dict[str, Any]:
    """Write a run's last weights in ``end_type`` and those of ``earlier`` epochs in float16.

    Files of an earlier analysis go. Returns ``published_epochs`` and
    ``float16_accuracy_change``, what float16 costs. Raises TimelessError for a network whose
    numbers have tokens by operation or position, which no reader of these files expects.
    """
    if run.config.model.tokens != "shared":
        raise TimelessError(
            f"a network with number tokens {run.config.model.tokens} is not published",
            where=f"experiment {experiment}, run {name}",
            remedy='publish one with tokens "shared", or teach the pages to read it',
        )
    meta = {"experiment": experiment, "config": as_dict(run.config)}
    index = np.flatnonzero(make_task(run.config).train_mask).astype(np.int32)
    changes = [0.0]

    def write(file: Path, epoch: int, kind: type[np.floating[Any]], **more: Any) -> Path:
        exact = run.weights(epoch)
        rounded = {key: array.astype(kind) for key, array in exact.items()}
        save_weights(file, {**rounded, **more}, {**meta, "epoch": epoch})
        if kind is np.float16:
            ops = range(run.config.model.n_ops)
            changes.extend(_accuracy_change(run, exact, rounded, op) for op in ops)
        return file

    end = published_file(artifacts, experiment, name)
    written = {write(end, max(run.checkpoints), end_type, **{TRAIN_INDEX: index})}
    for epoch in earlier:
        file = published_file(artifacts, experiment, name, epoch)
        written.add(write(file, epoch, np.float16))
    for path in set(end.parent.glob(f"{experiment}-{name}-*.safetensors")) - written:
        path.unlink()  # of an earlier analysis
    return {"published_epochs": list(earlier), "float16_accuracy_change": max(changes)}


def _accuracy_change(run: Run, exact: Arrays, half: Arrays, op: int) -> float:
    labels = Split.of(run.config, op).labels
    before, after = (Network.of(w, run.config, op).accuracy(labels) for w in (exact, half))
    return abs(after - before)
