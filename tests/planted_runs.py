"""Planted runs of several experiments, and what every figure made from them must do."""

import re
from pathlib import Path

import numpy as np

from tests.drawing import check_colours, check_drawn_and_read, check_room_for_titles
from timeless.figures import Figure
from timeless.results.artifacts import Artifact, Results, Table, column, save_artifact

BUDGET = 5_000


def table(**columns) -> Table:
    return Table("planted", {name: column(values, "1", name) for name, values in columns.items()})


def drawn(figure: Figure, name: str) -> list[dict]:
    return [trace for trace in figure.data if trace["name"] == name]


def notes(figure: Figure) -> list[str]:
    return [note["text"] for note in figure.layout["annotations"]]


def step_curves(memorised: int, grokked: int, floor: float = 0.0) -> Table:
    """Return curves that jump to 1 at the two epochs; -1 for one that is not reached."""
    last = BUDGET if grokked < 0 else grokked + 2_000
    epoch = np.arange(0, last + 1, 10)
    there = {"train": memorised, "test": grokked}
    accuracy = {
        split: np.where((epoch >= at) & (at >= 0), 1.0, floor) for split, at in there.items()
    }
    losses = {f"{split}_loss": 10.0 - 9.9 * share for split, share in accuracy.items()}
    shares = {f"{split}_accuracy": share for split, share in accuracy.items()}
    return table(epoch=epoch, sum_sq_weights=2_000.0 - epoch / 10, **losses, **shares)


def saved(folder: Path, *artifacts: Artifact) -> Results:
    for artifact in artifacts:
        save_artifact(artifact, folder)
    return Results(folder)


def is_drawn_and_read(figure: Figure) -> None:
    """Fail unless a figure can be drawn, read and downloaded, with names of colours alone."""
    check_drawn_and_read(figure, "planted")
    check_colours(figure)
    check_room_for_titles(figure)
    assert not re.search(r"\bnever\b", f"{figure.caption} {figure.alt}")
