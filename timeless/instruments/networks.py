"""Networks: published checkpoints as data files, from which the page computes by itself.

``data/network-EXPERIMENT.js`` says what the numbers mean, ``data/network-EXPERIMENT-e007500.js``
holds one checkpoint: the 16-bit floats of the published file as they are, tensor after tensor.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.analysis.published import rows_at
from timeless.results.artifacts import Artifact, Results
from timeless.results.encoding import receive_script
from timeless.results.weights import Arrays, load_published, load_training_examples

CURVES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


def network_files(results: Results, experiments: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (path, script) of every data file of these experiments' networks."""
    for experiment in sorted(set(experiments)):
        artifact = results[experiment]
        index = describe(results, experiment)
        yield _script(f"network-{experiment}", index)
        for epoch in artifact.summary["published_epochs"]:
            run = published_run(artifact)
            weights = load_published(results.directory, experiment, run, epoch)
            yield _script(f"network-{experiment}-e{epoch:06d}", {"weights": codes(weights)})


def _script(name: str, payload: object) -> tuple[str, str]:
    return f"data/{name}.js", receive_script(name, payload)


def published_run(artifact: Artifact) -> str:
    """Return the name of the run whose checkpoints are published."""
    return f"seed{seed_of(artifact)}"


def seed_of(artifact: Artifact) -> int:
    """Return the seed of the run whose checkpoints are published."""
    return int(
        artifact.config["seeds"][0] if "seeds" in artifact.config else artifact.summary["seed"]
    )


def codes(weights: Arrays) -> NDArray[np.uint16]:
    """Return the codes of all 16-bit floats of a checkpoint, the tensors by name."""
    flat = [np.ascontiguousarray(weights[name], np.float16).ravel() for name in sorted(weights)]
    return np.concatenate(flat).view(np.uint16)


def describe(results: Results, experiment: str) -> dict[str, Any]:
    """Return what the page needs to run an experiment's network: sizes, split and curves.

    ``tensors`` are [name, shape] in the order of `codes`. For each operation, ``train_pairs`` is
    the mask of the p*p pairs as bits, the first pair in the highest one, and ``curves`` has the
    losses (nats) and accuracies at the epochs.
    """
    artifact = results[experiment]
    train, epochs = artifact.config["train"], artifact.summary["published_epochs"]
    model, operations = train["model"], train["operations"]
    run = published_run(artifact)
    final = load_published(results.directory, experiment, run)
    index = load_training_examples(results.directory, experiment, run)
    mask = np.zeros(len(operations) * model["p"] ** 2, bool)
    mask[index] = True
    curves, rows = artifact["curves"], rows_at(artifact, epochs)
    suffixes = [f"_{name}" for name in operations] if len(operations) > 1 else [""]
    return {
        "experiment": experiment,
        "seed": seed_of(artifact),
        "epochs": epochs,
        **{name: model[name] for name in ("p", "d_model", "n_heads", "d_mlp", "act")},
        "d_head": final["W_Q"].shape[2],
        "d_vocab": len(final["W_E"]),
        "operations": list(operations),
        "tensors": [[name, list(final[name].shape)] for name in sorted(final)],
        "train_pairs": [np.packbits(part) for part in np.split(mask, len(operations))],
        "key_freqs": artifact.summary.get("key_freqs"),
        "memorisation_epoch": artifact.summary.get("memorisation_epoch"),
        "grok_epoch": artifact.summary.get("grok_epoch"),
        "curves": [
            {name: curves[name + suffix][rows].tolist() for name in CURVES} for suffix in suffixes
        ],
    }
