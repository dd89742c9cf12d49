"""Measure everything in the laboratory on the published checkpoints, one question a file."""

import time
from typing import Any

import torch

from timeless.config import as_dict
from timeless.experiments.laboratory import NAME, Config
from timeless.experiments.laboratory.decay import measure_decay
from timeless.experiments.laboratory.directions import measure_directions
from timeless.experiments.laboratory.interventions import length
from timeless.experiments.laboratory.layer_norm import measure_layer_norm, measure_residual
from timeless.experiments.laboratory.perturbations import measure_perturbations
from timeless.experiments.laboratory.precision import measure_precision
from timeless.experiments.laboratory.published_run import PublishedRun
from timeless.experiments.laboratory.routing import measure_routing
from timeless.experiments.laboratory.temperature import measure_temperature
from timeless.results.artifacts import Artifact, Table
from timeless.results.provenance import provenance, workplace
from timeless.running.workspace import Workspace


def run(config: Config, workspace: Workspace) -> Artifact:
    """Return the artifact; only the branches of weight decay train, a few hundred updates."""
    started = time.perf_counter()
    published = PublishedRun.of(workspace.results, "addition")
    summary, series = measured(config, published)
    made = provenance(
        workplace("cpu", torch_threads()),
        seconds=time.perf_counter() - started,
        seeds=(published.config.seed,),
    )
    return Artifact(NAME, as_dict(config), made, summary, series)


def torch_threads() -> int:
    """Return how many threads torch uses here."""
    return int(torch.get_num_threads())


def measured(config: Config, published: PublishedRun) -> tuple[dict[str, Any], dict[str, Table]]:
    """Return summary and series of the artifact."""
    parts = {
        "temperature": measure_temperature(config, published),
        "layer_norm": measure_layer_norm(published),
        "residual": measure_residual(published),
        "directions": measure_directions(config, published),
        "immune": measure_perturbations(config, published),
        "decay": measure_decay(config, published),
        "routing": measure_routing(config, published),
        "precision": measure_precision(published),
    }
    summary = {
        "epochs": published.epochs,
        "stages": dict(published.stages),
        "norms": {
            stage: length(published.params(epoch)) for stage, epoch in published.stages.items()
        },
        "initial_norm": published.initial_norm,
        "key_freqs": published.key_freqs,
        "other_freq": published.other_freq,
        "control": published.control_record,
        **{name: found for name, (found, _) in parts.items()},
    }
    tables = {name: each for _, found in parts.values() for name, each in found.items()}
    return summary, tables
