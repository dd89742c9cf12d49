"""Does a + b mod 131 grok, and when?

One network per seed, trained on 30% of all pairs for 40,000 epochs. From its checkpoints come
the curves, the progress measures, the phases, the key frequencies and the neurons' clusters.
The weights of the last checkpoint are published in float32, those of some earlier ones, more
of them around the transition, in float16.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from timeless.artifacts import WEIGHTS, Artifact
from timeless.checkpoints import Arrays, save_weights
from timeless.config import TrainConfig, as_dict
from timeless.provenance import provenance

if TYPE_CHECKING:
    from timeless.campaign import Run
    from timeless.trajectory import Trajectory

NAME = "addition"


@dataclass(frozen=True)
class Config:
    """Training configuration and seeds, and what the analysis makes of the runs.

    ``n_published`` checkpoints have their weights published; an ablation is compared with
    ``n_random_sets`` random ones.
    """

    train: TrainConfig = field(default_factory=TrainConfig)
    seeds: tuple[int, ...] = (0,)
    n_published: int = 36
    n_random_sets: int = 100


CONFIG = Config()


def run(config: Config, *, artifacts: Path, runs: Path, device: str) -> Artifact:
    """Train (or resume) the runs, write their weights, and return the artifact."""
    from timeless.ablation import ablation, ablation_summary  # noqa: PLC0415 (needs torch)
    from timeless.campaign import curves_table  # noqa: PLC0415 (needs torch)
    from timeless.summary import summarise  # noqa: PLC0415 (needs torch)
    from timeless.training import train  # noqa: PLC0415 (needs torch)
    from timeless.trajectory import trajectory  # noqa: PLC0415 (needs torch)

    configs = {f"seed{seed}": replace(config.train, seed=seed) for seed in config.seeds}
    finished = train(configs, runs / NAME, device=device)
    first = next(iter(finished.values()))
    found = trajectory(first)
    curves = curves_table(first)
    summary = summarise(first, found)
    published = published_epochs(first, summary["grok_epoch"], config.n_published)
    summary |= _publish_weights(first, found, published, artifacts / WEIGHTS)
    ablated = ablation(found.final, first, found.task, found.key_freqs, config.n_random_sets)
    summary["ablation"] = ablation_summary(ablated)
    return Artifact(
        NAME,
        as_dict(config),
        provenance(first.workplace, seconds=first.seconds, seeds=config.seeds),
        summary,
        {"curves": curves, **found.tables, "ablation": ablated},
    )


def published_epochs(run: "Run", grokked: int | None, n: int) -> list[int]:
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


def _publish_weights(
    run: "Run", found: "Trajectory", published: list[int], directory: Path
) -> dict[str, Any]:
    """Write the published weights; return their epochs and what float16 costs in accuracy."""
    from timeless.trajectory import Network  # noqa: PLC0415 (needs torch)

    stem = f"{NAME}-seed{run.config.seed}"
    meta = {"experiment": NAME, "config": as_dict(run.config)}
    index = np.flatnonzero(found.task.train_mask).astype(np.int32)
    last = max(run.checkpoints)
    final: Arrays = {**found.final.weights, "train_index": index}
    save_weights(directory / f"{stem}-final.safetensors", final, {**meta, "epoch": last})
    losses, written = [], {f"{stem}-final.safetensors"}
    for epoch in published:
        exact = run.weights(epoch)
        half = {name: array.astype(np.float16) for name, array in exact.items()}
        name = f"{stem}-e{epoch:06d}.safetensors"
        save_weights(directory / name, half, {**meta, "epoch": epoch})
        written.add(name)
        labels = found.task.labels
        before = Network.of(exact, run).accuracy(labels)
        losses.append(abs(Network.of(half, run).accuracy(labels) - before))
    for path in directory.glob(f"{stem}-*.safetensors"):
        if path.name not in written:
            path.unlink()  # of an earlier analysis
    return {"published_epochs": published, "float16_accuracy_change": max(losses)}
