"""The sandbox: tokens of a network as particles, in training, as measured, and in a well."""

from typing import Any

import numpy as np

from timeless.analysis.published import quantised
from timeless.instruments import Widget
from timeless.instruments.sandbox.starts import EXPERIMENT, seeds, start_weights, starts
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting

ARTIFACTS = ("particles", "addition", EXPERIMENT)
MEASURES = ("energy", "spectral_entropy", "order_parameter")


def widget(results: Results) -> Widget:
    """Return where the networks to train stand, and the study's tokens with their measures.

    Parts of their own are the study's neurons, and all weights of each network to train on.
    """
    particles, addition = results["particles"], results["addition"]
    summary, whole = particles.summary, particles["checkpoints"]
    return Widget(
        title="Energy well and crystallisation",
        caption=_caption(Quoting(results, "particles")),
        alt=_alt(particles),
        data={
            "p": summary["n_tokens"],
            "d_model": addition.config["train"]["model"]["d_model"],
            "key_freqs": summary["key_freqs"],
            "freq": summary["strongest_freq"],
            "epochs": summary["epochs"],
            "memory_epoch": summary["memory_epoch"],
            "memorisation_epoch": addition.summary["memorisation_epoch"],
            "grok_epoch": addition.summary["grok_epoch"],
            "weight_decay": summary["weight_decay"],
            "whole": {name: whole[name].tolist() for name in MEASURES},
            "tokens": states(particles, "token"),
            "training": starts(results),
        },
        parts={
            "neurons": states(particles, "neuron"),
            **{f"start-{seed}": start_weights(results, seed) for seed in seeds(results)},
        },
        trains=True,
    )


def states(particles: Artifact, kind: str) -> dict[str, Any]:
    """Return tokens or neurons at every checkpoint [epochs, freqs, …] with their measures."""
    table, n_freqs = particles[f"{kind}s"], len(particles.summary["key_freqs"])
    xy, scale = quantised(np.asarray(table["xy"]))
    measured = {name: table[name].reshape(-1, n_freqs).T.tolist() for name in MEASURES}
    lengths = particles[f"{kind}_lengths"]["length"].astype(np.float32)
    return {"n": xy.shape[1], "xy": xy, "scale": scale, "lengths": lengths, **measured}


def _caption(quote: Quoting) -> str:
    return (
        "<em>Training</em> is real: a small network that memorised without weight decay is trained "
        "on in this page, beside a simulation that starts from the same places. Both are measured "
        "by the same functions. "
        "<em>Replay</em> is measured: the number tokens, or the neurons, at "
        f"{quote('n_published')} checkpoints in the plane of a key frequency, moved in straight "
        "lines between them. The plane is that of the last checkpoint throughout. "
        "<em>Simulation</em> is a model made by hand: the same particles, shaken at random, in a "
        "potential whose two wells lie where the particles were measured at epoch "
        f"{quote('memory_epoch')} and at epoch {quote('crystal_epoch')}. Energy is half the sum of "
        "squares of the particles’ whole rows, not of what is seen "
        "in the plane alone."
    )


def _alt(particles: Artifact) -> str:
    summary = particles.summary
    ends = summary["tokens"]
    return (
        "An instrument in which the number tokens of a network gather on a ring: by training in "
        "the page, as they were measured, and in a simulation. "
        f"At epoch {summary['memory_epoch']:,} the {summary['n_tokens']} number tokens have, in "
        f"the plane of frequency {summary['strongest_freq']}, an order parameter of "
        f"{ends['order_parameter_memory']:.2f} and an energy of {ends['energy_memory']:.0f}; at "
        f"epoch {summary['crystal_epoch']:,} they have {ends['order_parameter_crystal']:.2f} and "
        f"{ends['energy_crystal']:.0f}. In the simulation a higher weight decay takes them from "
        "the first state to the second."
    )
