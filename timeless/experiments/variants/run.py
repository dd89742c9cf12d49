"""Train the variants and compare them with the default network, a run of `seeds`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from timeless.analysis.circuits import distance_irrelevance, gradient_symmetricity
from timeless.analysis.export import publish_weights
from timeless.analysis.fourier import spectrum
from timeless.analysis.network import Network, Split, as_tensors
from timeless.analysis.progress import key_frequencies, neuron_clusters, variance_explained
from timeless.analysis.summary import provenance_of_many, run_record
from timeless.config import TrainConfig, as_dict, train_config
from timeless.experiments.fraction_sweep.run import runs_table
from timeless.experiments.variants import NAME, Config, runs
from timeless.results.artifacts import Artifact, Results, Table, column
from timeless.results.weights import Arrays, load_published
from timeless.running.workspace import Workspace
from timeless.training.campaign import curves_table


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, write their last weights, and return the artifact."""
    finished = workspace.train(NAME, runs(config), hold=config.hold)
    default, record, curves = default_run(config, workspace.results)
    records, tables = {default: record}, {f"curves_{default}": curves}
    for name, one in finished.items():
        key = name.replace("-", "_")
        last = one.weights(max(one.checkpoints))
        records[key] = run_record(one, config.hold) | _circuit(last, one.config, config.n_triples)
        tables[f"curves_{key}"] = curves_table(one)
        exact = one.config.loss_dtype == "float32"  # its last gradient is measured by `revisited`
        kind = np.float32 if exact else np.float16
        publish_weights(NAME, name, one, workspace.artifacts, end_type=kind)
    summary = {
        "default": default,
        "n_runs": len(records),
        "n_grokked": sum(record["grok_epoch"] is not None for record in records.values()),
        "hold": config.hold,
        "budget": config.train.epochs,
        "runs": records,
    }
    made = provenance_of_many(finished.values(), {one.config.seed for one in finished.values()})
    return Artifact(NAME, as_dict(config), made, summary, {"runs": _table(records), **tables})


def default_run(config: Config, results: Results) -> tuple[str, dict[str, Any], Table]:
    """Return the key, the record and the curves of the default network, from `seeds`."""
    seeds, own = results["seeds"], config.train
    key = f"heads{own.model.n_heads}_{own.model.act}_{own.loss_dtype}_seed{own.seed}"
    weights = load_published(results.directory, "seeds", f"seed{own.seed}")
    record = seeds.summary["runs"][f"seed{own.seed}"]
    trained = replace(train_config(seeds.config["train"]), seed=own.seed)
    circuit = _circuit(weights, trained, config.n_triples)
    return key, record | circuit, seeds[f"curves_seed{own.seed}"]


def _circuit(weights: Arrays, config: TrainConfig, n_triples: int) -> dict[str, Any]:
    """Return what a network's last weights say of its mechanism, and of its loss in float32."""
    network, split = Network.of(weights, config), Split.of(config)
    key_freqs = key_frequencies(spectrum(network.number_embedding))
    clusters = neuron_clusters(network.mlp_post, network.group.n)
    return {
        "n_heads": config.model.n_heads,
        "act": config.model.act,
        "loss_dtype": config.loss_dtype,
        "key_freqs": key_freqs,
        "n_key_freqs": len(key_freqs),
        "fve": variance_explained(network.logits, key_freqs),
        "neurons_clustered": int(clusters.clustered.sum()),
        "gradient_symmetricity": gradient_symmetricity(
            as_tensors(weights), config.model, n_triples, seed=config.seed
        ),
        "distance_irrelevance": distance_irrelevance(network.logits, split.labels),
        "share_of_zero_loss": share_of_zero_loss(network.logits, split.labels, split.train_mask),
    }


def share_of_zero_loss(logits: Any, labels: Any, train_mask: Any) -> float:
    """Return the share of training pairs whose cross-entropy is exactly 0 in float32."""
    chosen = torch.from_numpy(np.ascontiguousarray(logits[train_mask]))
    targets = torch.from_numpy(labels[train_mask])
    losses = torch.nn.functional.cross_entropy(chosen, targets, reduction="none")
    return float((losses == 0).double().mean())


def _table(records: Mapping[str, Mapping[str, Any]]) -> Table:
    table = runs_table(records)
    words = {
        "n_heads": ("heads", "attention heads"),
        "act": ("name", "activation of the MLP"),
        "loss_dtype": ("name", "precision of the loss"),
        "n_key_freqs": ("frequencies", "key frequencies of W_E at the last checkpoint"),
        "fve": ("1", "variance of the centred logits explained by them"),
        "gradient_symmetricity": ("1", "mean cosine of the logits' gradients in both embeddings"),
        "distance_irrelevance": ("1", "how little correct logits depend on a - b"),
    }
    more = {
        name: column([record[name] for record in records.values()], unit, what)
        for name, (unit, what) in words.items()
    }
    return Table(table.description, {**table.columns, **more})
