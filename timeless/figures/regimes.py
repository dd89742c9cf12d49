"""Regimes of a sweep: which runs generalise late, which at once, and which not within the budget.

Every rule here reads the table ``runs`` of the artifact of `fraction_sweep`, where an epoch that
was not reached is -1. The factors are round numbers and were not fitted to anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from timeless.results.artifacts import Artifact, Table
from timeless.words.values import Quoting

Floats = NDArray[np.float64]

LATE = 10  # times the epochs that memorisation took
PROMPT = 1  # time
REGIMES = {
    "open": "not within the budget",
    "late": f"more than {LATE} times as many epochs again as memorisation took",
    "between": "",
    "prompt": "at most as many epochs again as memorisation took",
}


def regime(memorisation_epoch: int, grok_epoch: int) -> str:
    """Return the regime of a run from its two epochs, -1 where one was not reached.

    "open": it did not generalise within its budget. "prompt": after memorisation it took at most
    ``PROMPT`` times as many epochs again, "late": more than ``LATE`` times as many; "between":
    anything else. Test accuracy that holds before train accuracy does is prompt. Source: ours.
    """
    if grok_epoch < 0:
        return "open"
    if memorisation_epoch < 0:
        return "prompt"
    delay = grok_epoch - memorisation_epoch
    if delay <= PROMPT * memorisation_epoch:
        return "prompt"
    return "late" if delay > LATE * memorisation_epoch else "between"


def regimes(runs: Table) -> NDArray[np.str_]:
    """Return the regime of each run of the table."""
    pairs = zip(runs["memorisation_epoch"], runs["grok_epoch"], strict=True)
    return np.array([regime(int(memorised), int(grokked)) for memorised, grokked in pairs])


@dataclass(frozen=True)
class Fraction:
    """The runs of one fraction: rows of the table of runs, and their curves."""

    frac_train: float
    n_train: int
    rows: NDArray[np.intp]
    curves: Sequence[Table]

    def median(self, runs: Table, column: str) -> float:
        """Return the median epoch over the runs; infinite if most did not get there."""
        return float(np.median(reached(runs[column][self.rows])))


def reached(epochs: NDArray[np.integer]) -> Floats:
    """Return epochs with infinity where they were not reached, so that they order as they should.

    A run that has not arrived within its budget would arrive later than any that has.
    """
    return np.where(epochs < 0, np.inf, epochs.astype(float))


def fractions(artifact: Artifact) -> list[Fraction]:
    """Return the fractions of a sweep, from the smallest, each with all of its runs."""
    runs = artifact["runs"]
    found = []
    for frac_train in np.unique(runs["frac_train"]):
        rows = np.flatnonzero(runs["frac_train"] == frac_train)
        curves = [artifact[f"curves_{runs['name'][row]}"] for row in rows]
        found.append(Fraction(float(frac_train), int(runs["n_train"][rows[0]]), rows, curves))
    return found


def quartiles(tables: Sequence[Table], column: str) -> tuple[NDArray[np.integer], Floats]:
    """Return the epochs of the longest run and, at each, quartiles and median [3, epochs].

    A run that has ended counts with its last value from then on: it ends before its budget only
    once it has generalised and stayed so.
    """
    epochs = max((table["epoch"] for table in tables), key=len)
    values = [
        np.concatenate([table[column], np.full(len(epochs) - len(table[column]), last)])
        for table in tables
        for last in [table[column][-1]]
    ]
    return epochs, np.percentile(values, [25, 50, 75], axis=0)


def regime_words(artifact: Artifact, quote: Quoting) -> str:
    """Return which fractions have which regime, with counts where runs of one differ."""
    of_run, found = regimes(artifact["runs"]), fractions(artifact)
    sentences = []
    for name, words in REGIMES.items():
        counts = [(f.frac_train, int((of_run[f.rows] == name).sum()), len(f.rows)) for f in found]
        whole = [share for share, n, total in counts if n == total]
        parts = [quote.found(whole, "runs", ".0%")] if whole else []
        parts += [
            f"{quote.found(share, 'runs', '.0%')} ({n} of {total} runs)"
            for share, n, total in counts
            if 0 < n < total
        ]
        if parts:
            meaning = f" ({words})" if words else ""
            sentences.append(f"{name.capitalize()}{meaning}: {', '.join(parts)}.")
    return " ".join(sentences)
