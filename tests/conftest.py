"""Tests compute with one thread, here and in what they start: small products, exact repeats."""

import os

import pytest

# The files that take longest, from the longest on. They begin first, so that the processes among
# which pytest-xdist deals out the files end together.
LONG = (
    *("test_pages", "test_surgery", "test_quick", "test_layer_norm", "test_temperature"),
    *("test_network", "test_progress", "test_derivative", "test_engines", "test_loop"),
)

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: at for at, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONG)))
