"""Which phases does training pass through, and which measure announces the next one?

On the checkpoints of other experiments' runs: gradient symmetricity and distance irrelevance
over training (clock or pizza), and for each structural measure the epoch at which it raises
an alarm by the rule of `rules.Rule`, beside the epoch at which test accuracy itself does. Runs that
never generalise within their budget tell how often an alarm is false.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.config import as_dict, train_config
from timeless.results.artifacts import Artifact, Results, Table, column
from timeless.results.provenance import provenance
from timeless.results.weights import load_weights
from timeless.rules import BEHAVIOUR, DIRECTIONS, Rule, alarm_epoch
from timeless.running.workspace import Workspace

NAME = "phases"
NEEDS = ("addition", "co_grokking", "fraction_sweep", "multiplication")
TASKS = ("addition", "multiplication")


@dataclass(frozen=True)
class Config:
    """The rule of the alarms, other thresholds to show, and the triples of the circuit measures.

    Runs that grok less than ``least_delay`` epochs after they memorise have no plateau, and
    are left out.
    """

    rule: Rule = field(default_factory=Rule)
    thresholds: tuple[float, ...] = (0.05, 0.1, 0.2, 0.3)
    least_delay: int = 3_000
    n_triples: int = 1_000


CONFIG = Config()
QUICK = Config(Rule(window=(100, 200), stays=50), least_delay=100, n_triples=100)


@dataclass(frozen=True)
class Subject:
    """A run, or one task of a joint one, as an auditor sees it: measures [checkpoints] by name."""

    name: str
    epochs: NDArray[np.integer]
    values: Mapping[str, NDArray[np.floating]]
    memorised: int | None
    grokked: int | None


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


def all_subjects(results: Results) -> Iterator[Subject]:
    """Yield every run whose measures are known over its checkpoints."""
    for task in TASKS:
        single = results[task]
        yield _subject(task, single["progress"], single["curves"], BEHAVIOUR, single.summary)
    sweep, joint = results["fraction_sweep"], results["co_grokking"]
    for key, record in sweep.summary["runs"].items():
        curves = sweep[f"curves_{key}"]
        yield _subject(key, sweep[f"audit_{key}"], curves, BEHAVIOUR, record)
    for task in TASKS:
        moments = {
            name: joint.summary[f"{name}_{task}"] for name in ("memorisation_epoch", "grok_epoch")
        }
        name, accuracy = f"joint {task}", f"{BEHAVIOUR}_{task}"
        yield _subject(name, joint[f"progress_{task}"], joint["curves"], accuracy, moments)


def _subject(
    name: str, progress: Table, curves: Table, accuracy: str, moments: Mapping[str, Any]
) -> Subject:
    epochs = progress["epoch"]
    values = {measure: progress[measure] for measure in DIRECTIONS if measure != BEHAVIOUR}
    values[BEHAVIOUR] = curves[accuracy][np.searchsorted(curves["epoch"], epochs)]
    return Subject(name, epochs, values, moments["memorisation_epoch"], moments["grok_epoch"])


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
    from timeless.analysis.circuits import distance_irrelevance, gradient_symmetricity  # noqa: PLC0415
    from timeless.analysis.network import Network, Split, as_tensors  # noqa: PLC0415 (needs torch)

    rows = []
    for task in TASKS:
        artifact = results[task]
        trained = train_config(artifact.config["train"])
        split, curves = Split.of(trained), artifact["curves"]
        for epoch in artifact.summary["published_epochs"]:
            path = results.weights_path(f"{task}-seed{trained.seed}-e{epoch:06d}")
            weights, _ = load_weights(path)
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
