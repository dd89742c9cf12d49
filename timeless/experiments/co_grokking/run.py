"""Train the joint run and measure each task in its own order, beside the single-task runs."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from timeless.analysis.ablation import random_sets
from timeless.analysis.export import publish_weights, published_epochs
from timeless.analysis.fourier import Floats
from timeless.analysis.subspaces import overlap, random_overlaps, subspace
from timeless.analysis.summary import how_trained
from timeless.analysis.trajectory import Trajectory, analysed_epochs, trajectory
from timeless.config import as_dict
from timeless.experiments.co_grokking import NAME, OPERATIONS, Config, runs
from timeless.results.artifacts import Artifact, Table, column
from timeless.results.provenance import provenance
from timeless.rules import held_epochs
from timeless.running.workspace import Workspace
from timeless.training.campaign import curves_table


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the joint run, write its weights, and return the artifact."""
    ((name, joint),) = workspace.train(NAME, runs(config), hold=config.hold).items()
    curves, epochs = curves_table(joint), analysed_epochs(joint, config.analyse_every)
    found = {
        op: trajectory(joint, i, epochs, each_frequency=False) for i, op in enumerate(OPERATIONS)
    }
    moments = {op: _moments(curves, op) for op in OPERATIONS}
    singles = {op: workspace.results[op] for op in OPERATIONS}
    controls = {op: _control(single) for op, single in singles.items()}
    bases = [_basis(found[op], found[op].key_freqs) for op in OPERATIONS]
    seed, n = config.train.seed, config.n_random
    draws = random_overlaps(bases, n, seed)
    others = _other_overlaps([found[op] for op in OPERATIONS], n, seed)
    summary = {
        **how_trained(joint, config.hold),
        "frac_train": config.train.frac_train,
        "n_train": int(config.train.frac_train * config.train.model.p**2),
        **{f"{key}_{op}": moments[op][key] for op in OPERATIONS for key in moments[op]},
        "gap": _gap({op: moments[op]["grok_epoch"] for op in OPERATIONS}),
        "controls": {
            **controls,
            "gap": _gap({op: controls[op]["grok_epoch"] for op in OPERATIONS}),
        },
        **{op: _mechanism(found[op]) for op in OPERATIONS},
        "overlap": {
            "measured": overlap(*bases),
            "random_mean": float(draws.mean()),
            "random_max": float(draws.max()),
            "others_mean": float(others.mean()),
            "others_max": float(others.max()),
            "n_random": n,
            **{f"dim_{op}": basis.shape[1] for op, basis in zip(OPERATIONS, bases, strict=True)},
        },
        "neurons": _neurons([found[op] for op in OPERATIONS]),
    }
    published = published_epochs(joint, summary["grok_epoch_addition"], config.n_published)
    summary |= publish_weights(NAME, name, joint, workspace.artifacts, published)
    tables = {
        "curves": curves,
        **{f"control_{op}": _control_curves(single) for op, single in singles.items()},
        **{f"spectrum_{op}": found[op].tables["final_spectrum"] for op in OPERATIONS},
        **{f"progress_{op}": found[op].tables["progress"] for op in OPERATIONS},
        "overlap_random": Table(
            "Overlap of pairs of subspaces of the same dimensions, at random.",
            {
                "overlap": column(draws, "1", "mean squared cosine, random directions of d_model"),
                "overlap_others": column(
                    others, "1", "the same for random other frequencies of this embedding"
                ),
            },
        ),
    }
    made = provenance(joint.workplace, seconds=joint.seconds, seeds=(config.train.seed,))
    return Artifact(NAME, as_dict(config), made, summary, tables)


def _moments(curves: Table, op: str) -> dict[str, Any]:
    """Return when the joint run memorised and generalised one operation, and how it ended."""
    train, test = curves[f"train_accuracy_{op}"], curves[f"test_accuracy_{op}"]
    measured = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
    return {
        **held_epochs(curves["epoch"], train, test),
        **{f"final_{name}": float(curves[f"{name}_{op}"][-1]) for name in measured},
        "peak_test_loss": float(curves[f"test_loss_{op}"].max()),
        "peak_test_accuracy": float(test.max()),
    }


def _control(single: Artifact) -> dict[str, Any]:
    names = ("memorisation_epoch", "grok_epoch", "delay")
    return {
        **{name: single.summary[name] for name in names},
        "seed": single.provenance["seeds"][0],
        "device_name": single.provenance["device_name"],
        "frac_train": single.config["train"]["frac_train"],
    }


def _control_curves(single: Artifact) -> Table:
    table = single["curves"]
    names = ("epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy")
    return Table(
        f"The single-task run of {single.experiment}.",
        {name: table.columns[name] for name in names},
    )


def _gap(epochs: Mapping[str, int | None]) -> int | None:
    """Return by how many epochs multiplication groks after addition, or None."""
    first, second = (epochs[op] for op in OPERATIONS)
    return None if first is None or second is None else second - first


def _mechanism(found: Trajectory) -> dict[str, Any]:
    progress = found.tables["progress"]
    names = ("restricted_loss_all", "excluded_loss_train", "fve", "gini_W_E", "spectral_entropy")
    return {
        "key_freqs": found.key_freqs,
        "n_key_freqs": len(found.key_freqs),
        "n_frequencies": len(found.tables["final_spectrum"]["freq"]),
        "order": found.final.group.n,
        "neurons_clustered": int(found.clusters.clustered.sum()),
        **{name: float(progress[name][-1]) for name in names},
    }


def _neurons(found: Sequence[Trajectory]) -> dict[str, int]:
    """Return how many neurons belong to one frequency under both tasks, one of them, or none."""
    addition, multiplication = (one.clusters.clustered for one in found)
    return {
        "both": int((addition & multiplication).sum()),
        "only_addition": int((addition & ~multiplication).sum()),
        "only_multiplication": int((~addition & multiplication).sum()),
        "neither": int((~addition & ~multiplication).sum()),
        "n_neurons": len(addition),
    }


def _basis(found: Trajectory, freqs: Sequence[int]) -> Floats:
    return subspace(found.final.number_embedding, freqs)


def _other_overlaps(found: Sequence[Trajectory], n: int, seed: int) -> Floats:
    """Return overlaps for random sets of frequencies that are not key, where enough are left."""
    sets = [
        random_sets(one.final.group.n, one.key_freqs, n, seed + i) for i, one in enumerate(found)
    ]
    pairs = zip(*sets, strict=True)
    return np.array(
        [
            overlap(*(_basis(one, freqs) for one, freqs in zip(found, pair, strict=True)))
            for pair in pairs
        ]
    )
