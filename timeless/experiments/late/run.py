"""Train the long runs, and measure their curvature at what they have kept."""

from typing import Any

from timeless.analysis.summary import lasting, provenance_of_many
from timeless.analysis.survey import record
from timeless.config import as_dict
from timeless.experiments.late import NAME, Config, runs
from timeless.experiments.stability.edge import edge
from timeless.results.artifacts import Artifact, Table
from timeless.running.workspace import Workspace
from timeless.training.campaign import curves_table


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, and return the artifact."""
    finished = workspace.train(NAME, runs(config))
    records: dict[str, dict[str, Any]] = {}
    tables: dict[str, Table] = {}
    for name, one in finished.items():
        found, of_run = edge(one)
        curves = curves_table(one)
        of_seed = record(one, None)
        records[name] = {"name": name.replace("_", ", run ").replace("seed", "seed ")}
        records[name] |= of_seed | lasting(curves, of_seed["grok_epoch"]) | {"edge": found}
        tables[f"curves_{name}"] = curves
        tables |= {f"{table}_{name}": content for table, content in of_run.items()}
    summary = {
        "n_runs": len(records),
        "n_grokked": sum(one["grok_epoch"] is not None for one in records.values()),
        "n_relapses": sum(one["n_relapses"] for one in records.values()),
        "runs": records,
    }
    made = provenance_of_many(finished.values(), config.seeds)
    return Artifact(NAME, as_dict(config), made, summary, tables)
