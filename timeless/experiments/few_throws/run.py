"""Train every group, read every run by the rules of `reading`, and compare the arms."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from timeless.analysis.summary import descent_record, provenance_of_many
from timeless.analysis.survival import survival
from timeless.config import as_dict
from timeless.experiments.few_throws import NAME, Config, Group, arm, groups
from timeless.experiments.few_throws.baselines import baselines
from timeless.experiments.few_throws.reading import read
from timeless.experiments.few_throws.training import MEASURES, SCORED, train_group
from timeless.experiments.kinematics.throws import make_throws
from timeless.results.artifacts import Artifact, Column, Table, column
from timeless.running.workspace import Workspace
from timeless.training.descent import Descent

NOT_REACHED = -1
CURVES = {
    "train_loss": ("nats", "train", "mean cross-entropy"),
    "train_accuracy": ("1", "train", "share of throws whose bin is right"),
    "test_loss": ("nats", "test", "mean cross-entropy"),
    "test_accuracy": ("1", "test", "share of throws whose bin is right"),
    "test_within_one_bin": ("1", "test", "share of throws at most one bin off"),
    "sum_sq_weights": ("1", None, "sum of all squared weights"),
}
RUNS = {
    "run": ("name", None, "its curves are curves_ and this"),
    "arm": ("name", None, "what the runs of this arm share"),
    "share": ("1", None, "of the combinations trained on"),
    "scale": ("1", None, "factor on the initial weights"),
    "weight_decay": ("1", None, "coefficient of decoupled weight decay"),
    "seed": ("number", None, "of initial weights and split"),
    "epochs": ("epochs", None, "at which the run ended"),
    "memorisation_epoch": ("epochs", "train", "99% right from then on; -1: not reached"),
    "grok_epoch": ("epochs", "test", "99% within one bin from then on; -1: not reached"),
    "half_epoch": ("epochs", "test", "first with half of what it answers in the end"),
    "full_epoch": ("epochs", "test", "first with 99% of what it answers in the end"),
    "answered_at_memorisation": ("1", "test", "within one bin; -1: not memorised"),
    "answered": ("1", "test", "within one bin, in the end"),
    "accuracy": ("1", "test", "right bin, in the end"),
    "train_accuracy": ("1", "train", "right bin, at the last epoch"),
    "generalises": ("1", "test", "1: answers more than the nearest training throw does"),
    "late": ("1", "test", "1: and half of it more than 500 epochs after memorising"),
    "grokked": ("1", "test", "1: 99% of the test more than 500 epochs after memorising"),
}

Row = Mapping[str, Any]


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the groups, and return the artifact."""
    wanted, folder = groups(config), workspace.runs / NAME
    jobs = {name: (group, folder / name) for name, group in wanted.items()}
    done = dict(workspace.engine(train_group, jobs))
    rows: list[Row] = []
    curves: dict[str, Table] = {}
    levels = {name: baselines(group.throws) for name, group in wanted.items()}
    for name, group in wanted.items():
        for place, scale in enumerate(group.scales):
            table = _curves(done[name], place)
            rows.append(_row(group, scale, table, levels[name]["nearest"]["within_one_bin"]))
            curves[f"curves_{rows[-1]['run']}"] = table
    by_arm: dict[str, list[Row]] = {}
    for row in rows:
        by_arm.setdefault(row["arm"], []).append(row)
    summary = {
        "n_runs": len(rows),
        **{f"n_{what}": _count(rows, what) for what in ("generalises", "late", "grokked")},
        "n_memorised": sum(row["memorisation_epoch"] is not None for row in rows),
        "shares": _levels(wanted, levels),
        "arms": {name: _arm(members) for name, members in by_arm.items()},
        "groups": {name: descent_record(one, wanted[name].seed) for name, one in done.items()},
    }
    made = provenance_of_many(done.values(), [group.seed for group in wanted.values()])
    return Artifact(NAME, as_dict(config), made, summary, {"runs": _runs_table(rows), **curves})


def _curves(done: Descent, place: int) -> Table:
    """Return the curves of one run of a group."""
    columns: dict[str, Column] = {"epoch": column(done.epochs, "epochs", "number of updates made")}
    for name, (unit, split, words) in CURVES.items():
        values = done.measures[:, place, MEASURES.index(name)]
        columns[name] = column(values, unit, words, split=split, digits=4)
    return Table("Losses and accuracies over training.", columns)


def _row(group: Group, scale: float, curves: Table, nearest: float) -> Row:
    """Return what is told of one run; None where something was not reached."""
    name = arm(group, scale)
    return {
        "run": f"{name}_seed{group.seed}",
        "arm": name,
        "share": group.throws.frac_train,
        "scale": scale,
        "weight_decay": group.weight_decay,
        "seed": group.seed,
        "epochs": int(curves["epoch"][-1]),
        "train_accuracy": float(curves["train_accuracy"][-1]),
        **asdict(read(curves, nearest)),
    }


def _count(rows: Sequence[Row], what: str) -> int:
    return sum(bool(row[what]) for row in rows)


def _arm(rows: Sequence[Row]) -> dict[str, Any]:
    """Return what the runs of an arm do: how many memorise and generalise, when, and how far."""
    ended = [row["epochs"] for row in rows]
    memorised = [row for row in rows if row["memorisation_epoch"] is not None]
    late = [row["late_share"] for row in memorised]
    then = [row["answered_at_memorisation"] for row in memorised]
    answered = [row["answered"] for row in rows]
    return {
        "n_runs": len(rows),
        "epochs": max(ended),
        **{f"n_{what}": _count(rows, what) for what in ("generalises", "late", "grokked")},
        "n_memorised": len(memorised),
        "memorisation_epoch": survival(
            [row["memorisation_epoch"] for row in rows], ended
        ).as_summary(),
        "half_epoch_median": int(np.median([row["half_epoch"] for row in rows])),
        "answered_median": float(np.median(answered)),
        "answered_lowest": min(answered),
        "answered_highest": max(answered),
        "accuracy_median": float(np.median([row["accuracy"] for row in rows])),
        "answered_at_memorisation_median": float(np.median(then)) if then else None,
        "late_share_median": float(np.median(late)) if late else None,
        "late_share_highest": max(late, default=None),
    }


def _levels(
    wanted: Mapping[str, Group], levels: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> dict[str, dict[str, Any]]:
    """Return of each share how many throws it has, and its baselines, as means over splits."""
    of_share: dict[str, list[str]] = {}
    for name, group in wanted.items():
        of_share.setdefault(f"share_{100 * group.throws.frac_train:g}", []).append(name)
    found: dict[str, dict[str, Any]] = {}
    for share, names in of_share.items():
        task = make_throws(wanted[names[0]].throws)
        found[share] = {f"n_{split}": len(task.where(split)) for split in SCORED}
        for which, scores in levels[names[0]].items():
            found[share][which] = {
                key: float(np.mean([levels[name][which][key] for name in names])) for key in scores
            }
    return found


def _runs_table(rows: Sequence[Row]) -> Table:
    columns = {
        name: column(
            [NOT_REACHED if row[name] is None else _plain(row[name]) for row in rows],
            unit,
            words,
            split=split,
        )
        for name, (unit, split, words) in RUNS.items()
    }
    return Table("The runs, a row each.", columns)


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value
