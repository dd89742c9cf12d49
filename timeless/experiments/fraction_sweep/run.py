"""Train a run for each fraction of the pairs, and record how each went."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from timeless.analysis.export import publish_weights
from timeless.analysis.summary import provenance_of_many, run_record
from timeless.analysis.trajectory import analysed_epochs, audit
from timeless.config import as_dict
from timeless.experiments.fraction_sweep import NAME, Config, runs
from timeless.results.artifacts import Artifact, Table, column
from timeless.running.workspace import Workspace
from timeless.training.campaign import curves_table


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, write last weights of some, and return the artifact."""
    finished = workspace.train(NAME, runs(config), hold=config.hold)
    records, curves = {}, {}
    for name, one in finished.items():
        key = name.replace("-", "_")
        records[key] = run_record(one, config.hold)
        curves[f"curves_{key}"] = curves_table(one)
        curves[f"audit_{key}"] = audit(one, analysed_epochs(one, config.audit_every))
        if round(100 * one.config.frac_train) in config.published:
            publish_weights(NAME, name, one, workspace.artifacts)
    return Artifact(
        NAME,
        as_dict(config),
        provenance_of_many(finished.values(), config.seeds),
        _summary(config, records),
        {"runs": runs_table(records), **curves},
    )


def _summary(config: Config, records: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    censored = [record for record in records.values() if record["grok_epoch"] is None]
    return {
        "fractions": sorted({record["frac_train"] for record in records.values()}),
        "budget": config.train.epochs,
        "hold": config.hold,
        "n_runs": len(records),
        "n_seeds": len(config.seeds),
        "n_censored": len(censored),
        "censored_fractions": sorted({record["frac_train"] for record in censored}) or None,
        "runs": records,
    }


def runs_table(records: Mapping[str, Mapping[str, Any]]) -> Table:
    """Return one row a run; an epoch that was not reached within the budget is -1."""
    plain = {"seed": "number", "n_train": "pairs", "epochs": "epochs"}
    reached = ("memorisation_epoch", "grok_epoch", "delay")
    columns = {
        "name": column(list(records), "name", "key of summary.runs"),
        "frac_train": column(
            [record["frac_train"] for record in records.values()], "1", "share trained on"
        ),
        **{
            key: column([record[key] for record in records.values()], unit, key)
            for key, unit in plain.items()
        },
        **{
            key: column(
                [-1 if record[key] is None else record[key] for record in records.values()],
                "epochs",
                f"{key.replace('_', ' ')}; -1: not within the budget",
            )
            for key in reached
        },
    }
    censored = np.array([record["grok_epoch"] is None for record in records.values()], dtype=int)
    columns["censored"] = column(censored, "1", "1 if it did not generalise within the budget")
    return Table("The runs of the experiment.", columns)
