"""How the processor computes while a network trains; afterwards everything is as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def subnormals_flushed() -> Iterator[None]:
    """Round subnormal numbers to zero: a memorised split leaves many, and they take long."""
    flushes = float(torch.tensor(1e-40) * 1) == 0
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(flushes)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread, because what calls it runs in several, or is small."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
