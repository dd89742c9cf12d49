"""Planted runs of several experiments, and what every figure made from them must do."""

import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np

from tests.test_figures import COLOUR, leaves
from timeless.artifacts import Artifact, Results, Table, column, save_artifact
from timeless.encoding import csv_table, receive_script
from timeless.figures import Figure

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
    figure.check("planted")
    script = receive_script("planted", {"data": figure.data, "layout": figure.layout})
    assert json.loads(script[script.index("{") : script.rindex("}") + 1])["data"]
    assert len(csv_table(figure.table).splitlines()) == 1 + len(next(iter(figure.table.values())))
    words = f"{figure.caption} {figure.alt}"
    assert not re.search(r"\bnan\b|\bNone\b|\binf\b|never|  ", words)
    assert not re.search(r"<\w|&\w+;", figure.alt)
    parts = list(leaves([figure.data, figure.layout]))
    named = [text for key, text in parts if key.lower().endswith(("color", "colorscale"))]
    assert [colour for colour in named if not COLOUR.fullmatch(colour)] == []
    domains = [axis.get("domain", [0, 1]) for key, axis in figure.layout.items() if "yaxis" in key]
    gaps = [above[0] - below[1] for above, below in pairwise(domains)]
    assert all(gap * figure.height > 40 for gap in gaps)
