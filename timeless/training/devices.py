"""Devices: where networks train, by the names that the command line takes."""

import torch

from timeless.errors import TimelessError


def device_type(name: str) -> str:
    """Return "cpu", "cuda" or "mps"; "auto" is CUDA where there is one, and otherwise the CPU."""
    if name != "auto":
        return name
    return "cuda" if torch.cuda.is_available() else "cpu"


def torch_device(name: str, loss_dtype: str = "float64") -> torch.device:
    """Return the device called "auto", "cpu", "cuda" or "mps".

    Raises TimelessError if it is not there or cannot compute in ``loss_dtype``.
    """
    name = device_type(name)
    if name == "cuda" and not torch.cuda.is_available():
        raise TimelessError("no CUDA device is available", remedy="use --device cpu")
    if name == "mps" and not torch.backends.mps.is_available():
        raise TimelessError("no MPS device is available", remedy="use --device cpu")
    if name == "mps" and loss_dtype == "float64":
        raise TimelessError("MPS has no float64, which the loss needs", remedy="use --device cpu")
    return torch.device(name)
