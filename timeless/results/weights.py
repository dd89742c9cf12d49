"""Weights on disk: safetensors in the orientation of TransformerLens, the config beside them.

This is the one place that knows how files of weights are called. A training keeps
``e000100.safetensors``; published are ``EXPERIMENT-RUN-e000100.safetensors`` and, for the end of a
run, ``EXPERIMENT-RUN-final.safetensors``, which also holds the run's training examples.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from timeless.errors import TimelessError
from timeless.results.artifacts import WEIGHTS, write_atomically

Arrays = dict[str, NDArray[Any]]
TRAIN_INDEX = "train_index"
_DIGEST = "sha256"


def checkpoint_file(folder: Path, epoch: int) -> Path:
    """Return the file of a training's weights at an epoch."""
    return folder / f"{_moment(epoch)}.safetensors"


def state_file(folder: Path, epoch: int) -> Path:
    """Return the file of a training's weights and its optimiser's moments at an epoch."""
    return folder / f"state-{_moment(epoch)}.safetensors"


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
    """Write arrays and JSON metadata to a safetensors file, atomically; equals give equal bytes.

    The metadata also gets a digest of the whole file without it, which `load_weights` verifies.
    """
    text = {key: json.dumps(value, sort_keys=True) for key, value in metadata.items()}
    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    content = save(arrays, metadata=text)
    write_atomically(path, _with_metadata(content, text | {_DIGEST: _digest(content, text)}))


def _with_metadata(content: bytes, text: Mapping[str, str]) -> bytes:
    """Return a safetensors file with this metadata, sorted; `save` writes it in random order."""
    header, tensors = _parted(content)
    header["__metadata__"] = dict(sorted(text.items()))
    written = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    padded = written.ljust(8 * -(-len(written) // 8))
    return len(padded).to_bytes(8, "little") + padded + tensors


def _parted(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the header of a safetensors file and the bytes behind it."""
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    if not isinstance(header, dict):
        raise TypeError("its header is no mapping")
    return header, content[8 + size :]


def _digest(content: bytes, text: Mapping[str, str]) -> str:
    return hashlib.sha256(_with_metadata(content, text)).hexdigest()


def load_weights(path: Path) -> tuple[Arrays, dict[str, Any]]:
    """Return (arrays, metadata) of a file written by `save_weights`.

    Raises TimelessError if the file is missing, is not a whole safetensors file, holds numbers
    that NumPy does not have, such as bfloat16, or does not have the digest that it records. A
    file from before there were digests records none.
    """
    try:
        content = path.read_bytes()
        arrays = dict(sorted(load(content).items()))  # the order of the library changes
        text = dict(_parted(content)[0].get("__metadata__") or {})
        recorded = text.pop(_DIGEST, None)
        metadata = {key: json.loads(value) for key, value in text.items()}
    except KeyError as error:
        raise _unreadable(path, f"numbers of the type {error} are not read here") from None
    except (SafetensorError, OSError, ValueError, TypeError, RecursionError) as error:
        raise _unreadable(path, str(error)) from error
    if recorded is not None and recorded != _digest(content, text):
        raise _unreadable(path, "its digest is not the recorded one: it is damaged")
    return arrays, metadata


def _unreadable(path: Path, why: str) -> TimelessError:
    return TimelessError(
        f"the weights cannot be read ({why})",
        where=str(path),
        remedy="restore the file from version control, or train again",
    )
