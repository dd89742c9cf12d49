"""What the laboratory measures on the published checkpoints of a run, as tables and a summary."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from timeless.analysis.network import Network
from timeless.analysis.progress import neuron_clusters
from timeless.attention import good_range, temperature_rows, temperature_summary
from timeless.bench import CONTROL, Bench
from timeless.decay import BRANCHES, branch_rows, decay_deviation, decay_factor
from timeless.directions import (
    Direction,
    derivatives,
    dot,
    finite_differences,
    fourier_component,
    gradient,
    length,
    profile,
    unit,
)
from timeless.interventions import over_pairs, scores, tensors
from timeless.normalisation import INSERTED, STREAM, inserted_rows, stream_rows
from timeless.perturbations import perturbation_rows, random_directions
from timeless.results.artifacts import Table
from timeless.results.weights import Arrays
from timeless.rounding import rounded, sizes
from timeless.routing import KnockOut, knock_out_rows, outside, outside_row
from timeless.rows import Row, table
from timeless.rules import ACCURACY_THRESHOLD
from timeless.trials import Trials

Found = tuple[dict[str, Any], dict[str, Table]]  # what goes into the summary, and the tables
# What the claim on perturbations calls the networks that it compares.
SIDES = {"memorised": "memorised", "last": "generalised", CONTROL: CONTROL}


def measured(config: Trials, bench: Bench) -> tuple[dict[str, Any], dict[str, Table]]:
    """Return summary and series of the artifact."""
    parts = {
        "temperature": _temperature(config, bench),
        "layer_norm": _layer_norm(bench),
        "residual": _residual(bench),
        "directions": _directions(config, bench),
        "immune": _immune(config, bench),
        "decay": _decay(config, bench),
        "routing": _routing(config, bench),
        "precision": _precision(bench),
    }
    summary = {
        "epochs": bench.epochs,
        "stages": dict(bench.stages),
        "norms": {stage: length(bench.params(epoch)) for stage, epoch in bench.stages.items()},
        "initial_norm": bench.initial_norm,
        "key_freqs": bench.key_freqs,
        "other_freq": bench.other_freq,
        "control": bench.control_record,
        **{name: found for name, (found, _) in parts.items()},
    }
    tables = {name: each for _, found in parts.values() for name, each in found.items()}
    return summary, tables


def _temperature(config: Trials, bench: Bench) -> Found:
    low, high, n = config.temperatures
    temperatures = [float(f"{t:.4g}") for t in np.geomspace(low, high, n)]
    found = {
        stage: temperature_rows(bench.params(epoch), bench.split, bench.config.model, temperatures)
        for stage, epoch in bench.stages.items()
    }
    last = found["last"]
    good = good_range(last, ACCURACY_THRESHOLD)
    summary = {
        "temperatures": temperatures,
        "pattern_entropy": [row["entropy"] for row in last],
        "accuracy": [row["accuracy_all"] for row in last],
        "loss": [row["loss_all"] for row in last],
        "chance_entropy": float(np.log(3)),
        **temperature_summary(last),
        "lowest_good": good[0] if good else None,
        "highest_good": good[1] if good else None,
        "stages": {stage: temperature_summary(rows) for stage, rows in found.items()},
    }
    rows = [head | row for head, _ in bench.heads() for row in found[head["stage"]]]
    words = "Attention at other temperatures than the T = 1 of training, at the stages."
    return summary, {"temperature": table(words, rows, digits=4)}


def _layer_norm(bench: Bench) -> Found:
    rows = [
        {"epoch": epoch} | row
        for epoch in bench.epochs
        for row in inserted_rows(bench.params(epoch), bench.split, bench.config.model)
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


def _residual(bench: Bench) -> Found:
    rows = [
        {"epoch": epoch} | row
        for epoch in bench.epochs
        for row in stream_rows(bench.params(epoch), bench.config.model)
    ]
    last = {row["place"]: row for row in rows[-len(STREAM) :]}
    kept = ("mean", "variance", "norm")
    summary = {place: {name: row[name] for name in kept} for place, row in last.items()}
    words = "The residual stream, over pairs; normalisation would set mean 0 and variance 1."
    return summary, {"residual": table(words, rows, digits=4)}


# --- directions --------------------------------------------------------------------------


def _named_directions(
    config: Trials, bench: Bench, params: dict[str, Tensor], down: Direction
) -> Iterator[tuple[str, str, Direction]]:
    """Yield kind, name and unit direction; the random ones are isotropic."""
    p = bench.config.model.p
    for freq in bench.key_freqs:
        yield "key", f"key {freq}", fourier_component(params, freq, p)
    yield "other", f"other {bench.other_freq}", fourier_component(params, bench.other_freq, p)
    yield "gradient", "down", down
    seed = bench.config.seed
    for i, found in enumerate(random_directions(params, "isotropic", config.n_directions, seed)):
        yield "random", f"random {i}", found


def _directions(config: Trials, bench: Bench) -> Found:
    model = bench.config.model
    rows, profiles, stages = [], [], {}
    fraction, n = config.profile
    lengths = np.linspace(-fraction, fraction, 2 * n + 1) * bench.initial_norm
    for subject in bench.subjects([*bench.stages, CONTROL]):
        head, split, exact = subject.head, subject.split, subject.params(torch.float64)
        sides = {"train": split.train_mask, "test": ~split.train_mask}
        uphill = {name: gradient(exact, split, model, of) for name, of in sides.items()}
        norms = {name: length(found) for name, found in uphill.items()}
        down = unit({name: -part for name, part in uphill["train"].items()})
        own: list[Row] = []
        for kind, name, along in _named_directions(config, bench, exact, down):
            if head["stage"] == CONTROL and kind in ("key", "other"):
                continue  # it has no key frequencies
            start = {**head, "direction": name, "kind": kind}
            found = derivatives(exact, along, split, model)
            found |= finite_differences(exact, along, split, model, config.step)
            own.append({**start, "component": dot(exact, along), **found})
            if kind != "random" or name == "random 0":
                size = length(exact)
                shape = {"norm": size, "length": lengths, "relative_length": lengths / size}
                profiles.append({**start, **shape, **profile(exact, along, split, model, lengths)})
        stages[head["stage"]] = _slopes(own, norms)
        rows += own
    summary = {
        "n_random": config.n_directions,
        "step": config.step,
        "profile_length": float(lengths[-1]),
        **_disagreement(rows, stages),
        "stages": stages,
    }
    return summary, {
        "directions": table("Derivatives of the loss along unit directions.", rows, digits=7),
        "profiles": table("The loss along the same directions.", profiles, digits=4),
    }


def _slopes(rows: Sequence[Row], gradient_norms: Mapping[str, float]) -> dict[str, Any]:
    """Return the norm of each gradient, and how slopes along random directions are spread."""
    random = [row for row in rows if row["kind"] == "random"]
    found: dict[str, Any] = {f"gradient_norm_{k}": norm for k, norm in gradient_norms.items()}
    for part in gradient_norms:
        for name in ("slope", "curvature"):
            values = np.array([row[f"{name}_{part}"] for row in random])
            found[f"random_{name}_{part}"] = {
                "mean": float(values.mean()),
                "std": float(values.std(ddof=1)) if len(values) > 1 else 0.0,
                "mean_abs": float(np.abs(values).mean()),
            }
    return found


def _disagreement(rows: Sequence[Row], stages: Mapping[str, Any]) -> dict[str, float]:
    """Return how far finite differences are from the derivatives, at most and in the middle.

    Relative to the slope itself, and to the steepest slope there, the gradient's norm.
    """
    to_slope, to_gradient = [], []
    for row in rows:
        for part in ("train", "test"):
            slope, difference = row[f"slope_{part}"], row[f"difference_{part}"]
            steepest = stages[row["stage"]][f"gradient_norm_{part}"]
            apart = abs(slope - difference)
            to_slope.append(apart / max(abs(slope), abs(difference), 1e-300))
            to_gradient.append(apart / max(steepest, 1e-300))
    return {
        "largest_difference": max(to_slope),
        "median_difference": float(np.median(to_slope)),
        "largest_difference_of_gradient": max(to_gradient),
    }


def _immune(config: Trials, bench: Bench) -> Found:
    rows: list[Row] = []
    for subject in bench.subjects(config.compared):
        rows += [
            subject.head | row
            for row in perturbation_rows(
                subject.params(),
                subject.split,
                bench.config.model,
                config.fractions,
                reference=bench.initial_norm,
                n_directions=config.n_directions,
                seed=bench.config.seed,
            )
        ]
    summary: dict[str, Any] = {
        "fraction": config.headline,
        "length": config.headline * bench.initial_norm,
        "n_directions": config.n_directions,
        **_rises(rows, config.headline, "isotropic"),
        "by_tensor": _rises(rows, config.headline, "by tensor"),
    }
    words = "How much steps in random directions raise the loss; all networks, all lengths."
    return summary, {"immune": table(words, rows, digits=4)}


def _rises(rows: Sequence[Row], fraction: float, scaling: str) -> dict[str, float]:
    """Return mean and spread of the rise of the train loss, for steps of the headline fraction."""
    found: dict[str, float] = {}
    for measure, name in (("absolute", "loss_rise"), ("own norm", "relative_rise")):
        for stage, words in SIDES.items():
            where = (stage, scaling, measure, fraction)
            (row,) = (
                row
                for row in rows
                if (row["stage"], row["scaling"], row["measure"], row["fraction"]) == where
            )
            found[f"{name}_{words}"] = row["rise_train_mean"]
            found[f"{name}_{words}_spread"] = row["rise_train_std"]
            found[f"{name}_{words}_test"] = row["rise_test_mean"]
            found[f"{name}_{words}_accuracy"] = row["accuracy_train"]
    return found


# --- decay, routing, precision -----------------------------------------------------------


def _decay(config: Trials, bench: Bench) -> Found:
    factor, rows, stages = decay_factor(bench.config), [], {}
    deviations = []
    for head, epoch in bench.heads():
        if head["stage"] not in config.compared:
            continue
        own = branch_rows(bench.weights(epoch), bench.config, config.n_steps, config.log_every)
        deviations.append(decay_deviation(own, factor))
        ends = {row["branch"].replace(" ", "_"): row for row in own[-len(BRANCHES) :]}
        stages[head["stage"]] = {
            "norm_start": own[0]["norm"],
            "loss_start": own[0]["train_loss"],
            **{f"norm_{name}": row["norm"] for name, row in ends.items()},
            **{f"loss_{name}": row["train_loss"] for name, row in ends.items()},
        }
        rows += [head | row for row in own]
    summary = {
        "lr": bench.config.lr,
        "weight_decay": bench.config.weight_decay,
        "factor": factor,
        "half_life": float(np.log(0.5) / np.log(factor)) if factor < 1 else None,
        "n_steps": config.n_steps,
        "factor_after": factor**config.n_steps,
        "largest_deviation": max(deviations),
        "stages": stages,
    }
    words = "Branches of real updates from checkpoints, Adam's moments starting at zero."
    return summary, {"decay": table(words, rows)}


def _routing(config: Trials, bench: Bench) -> Found:
    rows, of_neurons = [], []
    names: dict[int, str] = {}
    for stage, epoch in bench.stages.items():
        names.setdefault(epoch, stage)
    for epoch in bench.epochs:
        network = Network.of(bench.weights(epoch), bench.config)
        clusters = neuron_clusters(network.mlp_post, network.group.n)
        rows.append({"epoch": epoch, **outside_row(clusters)})
        if epoch in names:
            each = {"freq": clusters.freq, "outside": outside(clusters)}
            of_neurons.append({"stage": names[epoch], "epoch": epoch, **each})
    bench_of_last = KnockOut(network, bench.split.labels)
    knocked = knock_out_rows(
        bench_of_last, clusters, bench.key_freqs, config.n_random_sets, bench.config.seed
    )

    def mean(name: str) -> float:
        return float(np.mean([row[name] for row in knocked]))

    summary = {
        "n_random_sets": config.n_random_sets,
        **{
            name: mean(name)
            for name in (
                *("own_power", "other_power", "random_power", "alone_accuracy"),
                *("without_own_accuracy", "without_own_loss"),
                *("without_random_accuracy", "without_random_loss"),
            )
        },
        "own_power_largest": max(row["own_power"] for row in knocked),
        "other_power_smallest": min(row["other_power"] for row in knocked),
        "outside_start": float(rows[0]["outside"][2]),
        "outside_last": float(rows[-1]["outside"][2]),
        "outside_energy_last": rows[-1]["outside_energy"],
        "clustered_last": rows[-1]["clustered"],
        "n_neurons": bench.config.model.d_mlp,
    }
    return summary, {
        "routing": table("Energy of neurons outside their own frequency.", rows, digits=4),
        "routing_neurons": table("The same, neuron by neuron.", of_neurons, digits=4),
        "knock_out": table("Neurons of a key frequency taken out, last checkpoint.", knocked),
    }


def _precision(bench: Bench) -> Found:
    def measured_with(weights: Arrays) -> dict[str, float]:
        logits = over_pairs(tensors(weights), bench.config.model)["logits"]
        return scores(logits, bench.split)

    rows = []
    kept = ("accuracy_all", "accuracy_test", "loss_all")
    for epoch in bench.epochs:
        weights = bench.weights(epoch)
        by_bits = {16: measured_with(weights), 8: measured_with(rounded(weights))}
        found = {f"{name}_{bits}": part[name] for bits, part in by_bits.items() for name in kept}
        rows.append({"epoch": epoch, **found})
    exact, last = measured_with(bench.weights(None)), rows[-1]
    worst = max(rows, key=lambda row: abs(row["accuracy_all_16"] - row["accuracy_all_8"]))
    summary = {
        **{f"{name.removesuffix('_all')}_32": exact[name] for name in ("accuracy_all", "loss_all")},
        **{
            f"{name}_{bits}": last[f"{name}_all_{bits}"]
            for name in ("accuracy", "loss")
            for bits in (16, 8)
        },
        "largest_change_8": worst["accuracy_all_8"] - worst["accuracy_all_16"],
        "largest_change_8_epoch": worst["epoch"],
        **sizes(bench.weights(None)),
    }
    words = "What it costs to round the weights; 8 bits have a scale for each row."
    return summary, {"precision": table(words, rows, digits=5)}
