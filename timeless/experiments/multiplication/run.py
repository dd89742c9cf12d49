"""Train the run and measure it in both orders of the numbers; the pairs with a zero apart."""

from typing import Any

import numpy as np

from timeless.analysis.ablation import ablation, ablation_summary
from timeless.analysis.export import publish_weights, published_epochs
from timeless.analysis.fourier import Floats, spectrum
from timeless.analysis.network import Network
from timeless.analysis.progress import embedding_sparsity, key_frequencies
from timeless.analysis.summary import frequency_summary, run_record, transition_epochs
from timeless.analysis.trajectory import Trajectory, analysed_epochs, spectrum_columns, trajectory
from timeless.analysis.two_orders import both_orders, in_additive_order, largest
from timeless.config import as_dict
from timeless.experiments.multiplication import NAME, Config, runs
from timeless.results.artifacts import Artifact, Table, column
from timeless.results.provenance import provenance
from timeless.running.workspace import Workspace
from timeless.training.campaign import Run, curves_table


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the run, write its weights, and return the artifact."""
    ((name, trained),) = workspace.train(NAME, runs(config), hold=config.hold).items()
    curves = curves_table(trained)
    found = trajectory(trained, epochs=analysed_epochs(trained, config.analyse_every))
    orders, whole = _orders(trained, found), in_additive_order(trained)
    additive_freqs = key_frequencies(spectrum(whole.number_embedding))
    ablated = ablation(found.final, trained.config, found.key_freqs, config.n_random_sets)
    replaced = largest(spectrum(whole.number_embedding), len(found.key_freqs))
    others = ablation(whole, trained.config, replaced, config.n_random_sets)
    summary = {
        **run_record(trained, config.hold),
        **transition_epochs(curves, found.tables["progress"]),
        **frequency_summary(found),
        **_final_measures(found),
        **both_orders(found.final, whole),
        **_zero(whole),
        "ablation": ablation_summary(ablated),
        "ablation_additive": {"freqs": replaced, **ablation_summary(others)},
    }
    published = published_epochs(trained, summary["grok_epoch"], config.n_published)
    summary |= publish_weights(NAME, name, trained, workspace.artifacts, published)
    kept = ("progress", "progress_confirmed", "embedding_spectrum", "logit_spectrum_2d")
    tables = {
        "curves": curves,
        **{key: found.tables[key] for key in kept},
        "orders": orders,
        "spectrum_log": found.tables["final_spectrum"],
        "spectrum_additive": _additive_spectrum(whole, additive_freqs),
        "ablation": ablated,
        "ablation_additive": others,
    }
    seeds = (config.train.seed,)
    made = provenance(trained.workplace, seconds=trained.seconds, seeds=seeds)
    return Artifact(NAME, as_dict(config), made, summary, tables)


def _zero(network: Network) -> dict[str, Any]:
    """Return what the network does with zero, which has no logarithm."""
    p = network.group.p
    a, b = np.divmod(np.arange(p * p), p)
    with_zero = (a == 0) | (b == 0)
    answers = network.logits.argmax(1)
    norms = np.linalg.norm(network.number_embedding.astype(np.float64), axis=1)
    return {
        "zero_pairs": int(with_zero.sum()),
        "zero_accuracy": float((answers[with_zero] == 0).mean()),
        "zero_norm": float(norms[0]),
        "mean_norm": float(norms[1:].mean()),
        "zero_answers_without_zero": int((answers[~with_zero] == 0).sum()),
    }


def _final_measures(found: Trajectory) -> dict[str, Any]:
    progress = found.tables["progress"]
    names = ("restricted_loss_all", "excluded_loss_train", "fve", "order_parameter")
    return {name: float(progress[name][-1]) for name in names}


def _orders(trained: Run, found: Trajectory) -> Table:
    """Return Gini coefficient and entropy of W_E in both orders at the analysed checkpoints."""
    epochs = found.tables["progress"]["epoch"].tolist()
    p, log = trained.config.model.p, found.final.group.tokens
    numbers = [trained.weights(epoch)["W_E"][:p] for epoch in epochs]
    embeddings: dict[str, list[Floats]] = {
        "log": [W_E[log] for W_E in numbers],
        "additive": numbers,
    }
    words = {"log": "discrete-log order, zero left out", "additive": "additive order"}
    columns = {"epoch": column(epochs, "epochs", "number of updates made")}
    for order, rows in embeddings.items():
        measured = [embedding_sparsity(W_E) for W_E in rows]
        ginis = [one["gini_W_E"] for one in measured]
        entropies = [one["spectral_entropy"] for one in measured]
        columns[f"gini_{order}"] = column(ginis, "1", f"Gini coefficient of W_E, {words[order]}")
        columns[f"entropy_{order}"] = column(
            entropies, "nats", f"spectral entropy of W_E, {words[order]}"
        )
    return Table("Sparsity of the embedding's spectrum in both orders.", columns)


def _additive_spectrum(network: Network, freqs: list[int]) -> Table:
    norms = spectrum(network.number_embedding)
    return Table(
        "The same embedding's spectrum over the numbers in their additive order, zero included.",
        spectrum_columns(norms, freqs),
    )
