"""Progress measures: every measure of one run, and three pictures of it, under one epoch."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.fourier import Floats, spectrum
from timeless.analysis.published import number_embeddings, plane_of, rows_at
from timeless.figures.panels import bands, phase_words
from timeless.instruments import Widget
from timeless.instruments.networks import seed_of
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition",)
CURVES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
SPLITS = ("all", "train", "test")
BINS = 160  # of either axis of epochs, within which a curve keeps its extremes


def widget(results: Results) -> Widget:
    """Return the measures at every checkpoint, and what the pictures of the weights need.

    ``measures`` are rows at the ``epochs`` of all checkpoints; ``curves`` are logged more often,
    and thinned. ``planes`` [freqs, d_model, 2] are those of the last checkpoint, in which the
    tokens reach at most as far as ``reach`` at any published one; likewise ``high`` and norms.
    """
    addition, quote = results["addition"], Quoting(results, "addition")
    summary, progress, curves = addition.summary, addition["progress"], addition["curves"]
    epochs = progress["epoch"]
    embeddings = number_embeddings(results, "addition", seed_of(addition))
    freqs = _in_order(addition)
    rows = thinned_rows(curves, CURVES)
    return Widget(
        title="Progress measures under one epoch",
        caption=_caption(quote),
        alt=_alt(addition, quote),
        networks=ARTIFACTS,
        data={
            "epochs": epochs.tolist(),
            "start": _start(addition),
            "measures": {
                "last": _measures(progress),
                "confirmed": _measures(addition["progress_confirmed"]),
                **{name: curves[name][rows_at(addition, epochs.tolist())] for name in CURVES},
            },
            "curves": {name: curves[name][rows] for name in ("epoch", *CURVES)},
            "phases": [asdict(phase) for phase in bands(addition, epochs)],
            "events": {
                "memorised": summary["memorisation_epoch"],
                "generalised": summary["grok_epoch"],
            },
            "directions": {
                "last": {"freqs": summary["key_freqs"], "epoch": summary["published_epochs"][-1]},
                "confirmed": {
                    "freqs": summary["confirmed_freqs"],
                    "epoch": summary["confirmed_epoch"],
                },
            },
            "freqs": freqs,
            "planes": np.stack([plane_of(embeddings[-1], freq) for freq in freqs]),
            "reach": [_reach(embeddings, freq) for freq in freqs],
            "high": max(float(spectrum(embedding).max()) for embedding in embeddings),
        },
    )


def thinned_rows(curves: Table, columns: Sequence[str], bins: int = BINS) -> NDArray[np.intp]:
    """Return rows that keep the extremes of each column, and the first and last row.

    They are kept within each of the ``bins`` that the epochs fall into, on a linear axis and on
    a logarithmic one, so that no peak is lost on either.
    """
    epochs = curves["epoch"].astype(np.float64)
    places = [axis / axis.max() for axis in (epochs, np.log1p(epochs))]
    both = np.stack([np.floor(place * bins) for place in places])
    starts = np.flatnonzero(np.diff(both, axis=1).any(axis=0)) + 1
    kept = {0, len(epochs) - 1}
    for cell in np.split(np.arange(len(epochs)), starts):
        for name in columns:
            values = curves[name][cell]
            kept |= {int(cell[values.argmin()]), int(cell[values.argmax()])}
    return np.array(sorted(kept), np.intp)


def _measures(table: Table) -> dict[str, NDArray[Any]]:
    losses = [f"{kind}_loss_{split}" for kind in ("restricted", "excluded") for split in SPLITS]
    return {name: table[name] for name in (*losses, "restricted_accuracy_all")}


def _in_order(addition: Artifact) -> list[int]:
    """Return the watched frequencies, the strongest of the last checkpoint first."""
    norms = addition["final_spectrum"]["norm"]
    return sorted(addition.summary["watched_freqs"], key=lambda freq: -norms[freq - 1])


def _start(addition: Artifact) -> int:
    """Return the published epoch that is shown first: where half of the test pairs are right."""
    published = addition.summary["published_epochs"]
    half = addition.summary["test_accuracy_50_epoch"]
    return int(min(published, key=lambda e: abs(e - half)) if half else published[-1])


def _reach(embeddings: Floats, freq: int) -> float:
    """Return how far from their mean a token lies at most, in its own plane or the last one."""
    last = plane_of(embeddings[-1], freq)
    planes = [[last, plane_of(embedding, freq)] for embedding in embeddings]
    centred = embeddings - embeddings.mean(axis=1, keepdims=True)
    along = [W @ plane for W, pair in zip(centred, planes, strict=True) for plane in pair]
    return float(np.abs(along).max())


def _caption(quote: Quoting) -> str:
    return (
        f"One run, seed {quote('config.seeds.0')}. Above: losses and accuracies as logged, with "
        f"the measures at its {quote('n_checkpoints')} checkpoints, on one of which the cursor "
        "stands. Below: the embedding’s spectrum, the number tokens in the plane of one "
        "frequency, and the answers to all pairs, from the published checkpoint nearest to the "
        "cursor, whose epoch each picture tells; transformed and run in the page from its weights "
        "in 16 bits. *Restricted*: of the logits only the chosen directions are kept. *Excluded*: "
        "these are taken out. To take the key frequencies of the last checkpoint, "
        f"{quote('key_freqs')}, was decided on beforehand; the {quote('n_confirmed_freqs')} of "
        f"epoch {quote('confirmed_epoch')} were added after this run had been looked at. Shading: "
        "the phases, by the rule on this page. Ring and bars keep their scale over all of "
        "training. At speeds up to 1× playing waits for each map; where one is not there yet, an "
        "earlier one stands in grey."
    )


def _alt(addition: Artifact, quote: Quoting) -> str:
    return plain(
        "Train, test, restricted and excluded loss over training with a cursor, and at the "
        "cursor’s epoch the spectrum of the embedding, the tokens in the plane of a frequency, "
        f"and a map of the pairs that the network answers right. {phase_words(addition, quote)}"
    )
