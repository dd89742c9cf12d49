"""The summary of a run: the scalars and short lists that prose quotes."""

from collections.abc import Iterable, Mapping
from math import log
from typing import Any

import numpy as np

from timeless.analysis.trajectory import Trajectory
from timeless.results.artifacts import Table
from timeless.results.provenance import provenance
from timeless.results.weights import Arrays
from timeless.rules import first_epoch, held_epochs, phases, relapses
from timeless.training.campaign import Run, curves_table
from timeless.training.descent import Descent

RISE = 0.15
ACCURACIES = ("test_accuracy", "mirrored_accuracy", "unseen_accuracy")
MOMENT_MEASURES = (
    *("restricted_loss_all", "excluded_loss_train", "loss_test", "sum_sq_weights"),
    *("gini_W_E", "spectral_entropy", "order_parameter", "neurons_clustered"),
)
CONFIRMED_MEASURES = (
    *("restricted_loss_all", "restricted_accuracy_all", "excluded_loss_train", "fve"),
)


def summarise(run: Run, found: Trajectory) -> dict[str, Any]:
    """Return the summary of one run with one operation, from its curves and its trajectory."""
    curves, progress = curves_table(run), found.tables["progress"]
    confirmed = found.tables["progress_confirmed"]
    epochs = transition_epochs(curves, progress)
    return {
        **_sizes(run, found),
        **epochs,
        **_curve_ends(curves),
        **lasting(curves, epochs["grok_epoch"]),
        **_final_measures(progress),
        **frequency_summary(found),
        "at_start": moment(curves, progress, confirmed, 0),
        "at_rise": moment(curves, progress, confirmed, epochs["unseen_15_epoch"]),
        "at_grok": moment(curves, progress, confirmed, epochs["grok_epoch"]),
        "at_confirmed": moment(curves, progress, confirmed, found.confirmed_epoch),
    }


def transition_epochs(curves: Table, progress: Table) -> dict[str, int | None]:
    """Return memorisation and grokking epoch, delay, phase boundaries, and the click's course.

    Mirrored pairs are answered first and from memory, so that the rise is that of the unseen ones.
    """
    accuracy = curves["test_accuracy"]
    moments = held_epochs(curves["epoch"], curves["train_accuracy"], accuracy)
    bounds = phases(
        progress["epoch"],
        progress["excluded_loss_train"],
        progress["loss_test"],
        moments["grok_epoch"],
    )
    return {
        **moments,
        "circuit_starts": bounds.circuit_starts,
        "cleanup_starts": bounds.cleanup_starts,
        "cleanup_ends": bounds.cleanup_ends,
        "test_accuracy_15_epoch": first_epoch(curves["epoch"], accuracy >= RISE),
        "test_accuracy_50_epoch": first_epoch(curves["epoch"], accuracy >= 0.5),
        "test_accuracy_99_8_epoch": first_epoch(curves["epoch"], accuracy >= 0.998),
        "mirrored_50_epoch": _first(curves, "mirrored", 0.5),
        "unseen_15_epoch": _first(curves, "unseen", RISE),
        "unseen_50_epoch": _first(curves, "unseen", 0.5),
        "unseen_99_8_epoch": _first(curves, "unseen", 0.998),
    }


def _first(curves: Table, pairs: str, share: float) -> int | None:
    """Return the first epoch with a share of these pairs right; None also if there are no such."""
    name = f"{pairs}_accuracy"
    if name not in curves.columns:
        return None
    return first_epoch(curves["epoch"], curves[name] >= share)


def moment(
    curves: Table, progress: Table, confirmed: Table, epoch: int | None
) -> dict[str, Any] | None:
    """Return the measures of the last checkpoint at or before an epoch, and its accuracies.

    ``confirmed_…`` are those with the key frequencies of the confirmed checkpoint.
    """
    if epoch is None:
        return None
    row = int(np.flatnonzero(progress["epoch"] <= epoch)[-1])
    checkpoint = int(progress["epoch"][row])
    logged = int(np.searchsorted(curves["epoch"], checkpoint))
    return {
        "epoch": checkpoint,
        "train_accuracy": float(curves["train_accuracy"][logged]),
        **{name: float(curves[name][logged]) for name in ACCURACIES if name in curves.columns},
        **{name: progress[name][row].item() for name in MOMENT_MEASURES},
        **{f"confirmed_{name}": confirmed[name][row].item() for name in CONFIRMED_MEASURES},
    }


def tensor_sizes(weights: Arrays) -> dict[str, dict[str, Any]]:
    """Return each tensor's ``shape`` and ``count``, the number of its entries."""
    return {
        name: {"shape": list(array.shape), "count": array.size} for name, array in weights.items()
    }


def _sizes(run: Run, found: Trajectory) -> dict[str, Any]:
    mask, p = found.split.train_mask, run.config.model.p
    return {
        "n_pairs": p**2,
        "n_train": int(mask.sum()),
        "n_test": int((~mask).sum()),
        "n_parameters": sum(array.size for array in found.final.weights.values()),
        "parameters": tensor_sizes(found.final.weights),
        "n_checkpoints": len(run.checkpoints),
        "chance_loss": log(p),
    }


