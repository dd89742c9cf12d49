"""Tests compute with one thread, here and in what they start: small products, exact repeats."""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
