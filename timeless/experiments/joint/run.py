"""Train both tasks in one network and each alone, and compare when they were learned."""

from typing import Any

import numpy as np

from timeless.analysis.fourier import spectrum
from timeless.analysis.network import Network, Split
from timeless.analysis.pairing import pairing_test
from timeless.analysis.progress import (
    cross_entropies,
    key_frequencies,
    neuron_clusters,
    restricted_logits,
)
from timeless.analysis.subspaces import overlap, random_overlaps, subspace
from timeless.analysis.summary import provenance_of_many
from timeless.config import as_dict
from timeless.experiments.borders.run import compared
from timeless.experiments.co_grokking import OPERATIONS
from timeless.experiments.joint import NAME, Config, runs
from timeless.results.artifacts import Artifact
from timeless.rules import ACCURACY_THRESHOLD, first_epoch
from timeless.running.workspace import Workspace
from timeless.training.campaign import Run

WITHIN = 15  # two epochs are as one if they differ by at most this part of the later one


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, and return the artifact."""
    finished = workspace.train(NAME, runs(config), hold=config.hold)
    arms = {name: name.rsplit("_seed", 1)[0] for name in finished}
    summary, tables = compared(finished, arms, config.hold)
    pairs = {f"seed{seed}": _pair(finished, seed) for seed in config.seeds}
    summary |= {
        "frac_train": config.train.frac_train,
        "n_train": int(config.train.frac_train * config.train.model.p**2),
        "n_seeds": len(config.seeds),
        "pairs": pairs,
        **{
            arm: _apart([pair[arm] for pair in pairs.values()]) for arm in ("joint", "own", "alone")
        },
        **{
            of: {
                f"seed{seed}": _shared(finished[f"{arm}_seed{seed}"], config.n_random)
                for seed in config.seeds
            }
            for of, arm in (("shared", "joint"), ("shared_own", "own"))
        },
    }
    made = provenance_of_many(finished.values(), config.seeds)
    return Artifact(NAME, as_dict(config), made, summary, tables)


def _pair(finished: dict[str, Run], seed: int) -> dict[str, Any]:
    """Return when each task was generalised with a seed, in one network and alone, and the gaps.

    ``own`` is the one network whose tasks have number tokens of their own.
    """
    joint, own = (finished[f"{arm}_seed{seed}"] for arm in ("joint", "own"))
    return {
        "memorised": _both_memorised(joint),
        "memorised_own": _both_memorised(own),
        "joint": _with_gap([_reached(joint, op) for op in range(len(OPERATIONS))]),
        "own": _with_gap([_reached(own, op) for op in range(len(OPERATIONS))]),
        "alone": _with_gap([_reached(finished[f"{op}_seed{seed}"], 0) for op in OPERATIONS]),
    }


def _both_memorised(joint: Run) -> int | None:
    """Return the first epoch with 99% of either task's training pairs right."""
    worst = joint.curves["train_accuracy"].min(axis=1)
    return first_epoch(joint.curves["epoch"], worst >= ACCURACY_THRESHOLD)


def _reached(one: Run, op: int) -> int | None:
    return first_epoch(
        one.curves["epoch"], one.curves["test_accuracy"][:, op] >= ACCURACY_THRESHOLD
    )


def _with_gap(epochs: list[int | None]) -> dict[str, int | None]:
    """Return the epochs by task, the later of them, and by how many multiplication comes later."""
    addition, multiplication = epochs
    found: dict[str, int | None] = dict(zip(OPERATIONS, epochs, strict=True))
    if addition is None or multiplication is None:
        return {**found, "later": None, "gap": None}
    later = max(addition, multiplication)
    return {**found, "later": later, "gap": multiplication - addition}


def _apart(pairs: list[dict[str, int | None]]) -> dict[str, Any]:
    """Return how close the two tasks of a seed come, beside those of different seeds.

    ``n_within`` counts the seeds whose epochs differ by at most a fifteenth of the later one, as
    the claim has it; ``later_median`` is over seeds with both tasks.
    """
    both = ((pair[op] for op in OPERATIONS) for pair in pairs)
    told = [(a, m) for a, m in both if a is not None and m is not None]
    first, second = [a for a, _ in told], [m for _, m in told]
    gaps, later = np.subtract(second, first), np.maximum(first, second)
    return {
        "n_first_multiplication": int((gaps < 0).sum()),
        "gap_median": float(np.median(gaps)) if told else None,
        "n_within": int((np.abs(gaps) * WITHIN <= later).sum()),
        "later_median": float(np.median(later)) if told else None,
        **pairing_test(first, second),
    }


def _shared(joint: Run, n_random: int) -> dict[str, Any]:
    """Return what the two tasks of a network share at its end: directions, and neurons.

    ``own_activity`` is how much of the variance of a task's neurons, those of one frequency, is
    theirs over the pairs of that task, and not over those of the other.
    """
    weights, found = joint.weights(max(joint.checkpoints)), {}
    networks = [Network.of(weights, joint.config, op) for op in range(len(OPERATIONS))]
    active = [network.mlp_post.var(axis=0) for network in networks]  # [d_mlp], over a task's pairs
    bases, clustered = [], []
    for op, (name, network) in enumerate(zip(OPERATIONS, networks, strict=True)):
        freqs = key_frequencies(spectrum(network.number_embedding))
        bases.append(subspace(network.number_embedding, freqs))
        clustered.append(neuron_clusters(network.mlp_post, network.group.n).clustered)
        kept = cross_entropies(
            restricted_logits(network.logits, freqs), Split.of(joint.config, op).labels
        )
        own, other = active[op][clustered[-1]], active[1 - op][clustered[-1]]
        found[name] = {
            "key_freqs": freqs,
            "n_key_freqs": len(freqs),
            "dim": bases[-1].shape[1],
            "restricted_loss_all": float(kept.mean()),
            "neurons_clustered": len(own),
            "own_activity": float(own.sum() / (own.sum() + other.sum())) if len(own) else None,
        }
    draws = random_overlaps(bases, n_random, joint.config.seed)
    return {
        **found,
        "overlap": overlap(*bases),
        "random_mean": float(draws.mean()),
        "random_max": float(draws.max()),
        "neurons_both": int((clustered[0] & clustered[1]).sum()),
        "n_neurons": len(clustered[0]),
    }
