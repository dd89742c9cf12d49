"""Train every variant with every seed, measure them as those of `seeds`, and count their leaps."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from timeless.analysis.network import Network, Split
from timeless.analysis.summary import provenance_of_many
from timeless.analysis.survey import survey
from timeless.analysis.survival import survival
from timeless.config import as_dict
from timeless.experiments.variant_seeds import NAME, Config, arms, runs
from timeless.experiments.variants.run import share_of_zero_loss
from timeless.results.artifacts import Artifact
from timeless.rules import leaps
from timeless.running.workspace import Workspace
from timeless.training.campaign import Run


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, and return the artifact."""
    finished = workspace.train(NAME, runs(config), hold=config.hold)
    summary, tables = survey(finished, config.hold, config.measure_every)
    for name, one in finished.items():
        since = summary["runs"][name]["memorisation_epoch"]
        summary["runs"][name] |= _loss(one, since, config.leap)
    summary["order"] = list(arms(config))
    summary["arms"] = {
        arm: _arm([summary["runs"][f"{arm}_seed{seed}"] for seed in config.seeds])
        for arm in arms(config)
    }
    made = provenance_of_many(finished.values(), config.seeds)
    return Artifact(NAME, as_dict(config), made, summary, tables)


def _loss(run: Run, since: int | None, leap: float) -> dict[str, Any]:
    """Return how often the train loss leapt once a run had memorised, and where it is zero."""
    last = run.weights(max(run.checkpoints))
    network, split = Network.of(last, run.config), Split.of(run.config)
    after = run.curves["train_loss"][run.curves["epoch"] >= (since or 0), 0]
    return {
        "n_leaps": len(leaps(after, leap)),
        "share_of_zero_loss": share_of_zero_loss(network.logits, split.labels, split.train_mask),
    }


def _arm(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    ended = [record["epochs"] for record in records]
    epochs = {
        name: survival([record[name] for record in records], ended).as_summary()
        for name in ("memorisation_epoch", "grok_epoch")
    }
    zero = [record["share_of_zero_loss"] for record in records]
    return {
        "n_runs": len(records),
        "n_grokked": sum(record["grok_epoch"] is not None for record in records),
        **epochs,
        "n_leaps": sum(record["n_leaps"] for record in records),
        "n_leaping": sum(record["n_leaps"] > 0 for record in records),
        "epochs": sum(ended),
        "share_of_zero_loss_median": float(np.median(zero)),
    }
