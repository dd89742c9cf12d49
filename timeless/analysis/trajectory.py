"""What a run's checkpoints show: every progress measure over training, as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from timeless.analysis.fourier import Floats, dft_2d, power_shares, spectrum, spectrum_2d
from timeless.analysis.network import SPLITS, Network, Split, split_means
from timeless.analysis.progress import (
    NeuronClusters,
    component_gini,
    cross_entropies,
    embedding_sparsity,
    excluded_logits,
    key_frequencies,
    neuron_clusters,
    order_parameter,
    restricted_logits,
    variance_explained,
)
from timeless.results.artifacts import Column, Table, column
from timeless.results.weights import sums_of_squares
from timeless.rules import HOLD_EPOCHS, held_epoch
from timeless.training.campaign import Run


def key_measures(network: Network, split: Split, key_freqs: Sequence[int]) -> dict[str, float]:
    """Return the measures of one checkpoint that depend on the choice of key frequencies."""
    labels, mask = split.labels, split.train_mask
    shares = power_shares(spectrum(network.number_embedding))
    kept = restricted_logits(network.logits, key_freqs)
    restricted = cross_entropies(kept, labels)
    excluded = cross_entropies(excluded_logits(network.logits, key_freqs), labels)
    return {
        **split_means(restricted, mask, "restricted_loss"),
        **split_means(excluded, mask, "excluded_loss"),
        "restricted_accuracy_all": float((kept.argmax(1) == labels).mean()),
        "fve": variance_explained(network.logits, key_freqs),
        "order_parameter": order_parameter(shares, key_freqs),
    }


def measures(network: Network, split: Split, key_freqs: Sequence[int]) -> dict[str, float]:
    """Return every scalar measure of one checkpoint by name; see `DESCRIPTIONS`."""
    squares = sums_of_squares(network.weights)
    by_tensor = {f"sum_sq_{name}": total for name, total in squares.items()}
    return {
        **split_means(cross_entropies(network.logits, split.labels), split.train_mask, "loss"),
        **key_measures(network, split, key_freqs),
        **embedding_sparsity(network.number_embedding),
        "gini_W_logit": component_gini(network.logit_weights.T),
        "sum_sq_weights": sum(by_tensor.values()),
        "energy": sum(by_tensor.values()) / 2,
        **by_tensor,
        "neurons_clustered": int(
            neuron_clusters(network.mlp_post, network.group.n).clustered.sum()
        ),
    }


DESCRIPTIONS = {
    "loss": ("nats", "mean cross-entropy"),
    "restricted_loss": ("nats", "cross-entropy with only the key directions of the logits kept"),
    "restricted_accuracy": ("1", "share of right answers with only the key directions kept"),
    "excluded_loss": ("nats", "cross-entropy with the key directions of the logits taken out"),
    "fve": ("1", "variance of the centred logits explained by Σ α_k cos ω_k(a+b−c)"),
    "gini_W_E": ("1", "Gini coefficient of the norms of W_E's Fourier components"),
    "gini_W_logit": ("1", "Gini coefficient of the norms of the Fourier components of W_out·W_U"),
    "spectral_entropy": ("nats", "entropy of the power shares of W_E's frequencies"),
    "order_parameter": ("1", "power share of the key frequencies in W_E"),
    "sum_sq_weights": ("1", "sum of all squared weights"),
    "energy": ("1", "half the sum of all squared weights"),
    "neurons_clustered": ("neurons", "neurons of which one frequency explains at least 85%"),
}


def _describe(name: str, values: Sequence[float]) -> Column:
    stem, _, suffix = name.rpartition("_")
    if name.startswith("sum_sq_") and name not in DESCRIPTIONS:
        return column(values, "1", f"sum of squares of {name.removeprefix('sum_sq_')}")
    if suffix in SPLITS and stem in DESCRIPTIONS:
        unit, words = DESCRIPTIONS[stem]
        return column(values, unit, words, split=suffix)
    unit, words = DESCRIPTIONS[name]
    split = "all" if name in ("fve", "neurons_clustered") else None
    return column(values, unit, words, split=split)


@dataclass(frozen=True)
class Trajectory:
    """The analysis of one run: key frequencies, tables over checkpoints, and the last network.

    ``confirmed_freqs`` are the key frequencies by the same rule at ``confirmed_epoch``, the
    checkpoint at which 99% test accuracy has been held long enough to be called grokked; in a
    run that does not grok they are those of the last checkpoint.
    """

    split: Split
    key_freqs: list[int]
    confirmed_epoch: int
    confirmed_freqs: list[int]
    clusters: NeuronClusters
    final: Network
    tables: Mapping[str, Table]


def trajectory(
    run: Run, op: int = 0, epochs: Sequence[int] | None = None, *, each_frequency: bool = True
) -> Trajectory:
    """Return every measure of one operation of a run, at every checkpoint or at ``epochs``.

    The key frequencies come from the last checkpoint and are applied to all of them; what
    depends on them is measured a second time with those of the confirmed one. The excluded
    loss of ``each_frequency`` takes long where nearly all are key, as before grokking.
    """
    split = Split.of(run.config, op)
    epochs = sorted(run.checkpoints) if epochs is None else epochs
    final = Network.of(run.weights(max(run.checkpoints)), run.config, op)
    key_freqs = key_frequencies(spectrum(final.number_embedding))
    confirmed_epoch = confirmed_checkpoint(run, op)
    confirmed = Network.of(run.weights(confirmed_epoch), run.config, op)
    confirmed_freqs = key_frequencies(spectrum(confirmed.number_embedding))
    watched = sorted({*key_freqs, *confirmed_freqs}) if each_frequency else []
    rows, confirmed_rows, norms, excluded = [], [], [], []
    for epoch in epochs:
        network = Network.of(run.weights(epoch), run.config, op)
        rows.append(measures(network, split, key_freqs))
        confirmed_rows.append(key_measures(network, split, confirmed_freqs))
        norms.append(spectrum(network.number_embedding))
        excluded.append(_excluded_by_frequency(network, split, watched))
    clusters = neuron_clusters(final.mlp_post, final.group.n)
    epoch_column = column(epochs, "epochs", "number of updates made")
    tables = {
        "progress": _over_checkpoints(
            "Progress measures at the checkpoints; key frequencies are those of the last one.",
            epoch_column,
            rows,
        ),
        "progress_confirmed": _over_checkpoints(
            "The same with the key frequencies of the checkpoint at which grokking is confirmed.",
            epoch_column,
            confirmed_rows,
        ),
        "excluded_by_frequency": Table(
            "Excluded loss when one key frequency is taken out; a column entry per key frequency.",
            {
                "epoch": epoch_column,
                "excluded_loss_train": column(
                    excluded, "nats", "in the order of summary.watched_freqs", split="train"
                ),
            },
        ),
        "embedding_spectrum": Table(
            "Norm over d_model of W_E's Fourier coefficients, cosine and sine combined.",
            {
                "epoch": epoch_column,
                "norm": column(norms, "1", "entry k-1 is frequency k = 1 … floor(p/2)", digits=5),
            },
        ),
        "final_spectrum": final_spectrum(spectrum(final.number_embedding), key_freqs, clusters),
        "neurons": _neurons(clusters),
        "typical_neurons": _typical_neurons(final, clusters, key_freqs),
        "logit_spectrum_2d": _logit_spectrum_2d(final),
    }
    return Trajectory(split, key_freqs, confirmed_epoch, confirmed_freqs, clusters, final, tables)


def analysed_epochs(run: Run, every: int) -> list[int]:
    """Return the checkpoints at multiples of ``every``, and the last."""
    epochs = sorted(run.checkpoints)
    return [epoch for epoch in epochs if epoch % every == 0 or epoch == epochs[-1]]


def audit(run: Run, epochs: Sequence[int], op: int = 0) -> Table:
    """Return what an auditor watches at these checkpoints; a part of `trajectory`, and quick."""
    split, rows = Split.of(run.config, op), []
    final = Network.of(run.weights(max(run.checkpoints)), run.config, op)
    key_freqs = key_frequencies(spectrum(final.number_embedding))
    for epoch in epochs:
        network = Network.of(run.weights(epoch), run.config, op)
        losses = cross_entropies(network.logits, split.labels)
        restricted = cross_entropies(restricted_logits(network.logits, key_freqs), split.labels)
        rows.append(
            {
                "loss_test": float(losses[~split.train_mask].mean()),
                "restricted_loss_all": float(restricted.mean()),
                **embedding_sparsity(network.number_embedding),
                "sum_sq_weights": sum(sums_of_squares(network.weights).values()),
            }
        )
    words = "What an auditor watches; key frequencies are those of the last checkpoint."
    return _over_checkpoints(words, column(epochs, "epochs", "number of updates made"), rows)


def confirmed_checkpoint(run: Run, op: int = 0) -> int:
    """Return the last checkpoint at which the hold of the grokking epoch is over, or the last."""
    grokked = held_epoch(run.curves["epoch"], run.curves["test_accuracy"][:, op])
    if grokked is None:
        return max(run.checkpoints)
    return max(epoch for epoch in run.checkpoints if epoch <= grokked + HOLD_EPOCHS)


def _over_checkpoints(words: str, epoch: Column, rows: Sequence[Mapping[str, float]]) -> Table:
    named = {name: _describe(name, [row[name] for row in rows]) for name in rows[0]}
    return Table(words, {"epoch": epoch, **named})


def _excluded_by_frequency(network: Network, split: Split, key_freqs: Sequence[int]) -> list[float]:
    logits, mask = network.logits, split.train_mask
    return [
        float(cross_entropies(excluded_logits(logits, [k]), split.labels)[mask].mean())
        for k in key_freqs
    ]


def final_spectrum(norms: Floats, key_freqs: Sequence[int], clusters: NeuronClusters) -> Table:
    """Return the last checkpoint's spectrum with both rules for key frequencies side by side."""
    owned = np.bincount(clusters.freq[clusters.clustered], minlength=len(norms) + 1)[1:]
    neurons = column(owned, "neurons", "neurons that belong to it by the 85% rule")
    return Table(
        "Frequencies of W_E at the last checkpoint, and how many neurons serve each.",
        {**spectrum_columns(norms, key_freqs), "neurons": neurons},
    )


