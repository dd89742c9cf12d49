"""Weights on disk: safetensors in the orientation of TransformerLens, the config beside them.

This is the one place that knows how files of weights are called. A training keeps
``e000100.safetensors``; published are ``EXPERIMENT-RUN-e000100.safetensors`` and, for the end of a
run, ``EXPERIMENT-RUN-final.safetensors``, which also holds the run's training examples.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from timeless.errors import TimelessError
from timeless.results.artifacts import WEIGHTS, write_atomically

Arrays = dict[str, NDArray[Any]]
TRAIN_INDEX = "train_index"


def checkpoint_file(folder: Path, epoch: int) -> Path:
    """Return the file of a training's weights at an epoch."""
    return folder / f"{_moment(epoch)}.safetensors"


def published_file(artifacts: Path, experiment: str, run: str, epoch: int | None = None) -> Path:
    """Return the file of a run's published weights at an epoch, or at its end."""
    return artifacts / WEIGHTS / f"{experiment}-{run}-{_moment(epoch)}.safetensors"


def sums_of_squares(weights: Mapping[str, NDArray[Any]]) -> dict[str, float]:
    """Return the sum of squared entries of each tensor."""
    return {
        name: float(np.square(array, dtype=np.float64).sum()) for name, array in weights.items()
    }


def _moment(epoch: int | None) -> str:
    return "final" if epoch is None else f"e{epoch:06d}"


def load_published(artifacts: Path, experiment: str, run: str, epoch: int | None = None) -> Arrays:
    """Return a run's published weights at an epoch (float16), or at its end."""
    arrays, _ = load_weights(published_file(artifacts, experiment, run, epoch))
    arrays.pop(TRAIN_INDEX, None)
    return arrays


def load_training_examples(artifacts: Path, experiment: str, run: str) -> NDArray[np.int32]:
    """Return which examples of `make_task` a published run was trained on, in order."""
    arrays, _ = load_weights(published_file(artifacts, experiment, run))
    return np.asarray(arrays[TRAIN_INDEX])


def save_weights(
    path: Path, tensors: Mapping[str, NDArray[Any]], metadata: Mapping[str, Any]
) -> None:
    """Write arrays and JSON metadata to a safetensors file, atomically; equals give equal bytes."""
    text = {key: json.dumps(value, sort_keys=True) for key, value in metadata.items()}
    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    write_atomically(path, _in_order(save(arrays, metadata=text)))


def _in_order(content: bytes) -> bytes:
    """Return a safetensors file with its metadata sorted; `save` writes them in random order."""
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    padded = text.ljust(8 * -(-len(text) // 8))
    return len(padded).to_bytes(8, "little") + padded + content[8 + size :]


def load_weights(path: Path) -> tuple[Arrays, dict[str, Any]]:
    """Return (arrays, metadata) of a file written by `save_weights`.

    Raises TimelessError if the file is missing or is not a whole safetensors file.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
            metadata = {k: json.loads(v) for k, v in (file.metadata() or {}).items()}
    except (SafetensorError, FileNotFoundError, json.JSONDecodeError) as error:
        raise TimelessError(
            f"the weights cannot be read ({error})",
            where=str(path),
            remedy="restore the file from version control, or train again",
        ) from error
    return arrays, metadata
