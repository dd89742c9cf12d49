"""How does the share of the pairs that is trained on set the delay?

The same network and seed on several fractions of the pairs of a + b mod 131. A run ends early
only by the stated rule; one that does not generalise within its budget is censored: the study
knows that it did not happen until then, and nothing of later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from timeless.config import ModelConfig, TrainConfig, as_dict
from timeless.results.artifacts import Artifact, Table, column
from timeless.running.workspace import Workspace

NAME = "fraction_sweep"
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """Training configuration, fractions in percent, seeds, and the stop rule.

    A run has the budget of ``train.epochs``, unless it has generalised for ``hold`` epochs. The
    measures of an auditor are taken every ``audit_every`` epochs.
    """

    train: TrainConfig = field(default_factory=TrainConfig)
    percents: tuple[int, ...] = (10, 30, 45, 60, 90)
    seeds: tuple[int, ...] = (0,)
    hold: int = 2_000
    audit_every: int = 200


CONFIG = Config()
QUICK = Config(TrainConfig(model=ModelConfig(p=13, d_model=32, d_mlp=64), epochs=600), hold=200)


def runs(config: Config) -> dict[str, TrainConfig]:
    """Return the runs to train, by name."""
    return {
        f"frac{percent}-seed{seed}": replace(config.train, frac_train=percent / 100, seed=seed)
        for percent in config.percents
        for seed in config.seeds
    }


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, write their last weights, and return the artifact."""
    from timeless.analysis.export import publish_weights  # noqa: PLC0415 (needs torch)
    from timeless.analysis.summary import provenance_of_many, run_record  # noqa: PLC0415 (needs torch)
    from timeless.analysis.trajectory import analysed_epochs, audit  # noqa: PLC0415 (needs torch)
    from timeless.training.campaign import curves_table  # noqa: PLC0415 (needs torch)

    finished = workspace.train(NAME, runs(config), hold=config.hold)
    records, curves = {}, {}
    for name, one in finished.items():
        key = name.replace("-", "_")
        records[key] = run_record(one, config.hold)
        curves[f"curves_{key}"] = curves_table(one)
        curves[f"audit_{key}"] = audit(one, analysed_epochs(one, config.audit_every))
        publish_weights(NAME, name, one, workspace.weights)
    return Artifact(
        NAME,
        as_dict(config),
        provenance_of_many(finished.values()),
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
