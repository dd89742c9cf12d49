"""Survival: when things happen over many runs, some of which end before they do.

A run in which something has not happened is censored at its last epoch: it says that it took
longer than that, and nothing else.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import CensoredData, ecdf

from timeless.analysis.fourier import Floats
from timeless.analysis.rates import CONFIDENCE
from timeless.errors import TimelessError


@dataclass(frozen=True)
class Survival:
    """The Kaplan-Meier estimate: the share of runs in which it has not happened by an epoch.

    ``share``, ``low`` and ``high`` [steps] hold from ``epochs`` [steps] on; the interval is
    pointwise, by Greenwood's formula on the log-minus-log scale. Source: Kaplan and Meier 1958.
    """

    n_runs: int
    n_censored: int
    epochs: NDArray[np.int64]
    share: Floats
    low: Floats
    high: Floats

    @property
    def median(self) -> int | None:
        """Return the first epoch by which it has happened in half of the runs, or None."""
        return self._falls_to_half(self.share)

    @property
    def interval(self) -> tuple[int | None, int | None]:
        """Return the epochs between which the median lies; None for an end that is open.

        Where the bounds of the share fall to one half. Source: Brookmeyer and Crowley 1982.
        """
        return self._falls_to_half(self.low), self._falls_to_half(self.high)

    def _falls_to_half(self, share: Floats) -> int | None:
        reached = np.flatnonzero(share <= 0.5)
        return int(self.epochs[reached[0]]) if len(reached) else None

    def as_summary(self) -> dict[str, Any]:
        """Return median, interval and counts as an artifact's summary holds them."""
        low, high = self.interval
        counts = {"n_runs": self.n_runs, "n_censored": self.n_censored}
        return {"median": self.median, "low": low, "high": high, **counts}


def survival(happened: Sequence[int | None], ended: Sequence[int]) -> Survival:
    """Return the survival of runs, given when it ``happened`` in each (None: it did not).

    ``ended`` [runs] is each run's last epoch. Raises TimelessError if there are no runs.
    """
    if not happened:
        raise TimelessError("there are no runs to estimate from", remedy="give at least one")
    seen = [epoch for epoch in happened if epoch is not None]
    censored = [end for epoch, end in zip(happened, ended, strict=True) if epoch is None]
    if not seen:
        nothing = np.zeros(0)
        steps = nothing.astype(np.int64)
        return Survival(len(happened), len(censored), steps, nothing, nothing, nothing)
    curve = ecdf(CensoredData(uncensored=seen, right=censored)).sf
    falls = np.isin(curve.quantiles, seen)
    share = curve.probabilities[falls]
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        bounds = curve.confidence_interval(confidence_level=CONFIDENCE, method="log-log")
    # Where nothing is left the formula has no bounds, and nothing is known of the share.
    low = np.nan_to_num(bounds.low.probabilities[falls], nan=0.0)
    high = np.nan_to_num(bounds.high.probabilities[falls], nan=1.0)
    epochs = curve.quantiles[falls].astype(np.int64)
    return Survival(len(happened), len(censored), epochs, share, low, high)
