"""Ask every published network how special its own order is, and what its frequencies carry."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from timeless.analysis.fourier import Floats
from timeless.analysis.groups import Group, additive, multiplicative
from timeless.analysis.orders import (
    Concentration,
    Tokens,
    logarithms,
    random_orders,
    shifted_logarithms,
)
from timeless.config import as_dict
from timeless.experiments.orders import NAME, Config
from timeless.experiments.orders.networks import MAIN, Trained, published
from timeless.experiments.orders.use import use
from timeless.results.artifacts import Artifact, Table, column
from timeless.results.provenance import provenance
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    """Return the artifact; nothing is trained here."""
    runs = list(published(workspace.results))
    compared = [(run, order, *_compared(run, order, config)) for run in runs for order in _of(run)]
    rows = [row for *_, row, _ in compared]
    asked = [run for run in runs if run.name == MAIN or (run.multiplies and run.learned)]
    used = {run.name: use(run, config) for run in asked}
    summary: dict[str, Any] = {
        "runs": {row["run"]: _record(row) | used.get(row["run"], {}) for row in rows if row["own"]},
        "n_random": config.n_random,
        "adding": _adding(rows),
    }
    shown = next(held for run, *_, held in compared if run.name == MAIN)
    row = used[MAIN]["n_key_freqs"] - 1
    kinds = [name for name in shown.columns if name != "k"]
    summary["held_by_key_number"] = {name: float(shown[name][row]) for name in kinds}
    seeds = sorted({run.config.seed for run in runs})
    made = provenance(workspace.results[MAIN].provenance, seconds=0.0, seeds=seeds)
    return Artifact(
        NAME, as_dict(config), made, summary, {"runs": _runs_table(rows), "held": shown}
    )


def _of(run: Trained) -> tuple[Group, ...]:
    """Return the orders that are looked at: a run's own, and the logarithms of one that adds."""
    p = run.config.model.p
    return (multiplicative(p),) if run.multiplies else (additive(p), multiplicative(p))


def _compared(run: Trained, group: Group, config: Config) -> tuple[dict[str, Any], Table]:
    """Return how one order compares with its controls, and the shares held at each k."""
    p, embedding = run.config.model.p, run.embedding
    own = Concentration.of(embedding, [group.tokens])
    controls = _controls(run, group, config)
    of = {name: Concentration.of(embedding, orders) for name, orders in controls.items()}
    row: dict[str, Any] = {
        "run": run.name,
        "operation": run.operation,
        "learned": int(run.learned),
        "order": "logarithms" if group.name == "multiplication" else "numbers",
        "own": int((group.name == "multiplication") == run.multiplies),
        "n_controls": sum(len(each.gini) for each in of.values()),
        "lead": min(own.lead(each) for each in of.values()),
        "gini": float(own.gini[0]),
        "gini_control": max(float(each.gini.max()) for each in of.values()),
        "entropy": float(own.entropy[0]),
        "entropy_control": min(float(each.entropy.min()) for each in of.values()),
    }
    row["roots_differ"] = _roots_differ(embedding, p, own) if row["order"] == "logarithms" else 0.0
    return row, _held_table(own, of)


def _controls(run: Trained, group: Group, config: Config) -> dict[str, Iterable[Tokens]]:
    """Return the orders with which one is compared, by kind."""
    random = random_orders(group.tokens, config.n_random, config.seed)
    if not run.multiplies:
        return {"random": random}
    p = run.config.model.p
    return {"random": random, "shifted": shifted_logarithms(p), "numbers": [np.arange(p)]}


def _roots_differ(embedding: Floats, p: int, own: Concentration) -> float:
    """Return the largest difference between shares held in the logarithms to any two roots."""
    return float(np.abs(Concentration.of(embedding, logarithms(p)).held - own.held).max())


def _record(row: dict[str, Any]) -> dict[str, Any]:
    names = ("n_controls", "lead", "gini", "gini_control", "entropy", "entropy_control")
    found = {name: row[name] for name in (*names, "roots_differ")}
    return {"operation": row["operation"], "learned": bool(row["learned"]), **found}


def _adding(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the extremes of both orders over the networks that have learned to add."""
    found: dict[str, Any] = {}
    for order in ("numbers", "logarithms"):
        own = [row for row in rows if row["operation"] == "addition" and row["learned"]]
        own = [row for row in own if row["order"] == order]
        found["n"] = len(own)
        for name, pick in (("lead", max), ("lead", min), ("gini", max), ("gini", min)):
            values = [row[name] for row in own]
            found[f"{order}_{name}_{pick.__name__}"] = pick(values) if values else None
    return found


# --- tables ------------------------------------------------------------------------------

COLUMNS = {
    "run": ("name", "whose last weights"),
    "operation": ("name", "what it was trained on"),
    "learned": ("1", "1: it generalised"),
    "order": ("name", "logarithms, zero left out, or numbers"),
    "own": ("1", "1: the order of the run's own operation"),
    "n_controls": ("orders", "random ones; for multiplication also shifted logarithms and numbers"),
    "lead": ("1", "share held by the k strongest, less the largest of a control, at the worst k"),
    "gini": ("1", "Gini coefficient of W_E in this order"),
    "gini_control": ("1", "largest of the controls"),
    "entropy": ("nats", "spectral entropy of W_E in this order"),
    "entropy_control": ("nats", "smallest of the controls"),
    "roots_differ": ("1", "largest difference of shares held, over all primitive roots"),
}


def _runs_table(rows: list[dict[str, Any]]) -> Table:
    columns = {name: column([row[name] for row in rows], *words) for name, words in COLUMNS.items()}
    return Table("Each run's embedding in an order, beside control orders.", columns)


def _held_table(own: Concentration, of: dict[str, Concentration]) -> Table:
    """Return the share held by the k strongest frequencies, in each kind of order."""
    columns = {
        "k": column(np.arange(1, own.held.shape[1] + 1), "frequencies", "how many are counted"),
        "own": column(own.held[0], "1", "in the run's own order"),
    }
    for name, each in of.items():
        words = f"in the order of kind {name}, "
        columns[f"{name}_median"] = column(np.median(each.held, 0), "1", f"{words}median")
        columns[f"{name}_max"] = column(each.held.max(0), "1", f"{words}largest")
    return Table("Share of the energy about the mean that the k strongest hold.", columns)
