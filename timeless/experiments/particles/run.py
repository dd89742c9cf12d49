"""Follow tokens and neurons through the planes of the key frequencies, checkpoint by checkpoint."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.fourier import Floats
from timeless.config import as_dict
from timeless.experiments.particles import NAME, Config
from timeless.experiments.particles.states import (
    State,
    mean_radius,
    neuron_measures,
    neuron_plane,
    neuron_rows,
    state_of,
    token_measures,
    token_plane,
    token_rows,
)
from timeless.results.artifacts import Artifact, Table, column
from timeless.results.provenance import provenance
from timeless.results.weights import load_published
from timeless.running.workspace import Workspace

HALF = 0.5
WHOLE = ("energy", "spectral_entropy", "order_parameter")
Row = tuple[int, int, State, dict[str, float]]
TOKENS = (
    "Number tokens: rows of W_E about their mean, in planes of the last checkpoint's W_E.",
    "entropy of the power shares of the frequencies of xy over the tokens",
    "power share of the key frequencies in xy over the tokens",
)
NEURONS = (
    "Neurons: rows of W_out, in the planes from which the last checkpoint's W_U reads.",
    "entropy of the shares of the plane and of d_model/2 - 1 others that hold the rest evenly",
    "share of the plane in the sum of squares of the rows",
)


def run(config: Config, workspace: Workspace) -> Artifact:
    """Return the artifact; nothing is trained here, and torch is not needed."""
    results = workspace.results
    addition = results["addition"]
    model, seed = addition.config["train"]["model"], addition.config["seeds"][0]
    epochs, key_freqs = addition.summary["published_epochs"], addition.summary["key_freqs"]
    weights = [
        load_published(results.directory, "addition", f"seed{seed}", epoch) for epoch in epochs
    ]
    tokens = _states(
        epochs,
        [token_rows(found, model["p"]) for found in weights],
        {freq: token_plane(weights[-1], model["p"], freq) for freq in key_freqs},
        lambda state: token_measures(state, key_freqs),
    )
    neurons = _states(
        epochs,
        [neuron_rows(found) for found in weights],
        {freq: neuron_plane(weights[-1], model["p"], freq) for freq in key_freqs},
        lambda state: neuron_measures(state, model["d_model"]),
    )
    spectrum = addition["final_spectrum"]
    strongest = int(spectrum["freq"][spectrum["norm"].argmax()])
    memory = memory_epoch(epochs, addition.summary["memorisation_epoch"])
    summary = {
        "epochs": epochs,
        "key_freqs": key_freqs,
        "strongest_freq": strongest,
        "n_tokens": model["p"],
        "n_neurons": model["d_mlp"],
        "n_published": len(epochs),
        "memory_epoch": memory,
        "crystal_epoch": epochs[-1],
        "weight_decay": addition.config["train"]["weight_decay"],
        "tokens": _ends(tokens, strongest, memory),
        "neurons": _ends(neurons, strongest, memory),
        "whole": _whole_ends(addition["progress"], memory, epochs),
        "n_lighter_tokens": _lighter(tokens, memory),
        "n_lighter_neurons": _lighter(neurons, memory),
    }
    made = provenance(addition.provenance, seconds=0.0, seeds=(seed,))
    series = {
        "checkpoints": _checkpoints(addition["progress"], epochs),
        "tokens": _table(TOKENS, tokens, config.digits),
        "token_lengths": _lengths("number token", tokens, config.digits),
        "neurons": _table(NEURONS, neurons, config.digits),
        "neuron_lengths": _lengths("neuron", neurons, config.digits),
    }
    return Artifact(NAME, as_dict(config), made, summary, series)


def memory_epoch(epochs: Sequence[int], memorised: int | None) -> int:
    """Return the first published epoch by which memorisation is reached, or else the first."""
    after = [epoch for epoch in epochs[:-1] if memorised is not None and epoch >= memorised]
    return after[0] if after else epochs[0]


def _states(
    epochs: Sequence[int],
    rows: Sequence[Floats],
    planes: Mapping[int, Floats],
    measured: Callable[[State], dict[str, float]],
) -> list[Row]:
    """Return (epoch, frequency, state, measures) of every checkpoint and plane."""
    found = []
    for epoch, checkpoint in zip(epochs, rows, strict=True):
        for freq, plane in planes.items():
            state = state_of(checkpoint, plane)
            found.append((epoch, freq, state, measured(state)))
    return found


def _at(rows: Sequence[Row], epoch: int, freq: int) -> Row:
    return next(row for row in rows if row[:2] == (epoch, freq))


def _ends(rows: Sequence[Row], freq: int, memory: int) -> dict[str, Any]:
    """Return the measures in the plane of a frequency after memorising and at the last epoch."""
    found: dict[str, Any] = {}
    for moment, epoch in (("memory", memory), ("crystal", rows[-1][0])):
        _, _, state, measures = _at(rows, epoch, freq)
        found |= {f"{name}_{moment}": value for name, value in measures.items()}
        found[f"radius_{moment}"] = mean_radius(state)
        found[f"radius_spread_{moment}"] = float(np.linalg.norm(state.xy, axis=1).std())
    own = [row for row in rows if row[1] == freq]
    orders = np.array([measures["order_parameter"] for *_, measures in own])
    return found | {"half_order_epoch": _half_order_epoch([row[0] for row in own], orders)}


def _half_order_epoch(epochs: Sequence[int], orders: NDArray[np.floating]) -> int | None:
    """Return the first published epoch with an order parameter above one half."""
    return next((e for e, order in zip(epochs, orders, strict=True) if order > HALF), None)


def _lighter(rows: Sequence[Row], memory: int) -> int:
    """Return how many particles have a shorter row at the last epoch than after memorising."""
    last, freq = rows[-1][:2]
    before, after = _at(rows, memory, freq)[2], _at(rows, last, freq)[2]
    return int((after.lengths < before.lengths).sum())


def _whole_ends(progress: Table, memory: int, epochs: Sequence[int]) -> dict[str, Any]:
    at = {"memory": int(np.searchsorted(progress["epoch"], memory)), "crystal": -1}
    orders = progress["order_parameter"][np.searchsorted(progress["epoch"], epochs)]
    found: dict[str, Any] = {
        f"{name}_{moment}": float(progress[name][row])
        for name in WHOLE
        for moment, row in at.items()
    }
    return found | {"half_order_epoch": _half_order_epoch(epochs, orders)}


def _checkpoints(progress: Table, epochs: Sequence[int]) -> Table:
    rows = np.searchsorted(progress["epoch"], epochs)
    kept = {name: progress.columns[name] for name in WHOLE}
    return Table(
        "The whole network at the published checkpoints, as the addition experiment measured it.",
        {
            "epoch": column(epochs, "epochs", "number of updates made"),
            **{
                name: column(found.values[rows], found.unit, found.description)
                for name, found in kept.items()
            },
        },
    )


def _table(words: tuple[str, str, str], rows: Sequence[Row], digits: int) -> Table:
    """Return the states as a table, one row for each checkpoint and key frequency."""
    what, entropy, order = words

    def measured(name: str) -> list[float]:
        return [measures[name] for *_, measures in rows]

    return Table(
        what,
        {
            "epoch": column([epoch for epoch, *_ in rows], "epochs", "number of updates made"),
            "freq": column([freq for _, freq, *_ in rows], "cycles", "key frequency of the plane"),
            "energy": column(
                measured("energy"), "1", "half the sum of squares of the particles' rows"
            ),
            "plane_energy": column(
                measured("plane_energy"), "1", "half the sum of squares of xy, a part of it"
            ),
            "spectral_entropy": column(measured("spectral_entropy"), "nats", entropy),
            "order_parameter": column(measured("order_parameter"), "1", order),
            "xy": column(
                [state.xy for _, _, state, _ in rows],
                "1",
                "coordinates of each particle in the plane, [particle, 2]",
                digits=digits,
            ),
        },
    )


def _lengths(what: str, rows: Sequence[Row], digits: int) -> Table:
    """Return the lengths of the rows, which are the same for every plane."""
    once = [row for row in rows if row[1] == rows[0][1]]
    return Table(
        f"Length of the whole row of each {what}; what is not in a plane is its rest.",
        {
            "epoch": column([epoch for epoch, *_ in once], "epochs", "number of updates made"),
            "length": column(
                [state.lengths for _, _, state, _ in once], "1", "one entry each", digits=digits
            ),
        },
    )
