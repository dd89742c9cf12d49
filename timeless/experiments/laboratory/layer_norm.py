"""Layer normalisation: what the residual stream is like, and what normalising it would do.

The network was trained without it. Inserting it afterwards is an experiment on a network that
never met it, and says nothing about one that is trained with it.
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from timeless.analysis.fourier import Floats
from timeless.analysis.network import Split
from timeless.config import ModelConfig
from timeless.experiments.laboratory.interventions import (
    over_pairs,
    scores,
)
from timeless.experiments.laboratory.published_run import PublishedRun
from timeless.experiments.laboratory.tables import INSERTED, STREAM, Found, table
from timeless.training.last_position import PLACES, Change, number_rows


def insertions() -> dict[str, Change]:
    """Return the changes to try: no normalisation, each place alone, and all three."""
    places = {"none": (), **{place: (place,) for place in PLACES}, "all": PLACES}
    return {name: Change(normalised=where) for name, where in places.items()}


def inserted_rows(
    params: Mapping[str, Tensor], split: Split, config: ModelConfig
) -> list[dict[str, Any]]:
    """Return the scores over pairs with normalisation inserted, one row for each of `INSERTED`."""
    return [
        {"inserted": name, **scores(over_pairs(params, config, change)["logits"], split)}
        for name, change in insertions().items()
    ]


def stream_rows(params: Mapping[str, Tensor], config: ModelConfig) -> list[dict[str, Any]]:
    """Return mean, variance and norm of the residual stream, one row for each of `STREAM`.

    Each is taken over d_model and then averaged over pairs; ``…_spread`` is its standard
    deviation over pairs. Source: ours.
    """
    found = over_pairs(params, config, names=("resid_mid", "resid_post"))
    rows = number_rows(params, config).double().numpy()
    a, b, op = rows[: config.p], rows[config.p : -1], rows[-1:]
    stream = (a, b, op, found["resid_mid"], found["resid_post"])
    return [{"place": name, **_moments(x)} for name, x in zip(STREAM, stream, strict=True)]


def _moments(stream: Floats) -> dict[str, float]:
    """Return moments of stream [n, d_model]; every row stands for equally many pairs."""
    of_each = {
        "mean": stream.mean(1),
        "variance": stream.var(1),
        "norm": (stream**2).sum(1) ** 0.5,
    }
    means = {name: float(values.mean()) for name, values in of_each.items()}
    return means | {f"{name}_spread": float(values.std()) for name, values in of_each.items()}


def measure_layer_norm(published: PublishedRun) -> Found:
    """Return what normalisation would change, at each place where it can be inserted."""
    rows = [
        {"epoch": epoch} | row
        for epoch in published.epochs
        for row in inserted_rows(published.params(epoch), published.split, published.config.model)
    ]
    last = {row["inserted"]: row for row in rows[-len(INSERTED) :]}
    everywhere = [row for row in rows if row["inserted"] == "all"]
    best = max(everywhere, key=lambda row: row["accuracy_all"])
    summary = {
        name: {"accuracy": row["accuracy_all"], "loss": row["loss_all"]}
        for name, row in last.items()
    }
    summary["best_all"] = {"epoch": best["epoch"], "accuracy": best["accuracy_all"]}
    words = "Layer normalisation inserted into a network that was trained without it."
    return summary, {"layer_norm": table(words, rows, digits=4)}


def measure_residual(published: PublishedRun) -> Found:
    """Return mean, variance and norm of the residual stream at each place."""
    rows = [
        {"epoch": epoch} | row
        for epoch in published.epochs
        for row in stream_rows(published.params(epoch), published.config.model)
    ]
    last = {row["place"]: row for row in rows[-len(STREAM) :]}
    kept = ("mean", "variance", "norm")
    summary = {place: {name: row[name] for name in kept} for place, row in last.items()}
    words = "The residual stream, over pairs; normalisation would set mean 0 and variance 1."
    return summary, {"residual": table(words, rows, digits=4)}