def _curve_ends(curves: Table) -> dict[str, float | int]:
    loss, norm, epoch = curves["test_loss"], curves["sum_sq_weights"], curves["epoch"]
    lowest = int(curves["train_loss"].argmin())
    final = ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "sum_sq_weights")
    return {
        "lowest_train_loss": float(curves["train_loss"][lowest]),
        "lowest_train_loss_epoch": int(epoch[lowest]),
        "peak_test_loss": float(loss.max()),
        "peak_test_loss_epoch": int(epoch[loss.argmax()]),
        "peak_sum_sq_weights": float(norm.max()),
        "peak_sum_sq_weights_epoch": int(epoch[norm.argmax()]),
        **{f"final_{name}": float(curves[name][-1]) for name in final},
    }


def lasting(curves: Table, grokked: int | None) -> dict[str, Any]:
    """Return the relapses after the grokking epoch, and the epoch of the lowest test accuracy."""
    epoch, accuracy = curves["epoch"], curves["test_accuracy"]
    stretches = relapses(epoch, accuracy, grokked)
    found: dict[str, Any] = {
        "n_relapses": len(stretches),
        "relapses": [{"first": first, "last": last} for first, last in stretches],
        "worst_after_grok": None,
    }
    if grokked is not None:
        row = int(np.where(epoch >= grokked, accuracy, np.inf).argmin())
        columns = ("epoch", "train_accuracy", "test_accuracy", "train_loss", "test_loss")
        found["worst_after_grok"] = {name: curves[name][row].item() for name in columns}
    return found


def _final_measures(progress: Table) -> dict[str, float]:
    losses = ("restricted_loss_all", "excluded_loss_train", "excluded_loss_all")
    others = ("fve", "gini_W_E", "gini_W_logit", "spectral_entropy", "order_parameter")
    return {f"final_{name}": float(progress[name][-1]) for name in losses} | {
        name: float(progress[name][-1]) for name in others
    }


def frequency_summary(found: Trajectory) -> Mapping[str, Any]:
    """Return the key frequencies by both rules and at both checkpoints, and the neurons'."""
    clustered = found.clusters.clustered
    by_spectrum, confirmed = set(found.key_freqs), set(found.confirmed_freqs)
    by_neurons = {int(k) for k in found.clusters.freq[clustered]}
    return {
        "key_freqs": found.key_freqs,
        "n_key_freqs": len(found.key_freqs),
        "confirmed_epoch": found.confirmed_epoch,
        "confirmed_freqs": found.confirmed_freqs,
        "n_confirmed_freqs": len(confirmed),
        "watched_freqs": sorted(by_spectrum | confirmed),
        "lost_freqs": sorted(confirmed - by_spectrum) or None,
        "n_frequencies": len(found.tables["final_spectrum"]["freq"]),
        "key_freqs_by_neurons": sorted(by_neurons),
        "key_freqs_only_by_spectrum": sorted(by_spectrum - by_neurons) or None,
        "key_freqs_only_by_neurons": sorted(by_neurons - by_spectrum) or None,
        "neurons_clustered": int(clustered.sum()),
        "n_neurons": len(clustered),
        "neurons_clustered_share": float(clustered.mean()),
    }


def run_record(run: Run, hold: int | None = None) -> dict[str, Any]:
    """Return how a run of one operation was trained and how it went, for tables of many runs."""
    curves = curves_table(run)
    config = run.config
    return {
        **how_trained(run, hold),
        "frac_train": config.frac_train,
        "n_train": int(config.frac_train * config.model.p**2),
        **held_epochs(curves["epoch"], curves["train_accuracy"], curves["test_accuracy"]),
        **_curve_ends(curves),
    }


def how_trained(run: Run, hold: int | None = None) -> dict[str, Any]:
    """Return seed, epochs, budget, stop rule, time and machine of a run."""
    return {
        "seed": run.config.seed,
        "epochs": int(run.curves["epoch"][-1]),
        "budget": run.config.epochs,
        "hold": hold,
        **where_trained(run),
    }


def where_trained(run: Run | Descent) -> dict[str, Any]:
    """Return the seconds that a training took, and where and by which code."""
    place = ("device", "device_name", "threads", "code_version", "date")
    return {"seconds": round(run.seconds, 1), **{key: run.workplace[key] for key in place}}


def provenance_of_many(runs: Iterable[Run | Descent], seeds: Iterable[int]) -> dict[str, Any]:
    """Return the record of trainings that went on apart: what they share, and seconds in all.

    What differs between them stands in the summary's record of each; here it reads "mixed".
    """
    finished = list(runs)
    places = [run.workplace for run in finished]
    shared = {
        key: value if all(place.get(key) == value for place in places) else "mixed"
        for key, value in places[0].items()
    }
    shared["date"] = max(place["date"] for place in places)
    # Runs that trained together share the record of their place, and their seconds.
    seconds = sum({id(run.workplace): run.seconds for run in finished}.values())
    return provenance(shared, seconds=seconds, seeds=sorted(set(seeds)))


def descent_record(run: Descent, seed: int) -> dict[str, Any]:
    """Return seed, epochs, budget, time and machine of a training that ends at its budget."""
    epochs = int(run.epochs[-1])
    return {
        "seed": seed,
        "epochs": epochs,
        "budget": epochs,
        "hold": None,
        **where_trained(run),
    }
