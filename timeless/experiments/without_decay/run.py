"""Train every arm with every seed, and say how those that stalled stood."""

from timeless.analysis.summary import provenance_of_many
from timeless.config import as_dict
from timeless.experiments.borders.run import compared
from timeless.experiments.without_decay import ARMS, NAME, Config, runs
from timeless.experiments.without_decay.stall import of_arm, stall_table, stalled
from timeless.results.artifacts import Artifact
from timeless.running.workspace import Workspace
from timeless.training.processor import one_thread


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, measure their checkpoints, and return the artifact."""
    finished = workspace.train(NAME, runs(config), hold=config.hold)
    arms = {name: name.rsplit("_seed", 1)[0] for name in finished}
    summary, tables = compared(finished, arms, config.hold)
    summary["order"] = list(ARMS)
    for name, one in finished.items():
        with one_thread():
            table = tables[f"stall_{name}"] = stall_table(one)
        record = summary["runs"][name]
        record |= stalled(one, table, record["memorisation_epoch"])
    for arm in ARMS:
        own = [summary["runs"][name] for name in finished if arms[name] == arm]
        summary["arms"][arm] |= of_arm(own)
    made = provenance_of_many(finished.values(), config.seeds)
    return Artifact(NAME, as_dict(config), made, summary, tables)
