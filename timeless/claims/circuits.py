"""Claims about what the weights hold: their spectrum, and their norm."""

from collections.abc import Iterator

import numpy as np

from timeless.claims.evidence import Evidence, between
from timeless.claims.runs import IN_MOST, RUNS, Watched, counted, in_most
from timeless.claims.verdicts import Claim, Part, cannot
from timeless.results.artifacts import Results

FEW = 0.1  # of all frequencies: 6 of 65
FLOOR = 0.1  # of the largest norm
LARGE = 0.25  # of the largest norm: the rule for key frequencies
CLAIMED = (14, 28, 42)
LARGER = 0.1  # a tenth more is clearly more
SMOOTH = 0.1  # of the whole fall may be climbed back on the way


def _sparse(results: Results) -> Iterator[Part]:
    look = Evidence(results, "revisited")
    spectra = look.table("spectra")
    n = spectra["norm"].shape[1]
    most = max(1, int(FEW * n))
    last = Evidence(results, "addition").quote("at its end", "n_key_freqs")
    few, low = [], []
    says = (
        f"at most {most} large frequencies of {n}",
        f"the median of the others is below {FLOOR:.0%} of the largest",
    )
    for count, floor in zip(spectra["n_key_freqs"], spectra["floor"], strict=True):
        shown = look.found("large ones", count, "series.spectra")
        few.append(Part(says[0], bool(count <= most), [shown, last]))
        if count == n:
            low.append(cannot(says[1], "the spectrum has no small frequencies", [shown]))
            continue
        shown = look.found("their median, of the largest", floor, "series.spectra", ".1%")
        low.append(Part(says[1], bool(floor <= FLOOR), [shown]))
    yield in_most(says[0], few)
    yield in_most(says[1], low)


def _freqs(results: Results) -> Iterator[Part]:
    look, main = Evidence(results, "revisited"), Evidence(results, "addition")
    norms = look.table("spectra")["norm"]
    large = norms > LARGE * norms.max(1, keepdims=True)
    for freq in CLAIMED:
        says = f"k = {freq} is large"
        if freq > norms.shape[1]:
            yield cannot(says, f"this network has only {norms.shape[1]} frequencies")
            continue
        share = norms[0, freq - 1] / norms[0].max()
        words = "its norm, of the largest"
        shown = [look.found(words, share, "series.spectra", ".1%")]
        yield in_most(says, [Part(says, bool(own[freq - 1]), shown) for own in large])
    says = "no other frequency is large"
    last = main.quote("large at its end", "key_freqs")
    rest = np.delete(large, [freq - 1 for freq in CLAIMED if freq <= norms.shape[1]], axis=1)
    yield in_most(says, [Part(says, not own.any(), [last]) for own in rest])


def _norm(results: Results) -> Iterator[Part]:
    yield from counted(results, _norm_falls)


def _norm_falls(run: Watched) -> Iterator[Part]:
    curves, start, end = run.curves, run.circuit_starts, run["grok_epoch"]
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
    last = run.quote("at the end of training", "final_sum_sq_weights", ",.0f")
    first = run.found(f"at epoch {start:,}", path[0], ",.0f")
    yield Part(larger, bool(path[0] >= (1 + LARGER) * last.value), [first, last])
    fall = float(path[0] - path[-1])
    climb = float((path - np.minimum.accumulate(path)).max())
    measured = [
        run.found(f"fall to epoch {end:,}", fall, ",.0f"),
        run.found("largest climb on the way", climb, ",.1f"),
    ]
    yield Part(smooth, fall > 0 and climb <= SMOOTH * fall, measured)


SPARSE = Claim(
    "sparse",
    "The embedding's spectrum has few large frequencies over a low noise floor.",
    "Large: a norm above a quarter of the largest, the study's rule for key frequencies. Few: at "
    "most a tenth of all. Low: the median of the others is at most a tenth of the largest. Read "
    "2,000 epochs after grokking, since frequencies thin out with age. " + IN_MOST,
    ("addition", "revisited"),
    "two-rules",
    _sparse,
    every_seed=True,
)
FREQS = Claim(
    "freqs",
    "The large frequencies are k = 14, 28 and 42.",
    "Large: a norm above a quarter of the largest, 2,000 epochs after grokking. Each frequency is "
    "a part of the claim; that there are no others is one more. " + IN_MOST,
    ("addition", "revisited"),
    "two-rules",
    _freqs,
    every_seed=True,
)
NORM = Claim(
    "norm",
    "The memorising solution has the larger weight norm; the norm falls smoothly while the "
    "circuit forms.",
    "The memorising solution is the network at the computed end of memorisation, where the "
    "excluded loss is smallest. Larger: by a tenth. While the circuit forms: from there to the "
    "grokking epoch. Smoothly: without climbing back by more than a tenth of the fall. " + IN_MOST,
    RUNS,
    "norm-and-sparsity",
    _norm,
    every_seed=True,
)