def spectrum_columns(norms: Floats, key_freqs: Sequence[int]) -> dict[str, Column]:
    """Return the columns of a spectrum: frequency, norm, power share, and whether it is key."""
    freqs = np.arange(1, len(norms) + 1)
    return {
        "freq": column(freqs, "cycles", "frequency k"),
        "norm": column(norms, "1", "norm of W_E's coefficients of this frequency"),
        "power_share": column(power_shares(norms), "1", "share of the non-constant energy"),
        "is_key": column(
            np.isin(freqs, key_freqs).astype(int), "1", "norm above 1/4 of the largest"
        ),
    }


def _neurons(clusters: NeuronClusters) -> Table:
    return Table(
        "Neurons at the last checkpoint.",
        {
            "neuron": column(np.arange(len(clusters.freq)), "index", "row of W_out"),
            "freq": column(clusters.freq, "cycles", "frequency that explains most of it"),
            "share": column(
                clusters.share, "1", "share of its centred energy explained", split="all"
            ),
            "energy": column(clusters.energy, "1", "centred energy over all pairs", split="all"),
        },
    )


def _typical_neurons(final: Network, clusters: NeuronClusters, key_freqs: Sequence[int]) -> Table:
    """Return, for each key frequency with neurons, the one of median energy among its own."""
    n = final.group.n
    chosen = []
    for freq in key_freqs:
        own = np.flatnonzero(clusters.clustered & (clusters.freq == freq))
        if len(own):
            chosen.append(int(own[np.argsort(clusters.energy[own])[len(own) // 2]]))
    grids = [final.mlp_post[:, neuron].reshape(n, n) for neuron in chosen]
    spectra = [spectrum_2d(dft_2d(final.mlp_post[:, neuron], n)) for neuron in chosen]
    return Table(
        "For each key frequency, its neuron of median energy, over all pairs.",
        {
            "neuron": column(chosen, "index", "row of W_out"),
            "freq": column(clusters.freq[chosen], "cycles", "its frequency"),
            "activation": column(grids, "1", "mlp_post at [a, b]", split="all", digits=3),
            "norm_2d": column(spectra, "1", "2D DFT norms [freq a, freq b]", split="all", digits=3),
        },
    )


def _logit_spectrum_2d(final: Network) -> Table:
    n = final.group.n
    norms = spectrum_2d(dft_2d(final.logits, n))
    return Table(
        "2D DFT of the logits over (a, b) at the last checkpoint, norm over the classes.",
        {
            "freq_a": column(np.arange(n // 2 + 1), "cycles", "frequency over a, 0 = constant"),
            "norm": column(norms, "1", "entry [freq a, freq b]", split="all", digits=4),
        },
    )
