"""Networks from elsewhere, and for elsewhere: files under the names that TransformerLens uses.

What the page *Train it here* saves is read here, what is saved here the page opens, and both read
this study's own files.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from timeless.config import ACTIVATIONS, ModelConfig, is_prime
from timeless.errors import TimelessError, refuse_if_any
from timeless.results.artifacts import write_atomically
from timeless.results.weights import Arrays
from timeless.training.model import parameter_shapes

PLACES = {
    "embed": ("W_E",),
    "pos_embed": ("W_pos",),
    "blocks.0.attn": ("W_Q", "W_K", "W_V", "W_O"),
    "blocks.0.mlp": ("W_in", "b_in", "W_out", "b_out"),
    "unembed": ("W_U", "b_U"),
}
PLACED = {name: f"{place}.{name}" for place, names in PLACES.items() for name in names}
_NAMES = {placed: name for name, placed in PLACED.items()} | {name: name for name in PLACED}
_RANKS = {"W_E": 2, "W_Q": 3, "W_in": 2, "W_U": 2}  # tensors that decide the sizes
_UNUSED = re.compile(r"(^|\.)(mask|IGNORE|train_index)$")
_TYPES = {"F16": "<f2", "BF16": "<u2", "F32": "<f4", "F64": "<f8"}
_REMEDY = "give weights of one transformer layer without layer normalisation"


class Network(NamedTuple):
    """A network from a file: its sizes, its weights by this study's names, and what it tells.

    ``told`` is the configuration of training that the page writes into a file, else empty.
    """

    model: ModelConfig
    weights: Arrays
    told: dict[str, Any]


def save_network(path: Path, weights: Mapping[str, NDArray[Any]], told: Mapping[str, Any]) -> None:
    """Write a network as TransformerLens and the page read it; ``told`` is its configuration."""
    arrays = {PLACED[name]: np.ascontiguousarray(weights[name]) for name in PLACED}
    metadata = {"format": "pt", "config": json.dumps(dict(told), sort_keys=True)}
    write_atomically(path, save(arrays, metadata=metadata))


def open_network(path: Path, act: str | None = None) -> Network:
    """Return the network in a file, in float64 where the file is, else in float32.

    Names are this study's or TransformerLens'; absent biases are zero; a read-out for the
    operation's own token is cut off. ``act`` is the activation where the file does not tell it.
    Raises TimelessError if the file is damaged or does not fit: with the tensor, its shape, and
    what was expected.
    """
    tensors, metadata = _read(path)
    told = _told(metadata)
    act = act or _activation(told)
    where = str(path)
    if act not in ACTIVATIONS:
        raise TimelessError(f"no activation {act!r}", where=where, remedy="relu, or gelu")
    found = _known(tensors, where)
    model = _model(found, act, where)
    weights = {
        name: _fitted(name, found.get(name), shape, where)
        for name, shape in parameter_shapes(model).items()
    }
    return Network(model, weights, told)


def _read(path: Path) -> tuple[Arrays, dict[str, str]]:
    """Return the tensors of a safetensors file that are weights, and the texts in its header."""
    try:
        content = path.read_bytes()
        parts = deserialize(content)  # type: ignore[no-untyped-call]  # the library has no types
        found = {name: tensor for name, tensor in parts if not _UNUSED.search(name)}
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    except (SafetensorError, OSError, ValueError) as error:
        problem = f"it is no safetensors file ({error})"
        raise TimelessError(problem, where=str(path), remedy=_REMEDY) from error
    odd = [f"{name} holds {t['dtype']}" for name, t in found.items() if t["dtype"] not in _TYPES]
    refuse_if_any(odd, what="numbers that are not read here", where=str(path), remedy=_REMEDY)
    tensors = {name: _array(**tensor) for name, tensor in found.items()}
    return tensors, dict(header.get("__metadata__") or {})


def _array(dtype: str, shape: list[int], data: bytes) -> NDArray[Any]:
    """Return the numbers of a tensor; a bfloat16 is the upper half of a float32."""
    numbers = np.frombuffer(data, _TYPES[dtype]).reshape(shape)
    if dtype == "BF16":
        return (numbers.astype("<u4") << 16).view("<f4")
    return numbers.astype(np.float64 if dtype == "F64" else np.float32)


def _told(metadata: Mapping[str, str]) -> dict[str, Any]:
    try:
        told = json.loads(metadata.get("config", "{}"))
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _activation(told: Mapping[str, Any]) -> str:
    """Return the activation that a configuration of the page, or of this study, names."""
    model = told.get("model")
    return str(
        (model if isinstance(model, dict) else {}).get("act") or told.get("activation") or "relu"
    )


def _known(tensors: Arrays, where: str) -> Arrays:
    """Return the tensors by this study's names, all that are needed and no other."""
    found = {_NAMES[name]: array for name, array in tensors.items() if name in _NAMES}
    twice = [f"{name} twice" for name in PLACED if {name, PLACED[name]} <= tensors.keys()]
    other = [  # a bias that is zero everywhere changes nothing
        f"{name}, which has no place"
        for name, array in tensors.items()
        if name not in _NAMES and (array.ndim > 2 or array.any())
    ]
    absent = [
        f"no {name} (or {placed})"
        for name, placed in PLACED.items()
        if name not in found and not name.startswith("b_")
    ]
    refuse_if_any(twice + other + absent, what="the file has", where=where, remedy=_REMEDY)
    return found


def _model(found: Arrays, act: str, where: str) -> ModelConfig:
    """Return the sizes of a network, by the shapes of its tensors."""
    ranks = [
        f"{name} has shape {list(found[name].shape)}, expected {rank} axes"
        for name, rank in _RANKS.items()
        if found[name].ndim != rank
    ]
    refuse_if_any(ranks, what="shapes that do not fit", where=where, remedy=_REMEDY)
    rows, d_model = found["W_E"].shape
    columns, n_heads = found["W_U"].shape[1], found["W_Q"].shape[0]
    p = columns if columns < rows else rows - 1  # some read the operation's own token as well
    problems = []
    if rows >= 2 * p:
        problems.append(f"W_E has {rows} rows, more than one for each of p = {p} numbers")
    if p < 3 or not is_prime(p):
        problems.append(f"W_E has {rows} rows and W_U {columns} columns; expected an odd prime p")
    if n_heads < 1 or d_model % n_heads:
        problems.append(f"W_Q has {n_heads} heads, which do not divide d_model = {d_model}")
    refuse_if_any(problems, what="shapes that do not fit", where=where, remedy=_REMEDY)
    d_mlp = found["W_in"].shape[1]
    return ModelConfig(p=p, d_model=d_model, n_heads=n_heads, d_mlp=d_mlp, act=act)


def _fitted(
    name: str, array: NDArray[Any] | None, shape: tuple[int, ...], where: str
) -> NDArray[Any]:
    """Return a tensor of the shape that is wanted, cut where it has more tokens than are used."""
    if array is None:
        return np.zeros(shape, np.float32)
    if array.shape != shape and name == "W_E":
        array = array[: shape[0]]
    if array.shape != shape and name in ("W_U", "b_U") and array.shape[-1] == shape[-1] + 1:
        array = array[..., :-1]
    if array.shape != shape:
        problem = f"{name} has shape {list(array.shape)}, expected {list(shape)}"
        raise TimelessError(problem, where=where, remedy=_REMEDY)
    return array
