"""What last weights tell: spectra at equal age, random frequencies taken out, gradient entries."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from timeless.analysis.ablation import random_sets
from timeless.analysis.fourier import Floats, spectrum
from timeless.analysis.network import Network, Split, as_tensors
from timeless.analysis.progress import cross_entropies, excluded_logits, key_frequencies
from timeless.config import TrainConfig, train_config
from timeless.experiments.revisited import Config
from timeless.experiments.revisited.ages import MAIN
from timeless.results.artifacts import WEIGHTS, Results, Table, column
from timeless.results.weights import TRAIN_INDEX, Arrays, load_published, load_weights
from timeless.training.model import cross_entropy, forward
from timeless.training.tasks import make_task

EPSILON = 1e-8  # of Adam, as PyTorch has it by default
BLOCK = 1_024  # examples in one backward pass


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
    trained = train_config({**main.config["train"], "seed": main.config["seeds"][0]})
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


# --- gradients ---------------------------------------------------------------------------


def gradients_table(results: Results) -> Table:
    """Return how large the entries of the last gradient are, of every run kept in 32 bits."""
    rows: list[dict[str, Any]] = [
        {"run": path.name.removesuffix("-final.safetensors"), "epoch": epoch, **_entries(*network)}
        for path, epoch, network in _last_networks(results.directory / WEIGHTS)
    ]
    words = {
        "largest": ("nats", "largest size of an entry of the gradient"),
        "median": ("nats", "median size"),
        "below_epsilon": ("1", "share of entries smaller than Adam's epsilon"),
        "train_loss": ("nats", "mean cross-entropy"),
    }
    return Table(
        "The gradient of the train loss by the last weights, full batch.",
        {
            "run": column([row["run"] for row in rows], "name", "experiment and run"),
            "epoch": column([row["epoch"] for row in rows], "epochs", "number of updates made"),
            **{
                name: column([row[name] for row in rows], unit, what, split="train")
                for name, (unit, what) in words.items()
            },
        },
    )


def _last_networks(folder: Path) -> Iterator[tuple[Path, int, tuple[Arrays, TrainConfig]]]:
    for path in sorted(folder.glob("*-final.safetensors")):
        weights, metadata = load_weights(path)
        weights.pop(TRAIN_INDEX, None)
        modular = "frac_train" in metadata.get("config", {})
        if modular and weights["W_E"].dtype == np.float32:
            yield path, int(metadata["epoch"]), (weights, train_config(metadata["config"]))


def _entries(weights: Arrays, config: TrainConfig) -> dict[str, float]:
    task = make_task(config)
    tokens = torch.from_numpy(task.tokens[task.train_mask])
    labels = torch.from_numpy(task.labels[task.train_mask])
    params = {name: tensor.requires_grad_() for name, tensor in as_tensors(weights).items()}
    sums, total = {name: torch.zeros_like(tensor) for name, tensor in params.items()}, 0.0
    for start in range(0, len(labels), BLOCK):
        block = slice(start, start + BLOCK)
        logits = forward(params, tokens[block], config.model)["logits"]
        loss = cross_entropy(logits, labels[block], config.loss_dtype)
        loss = loss * (len(labels[block]) / len(labels))
        total += float(loss.detach())
        grads = torch.autograd.grad(loss, list(params.values()))
        for name, grad in zip(params, grads, strict=True):
            sums[name] += grad
    sizes = torch.cat([tensor.flatten() for tensor in sums.values()]).abs()
    return {
        "largest": float(sizes.max()),
        "median": float(sizes.median()),
        "below_epsilon": float((sizes < EPSILON).double().mean()),
        "train_loss": total,
    }
