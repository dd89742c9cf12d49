"""Claims about what the weights of the main run hold: its spectrum, and the norm of its weights."""

from collections.abc import Iterator

import numpy as np

from timeless.claims.evidence import Evidence, between
from timeless.claims.verdicts import Claim, Part, cannot
from timeless.results.artifacts import Results

FEW = 0.1  # of all frequencies: 6 of 65
FLOOR = 0.1  # of the largest norm
CLAIMED = (14, 28, 42)
LARGER = 0.1  # a tenth more is clearly more
SMOOTH = 0.1  # of the whole fall may be climbed back on the way


def _sparse(results: Results) -> Iterator[Part]:
    look = Evidence(results, "addition")
    spectrum = look.table("final_spectrum")
    norms, is_key = spectrum["norm"], spectrum["is_key"] == 1
    most = max(1, int(FEW * len(norms)))
    count = look.quote("frequencies above a quarter of the largest", "n_key_freqs")
    yield Part(f"at most {most} large frequencies of {len(norms)}", count.value <= most, [count])
    says = f"half of the others below {FLOOR:.0%} of the largest"
    if is_key.all() or not norms.max():
        yield cannot(says, "the spectrum has no small frequencies", [count])
        return
    floor = float(np.median(norms[~is_key]) / norms.max())
    shown = look.found(
        "median of the others, of the largest", floor, "series.final_spectrum", ".1%"
    )
    yield Part(says, floor <= FLOOR, [shown])


def _freqs(results: Results) -> Iterator[Part]:
    look = Evidence(results, "addition")
    key, n = look["key_freqs"], look["n_frequencies"]
    for freq in CLAIMED:
        says = f"k = {freq} is large"
        if freq > n:
            yield cannot(says, f"this network has only {n} frequencies")
            continue
        norm = look.table("final_spectrum")["norm"]
        share = float(norm[freq - 1] / norm.max()) if norm.max() else 0.0
        words = "its norm, of the largest"
        measured = look.found(words, share, "series.final_spectrum", ".1%")
        yield Part(says, freq in key, [measured])
    large = look.quote("large frequencies", "key_freqs")
    yield Part("no other frequency is large", set(key) <= set(CLAIMED), [large])


def _norm(results: Results) -> Iterator[Part]:
    look = Evidence(results, "addition")
    curves, start, end = look.table("curves"), look["circuit_starts"], look["grok_epoch"]
    larger = f"at the end of memorisation the squared weights sum to at least {LARGER:.0%} more "
    larger += "than at the end of training"
    smooth = (
        f"from there to the grokking epoch the sum falls, and climbs back at most {SMOOTH:.0%} "
    )
    smooth += "of its fall on the way"
    if start is None or end is None:
        for says in (larger, smooth):
            yield cannot(says, "the run does not generalise")
        return
    path = between(curves, "sum_sq_weights", start, end)
    last = look.quote("at the end of training", "final_sum_sq_weights", ",.0f")
    first = look.found(f"at epoch {start:,}", path[0], "series.curves", ",.0f")
    yield Part(larger, bool(path[0] >= (1 + LARGER) * last.value), [first, last])
    fall = float(path[0] - path[-1])
    climb = float((path - np.minimum.accumulate(path)).max())
    measured = [
        look.found(f"fall to epoch {end:,}", fall, "series.curves", ",.0f"),
        look.found("largest climb on the way", climb, "series.curves", ",.1f"),
    ]
    yield Part(smooth, fall > 0 and climb <= SMOOTH * fall, measured)


SPARSE = Claim(
    "sparse",
    "The embedding's spectrum has few large frequencies over a low noise floor.",
    "Large: a norm above a quarter of the largest, the study's rule for key frequencies. Few: at "
    "most a tenth of all. Low: the median of the others is at most a tenth of the largest.",
    ("addition",),
    "two-rules",
    _sparse,
)
FREQS = Claim(
    "freqs",
    "The large frequencies are k = 14, 28 and 42.",
    "Large: a norm above a quarter of the largest at the last checkpoint. Each frequency is a "
    "part of the claim; that there are no others is one more.",
    ("addition",),
    "two-rules",
    _freqs,
)
NORM = Claim(
    "norm",
    "The memorising solution has the larger weight norm; the norm falls smoothly while the "
    "circuit forms.",
    "The memorising solution is the network at the computed end of memorisation. Larger: by a "
    "tenth. While the circuit forms: from there to the grokking epoch. Smoothly: without "
    "climbing back by more than a tenth of the fall.",
    ("addition",),
    "norm-and-sparsity",
    _norm,
)
