"""Train every share with every seed, and say for each run when it had learned."""

from timeless.analysis.summary import provenance_of_many, run_record
from timeless.config import as_dict
from timeless.experiments.borders.run import compared
from timeless.experiments.fraction_sweep.run import runs_table
from timeless.experiments.shares import NAME, Config, runs
from timeless.results.artifacts import Artifact
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, and return the artifact."""
    finished = workspace.train(NAME, runs(config), hold=config.hold)
    arms = {name: name.rsplit("_seed", 1)[0] for name in finished}
    summary, tables = compared(finished, arms, config.hold)
    records = {name: run_record(one, config.hold) for name, one in finished.items()}
    summary |= {
        "budget": config.train.epochs,
        "n_seeds": len(config.seeds),
        "n_censored": summary["n_runs"] - summary["n_grokked"],
        "runs": records,
    }
    made = provenance_of_many(finished.values(), config.seeds)
    return Artifact(NAME, as_dict(config), made, summary, {**tables, "runs": runs_table(records)})
