"""Apply the rule of alarms and the circuit measures to the runs of other experiments."""

from dataclasses import replace

from timeless.analysis.audited_runs import all_subjects
from timeless.config import as_dict
from timeless.experiments.phases import NAME, Config
from timeless.experiments.phases.alarms import (
    MAIN,
    alarms_table,
    audited_table,
    find_alarms,
    told,
    with_plateau,
)
from timeless.experiments.phases.checkpoints import (
    circuit_ends,
    circuits_table,
    online_losses,
    online_table,
)
from timeless.results.artifacts import Artifact
from timeless.results.provenance import provenance
from timeless.rules import BEHAVIOUR, DIRECTIONS
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    """Return the artifact; nothing is trained here."""
    results = workspace.results
    online = online_losses(results)
    subjects = [
        replace(subject, more={"restricted_loss_online": online[subject.name]})
        if subject.name in online
        else subject
        for subject in all_subjects(results)
    ]
    audited = with_plateau(subjects, config.least_delay)
    alarms, circuits = find_alarms(config, audited), circuits_table(config, results)
    grokking = [subject.name for subject in audited if subject.grokked is not None]
    never = [subject.name for subject in audited if subject.grokked is None]
    summary = {
        "lead": {measure: told(alarms, measure) for measure in DIRECTIONS},
        "grokking": grokking or None,
        "n_grokking": len(grokking),
        "n_grokking_networks": len({s.network for s in audited if s.grokked is not None}),
        "never": never or None,
        "n_never": len(never),
        "n_never_networks": len({s.network for s in audited if s.grokked is None}),
        "left_out": [s.name for s in subjects if s not in audited] or None,
        "behaviour_epoch": alarms.epochs.get((MAIN, BEHAVIOUR, config.rule.threshold)),
        "circuits": circuit_ends(circuits),
    }
    seeds = sorted({0, *results["seeds"].config["seeds"]})
    made = provenance(results["addition"].provenance, seconds=0.0, seeds=seeds)
    tables = {"audited": audited_table(alarms), "alarms": alarms_table(alarms)}
    tables |= {"online": online_table(online), "circuits": circuits}
    return Artifact(NAME, as_dict(config), made, summary, tables)
