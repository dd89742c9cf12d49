"""Read what other experiments have published, and answer later questions from it."""

from typing import Any

from timeless.config import as_dict
from timeless.experiments.revisited import NAME, Config
from timeless.experiments.revisited.ages import (
    MAIN,
    ages_summary,
    ages_table,
    trajectory_table,
)
from timeless.experiments.revisited.ends import EPSILON, gradients_table, perturbed_table
from timeless.experiments.revisited.leaps import leaps_summary
from timeless.experiments.revisited.pairs import pairs_summary, pairs_table
from timeless.experiments.revisited.probe import probe_table
from timeless.experiments.revisited.spectra import random_table, spectra_table
from timeless.results.artifacts import Artifact, Table
from timeless.results.provenance import provenance
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    """Return the artifact; nothing is trained here."""
    results = workspace.results
    pairs, trajectory = pairs_table(results), trajectory_table(results)
    ages, gradients = ages_table(config, results, trajectory), gradients_table(results)
    probe = probe_table(results)
    variants = results["variants"].summary
    others = [key for key in variants["runs"] if key != variants["default"]]
    wanted = [MAIN, *(f"variant {key}" for key in others)]
    summary = {
        "pairs": pairs_summary(results, pairs),
        "ages": ages_summary(ages, wanted),
        "gradients": _gradients_summary(gradients),
        "epsilon": EPSILON,
        "leaps": leaps_summary(results),
        "probe": _probe_summary(probe),
    }
    tables = {
        "pairs": pairs,
        "trajectory": trajectory,
        "ages": ages,
        "spectra": spectra_table(config, results),
        "random_frequencies": random_table(config, results),
        "gradients": gradients,
        "perturbed": perturbed_table(results),
        "probe": probe,
    }
    seeds = sorted({0, *results["seeds"].config["seeds"]})
    made = provenance(results[MAIN].provenance, seconds=0.0, seeds=seeds)
    return Artifact(NAME, as_dict(config), made, summary, tables)


def _probe_summary(table: Table) -> dict[str, dict[str, float]]:
    """Return the probe's R² by network and function of the angle."""
    found: dict[str, dict[str, float]] = {}
    for run, target, r2 in zip(table["run"], table["target"], table["r2"], strict=True):
        found.setdefault(str(run), {})[str(target)] = float(r2)
    return found


def _gradients_summary(table: Table) -> dict[str, Any]:
    """Return the sizes of gradient entries by run; hyphens in names become underscores."""
    names = ("epoch", "largest", "median", "below_epsilon", "train_loss")
    return {
        str(run).replace("-", "_"): {name: table[name][row].item() for name in names}
        for row, run in enumerate(table["run"])
    }
