"""Spectra of embeddings at equal age, and what taking random frequencies out costs."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from timeless.analysis.ablation import random_sets
from timeless.analysis.fourier import Floats, spectrum
from timeless.analysis.network import Network, Split
from timeless.analysis.progress import cross_entropies, excluded_logits, key_frequencies
from timeless.config import first_config
from timeless.experiments.revisited import Config
from timeless.experiments.revisited.ages import MAIN
from timeless.results.artifacts import Results, Table, column
from timeless.results.weights import load_published

# --- spectra -----------------------------------------------------------------------------


def spectra_table(config: Config, results: Results) -> Table:
    """Return the norms of the embedding's frequencies ``later`` epochs after grokking."""
    rows = list(_spectra(config, results))
    keys = [key_frequencies(norms) for *_, norms in rows]
    floors = [_floor(norms, freqs) for (*_, norms), freqs in zip(rows, keys, strict=True)]
    return Table(
        "Spectra of the embedding at equal age, of the main run and the seeds.",
        {
            "run": column([run for run, *_ in rows], "name", "a run"),
            "epoch": column([epoch for _, epoch, _ in rows], "epochs", "checkpoint"),
            "n_key_freqs": column([len(freqs) for freqs in keys], "frequencies", "key ones"),
            "floor": column(floors, "1", "median norm of the others, of the largest"),
            "norm": column(
                [norms for *_, norms in rows], "1", "entry k-1 is frequency k", digits=5
            ),
        },
    )


def _floor(norms: Floats, freqs: list[int]) -> float:
    """Return the median norm of the frequencies that are not key, as a share of the largest."""
    rest = np.delete(norms, np.array(freqs) - 1)
    return float(np.median(rest) / norms.max()) if len(rest) else 1.0


def _spectra(config: Config, results: Results) -> Iterator[tuple[str, int, Floats]]:
    main, seeds = results[MAIN], results["seeds"]
    if main.summary["grok_epoch"] is not None:
        table = main["embedding_spectrum"]
        row = int(np.abs(table["epoch"] - main.summary["grok_epoch"] - config.later).argmin())
        yield MAIN, int(table["epoch"][row]), table["norm"][row]
    for name, record in seeds.summary["runs"].items():
        if record["grok_epoch"] is not None:
            weights = load_published(results.directory, "seeds", name)
            p = seeds.config["train"]["model"]["p"]
            yield f"seeds {name}", record["epochs"], spectrum(weights["W_E"][:p].astype(np.float64))


# --- random frequencies ------------------------------------------------------------------


def random_table(config: Config, results: Results) -> Table:
    """Return the excluded loss of key and of random frequencies over the main run's checkpoints.

    As many random ones as key ones, none of them key; each set by the last checkpoint's key
    frequencies (``last``) and by those it grokked with (``confirmed``).
    """
    main = results[MAIN]
    trained = first_config(main.config)
    split, until = Split.of(trained), main.summary["grok_epoch"]
    epochs = [e for e in main.summary["published_epochs"] if until is None or e <= until]
    keys = {"last": main.summary["key_freqs"], "confirmed": main.summary["confirmed_freqs"]}
    found: dict[str, list[float]] = {}
    for epoch in epochs:
        weights = load_published(results.directory, MAIN, f"seed{trained.seed}", epoch)
        logits = Network.of(weights, trained).logits

        def excluded(freqs: list[int], logits: Any = logits) -> float:
            losses = cross_entropies(excluded_logits(logits, freqs), split.labels)
            return float(losses[split.train_mask].mean())

        for name, freqs in keys.items():
            sets = random_sets(trained.model.p, freqs, config.n_random_sets, trained.seed)
            others = [excluded(drawn) for drawn in sets]
            for key, value in (
                ("key", excluded(freqs)),
                ("random_mean", float(np.mean(others))),
                ("random_min", min(others)),
                ("random_max", max(others)),
            ):
                found.setdefault(f"{name}_{key}", []).append(value)
    words = "excluded loss, {} of the frequencies of {}"
    return Table(
        "Excluded loss on the training pairs: key frequencies, and as many random ones.",
        {
            "epoch": column(epochs, "epochs", "number of updates made"),
            **{
                name: column(values, "nats", words.format(*name.split("_", 1)[::-1]), split="train")
                for name, values in found.items()
            },
        },
    )
