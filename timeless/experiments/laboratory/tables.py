"""Rows of measured values as tables: each column with its unit, its words and its split."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from timeless.analysis.network import SPLITS
from timeless.results.artifacts import Table, column
from timeless.training.last_position import PLACES

Row = dict[str, Any]
BRANCHES = ("both", "no decay", "no gradient")
INSERTED = ("none", *PLACES, "all")
STREAM = ("resid_pre_a", "resid_pre_b", "resid_pre_op", "resid_mid", "resid_post")

WORDS: Mapping[str, tuple[str, str]] = {
    "stage": ("name", "stage of the run, see summary.stages"),
    "epoch": ("epochs", "number of updates made"),
    "temperature": ("1", "T, which the attention scores are divided by"),
    "accuracy": ("1", "share of right answers"),
    "loss": ("nats", "mean cross-entropy"),
    "entropy": ("nats", "entropy of the attention pattern, mean over heads and pairs"),
    "entropy_by_head": ("nats", "the same by head, mean over pairs"),
    "pattern_mean": ("1", "[head, position] attention to a, b and op, mean over pairs"),
    "pattern_spread": ("1", "root mean variance of the pattern over pairs"),
    "inserted": ("name", f"where it is inserted, one of {', '.join(INSERTED)}"),
    "place": ("name", f"one of {', '.join(STREAM)}"),
    "mean": ("1", "mean over d_model, mean over pairs"),
    "variance": ("1", "variance over d_model, mean over pairs"),
    "norm": ("1", "Euclidean norm"),
    "direction": ("name", "unit direction in weight space"),
    "kind": ("name", "key, other (frequency), gradient (down) or random (isotropic)"),
    "component": ("1", "scalar product of the weights and the direction"),
    "slope": ("nats per unit of length", "directional derivative of the loss, forward mode"),
    "curvature": ("nats per squared unit of length", "second directional derivative"),
    "difference": ("nats per unit of length", "the slope by central finite differences"),
    "length": ("1", "length of the step in weight space"),
    "relative_length": ("1", "length of the step over the norm of the weights"),
    "scaling": ("name", "isotropic or by tensor: how random directions are drawn"),
    "measure": ("name", "absolute or own norm: what the step is a fraction of"),
    "fraction": ("1", "length of the step over that norm"),
    "rise": ("nats", "rise of the loss over directions"),
    "rises": ("nats", "rise of the loss along each direction"),
    "branch": ("name", f"one of {', '.join(BRANCHES)}"),
    "step": ("updates", "updates since the checkpoint"),
    "outside": ("1", "share of a neuron's centred energy outside its own frequency"),
    "clustered": ("neurons", "neurons of which one frequency explains at least 85%"),
    "active": ("neurons", "neurons that change at all over the pairs"),
    "freq": ("cycles", "frequency k"),
    "n_neurons": ("neurons", "neurons that belong to it by the 85% rule"),
    "power": ("1", "share of the frequency's power in the logits that is left"),
    "bits": ("bits", "bits of a weight"),
}


Found = tuple[dict[str, Any], dict[str, Table]]  # what goes into the summary, and the tables


def describe(name: str) -> tuple[str, str, str | None]:
    """Return unit, description and split of a column, by the longest known part of its name."""
    steps = name.split("_")
    split = next((step for step in steps if step in SPLITS), None)
    known = [part for part in _parts(steps) if part in WORDS]
    unit, words = WORDS[max(known, key=len)]
    return unit, words if name in WORDS else f"{words}: {name.replace('_', ' ')}", split


def _parts(steps: Sequence[str]) -> Iterator[str]:
    for start in range(len(steps)):
        for stop in range(start + 1, len(steps) + 1):
            yield "_".join(steps[start:stop])


def table(words: str, rows: Sequence[Row], *, digits: int = 5) -> Table:
    """Return rows with equal keys as a table."""
    columns = {}
    for name in rows[0]:
        unit, description, split = describe(name)
        values = [row[name] for row in rows]
        columns[name] = column(values, unit, description, split=split, digits=digits)
    return Table(words, columns)
