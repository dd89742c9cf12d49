"""Apply the rule of alarms and the circuit measures to the runs of other experiments."""

from dataclasses import replace
from typing import Any

import numpy as np

from timeless.analysis.audited_runs import TASKS, Subject, all_subjects
from timeless.analysis.circuits import distance_irrelevance, gradient_symmetricity
from timeless.analysis.network import Network, Split, as_tensors
from timeless.config import as_dict, train_config
from timeless.experiments.phases import NAME, Config
from timeless.results.artifacts import Artifact, Results, Table, column
from timeless.results.provenance import provenance
from timeless.results.weights import load_published
from timeless.rules import BEHAVIOUR, DIRECTIONS, alarm_epoch
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    """Return the artifact; nothing is trained here."""
    results = workspace.results
    subjects = [
        subject
        for subject in all_subjects(results)
        if subject.memorised is not None
        and (subject.grokked is None or subject.grokked - subject.memorised >= config.least_delay)
    ]
    alarms = _alarms(config, subjects)
    circuits = _circuits(config, results)
    summary = {
        "lead": {measure: _lead(alarms, subjects, measure, config) for measure in DIRECTIONS},
        "never": [s.name for s in subjects if s.grokked is None] or None,
        "n_never": sum(s.grokked is None for s in subjects),
        "grokking": [s.name for s in subjects if s.grokked is not None] or None,
        "n_grokking": sum(s.grokked is not None for s in subjects),
        "behaviour_epoch": _alarm(alarms, "addition", BEHAVIOUR, config.rule.threshold),
        "circuits": _circuit_ends(circuits),
    }
    made = provenance(results["addition"].provenance, seconds=0.0, seeds=(0,))
    return Artifact(NAME, as_dict(config), made, summary, {"alarms": alarms, "circuits": circuits})


def _alarms(config: Config, subjects: list[Subject]) -> Table:
    """Return one row for each subject, measure and threshold; -1: no alarm."""
    rows = [
        (subject, measure, threshold)
        for subject in subjects
        for measure in DIRECTIONS
        for threshold in config.thresholds
    ]
    found = [
        alarm_epoch(
            subject.epochs,
            subject.values[measure],
            measure,
            subject.memorised,
            replace(config.rule, threshold=threshold),
        )
        for subject, measure, threshold in rows
    ]
    generalises = [subject.grokked is not None for subject, *_ in rows]
    return Table(
        "When each measure raises an alarm.",
        {
            "run": column([subject.name for subject, *_ in rows], "name", "run, or task of one"),
            "generalises": column(np.array(generalises, int), "1", "1 if it does in its budget"),
            "measure": column([measure for _, measure, _ in rows], "name", "what is watched"),
            "threshold": column([t for *_, t in rows], "1", "least move away from the baseline"),
            "alarm_epoch": column(
                [-1 if epoch is None else epoch for epoch in found], "epochs", "-1: no alarm"
            ),
        },
    )


def _alarm(alarms: Table, run: str, measure: str, threshold: float) -> int | None:
    row = (alarms["run"] == run) & (alarms["measure"] == measure)
    row &= alarms["threshold"] == threshold
    epochs = alarms["alarm_epoch"][row]
    return int(epochs[0]) if len(epochs) and epochs[0] >= 0 else None


def _lead(alarms: Table, subjects: list[Subject], measure: str, config: Config) -> dict[str, Any]:
    """Return a measure's lead over test accuracy on runs that grok, and its false alarms."""
    threshold, leads, missed, epochs = config.rule.threshold, {}, [], {}
    for subject in subjects:
        alarm = _alarm(alarms, subject.name, measure, threshold)
        if subject.grokked is None:
            continue
        behaviour = _alarm(alarms, subject.name, BEHAVIOUR, threshold)
        epochs[subject.name] = alarm
        if alarm is None:
            missed.append(subject.name)
        elif behaviour is not None:
            leads[subject.name] = behaviour - alarm
    never = [subject.name for subject in subjects if subject.grokked is None]
    false = [name for name in never if _alarm(alarms, name, measure, threshold) is not None]
    return {
        "alarm_epoch": epochs.get("addition"),
        "lead": leads.get("addition"),
        "leads": leads,
        "least_lead": min(leads.values(), default=None),
        "greatest_lead": max(leads.values(), default=None),
        "missed": missed or None,
        "false_alarms": len(false),
        "false_alarm_runs": false or None,
        "n_never": len(never),
    }


def _circuits(config: Config, results: Results) -> Table:
    """Return both circuit measures at every published checkpoint of the single-task runs."""
    rows = []
    for task in TASKS:
        artifact = results[task]
        trained = train_config(artifact.config["train"])
        split, curves = Split.of(trained), artifact["curves"]
        for epoch in artifact.summary["published_epochs"]:
            weights = load_published(results.directory, task, f"seed{trained.seed}", epoch)
            network = Network.of(weights, trained)
            symmetricity = gradient_symmetricity(
                as_tensors(weights), trained.model, config.n_triples, seed=trained.seed
            )
            irrelevance = distance_irrelevance(network.logits, split.labels)
            accuracy = curves[BEHAVIOUR][np.searchsorted(curves["epoch"], epoch)]
            rows.append((task, epoch, symmetricity, irrelevance, float(accuracy)))
    names, epochs, symmetricities, irrelevances, accuracies = zip(*rows, strict=True)
    return Table(
        "Clock or pizza: two circuit measures at the published checkpoints (16 bits).",
        {
            "run": column(names, "name", "the task"),
            "epoch": column(epochs, "epochs", "number of updates made"),
            "gradient_symmetricity": column(
                symmetricities, "1", "mean cosine of a logit's gradients in both embeddings"
            ),
            "distance_irrelevance": column(
                irrelevances, "1", "how little correct logits depend on a - b", split="all"
            ),
            BEHAVIOUR: column(accuracies, "1", "share of right answers", split="test"),
        },
    )


def _circuit_ends(circuits: Table) -> dict[str, Any]:
    """Return the circuit measures of each task at its first and its last checkpoint."""
    found: dict[str, Any] = {}
    for task in TASKS:
        rows = np.flatnonzero(circuits["run"] == task)
        for moment, row in (("start", rows[0]), ("end", rows[-1])):
            for name in ("gradient_symmetricity", "distance_irrelevance"):
                found.setdefault(task, {})[f"{name}_{moment}"] = float(circuits[name][row])
    return found
