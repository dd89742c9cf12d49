"""Rates and medians of few runs, with their 95% intervals. Nothing here needs SciPy."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, inf, isfinite, sqrt
from statistics import NormalDist, median
from typing import Any

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)


@dataclass(frozen=True)
class Rate:
    """How many of ``n`` runs something happened in."""

    count: int
    n: int

    @property
    def share(self) -> float | None:
        """Return the share of the runs, or None of none."""
        return self.count / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """Return Wilson's 95% score interval; from 0 to 1 where there are no runs.

        Source: Wilson 1927.
        """
        if not self.n:
            return 0.0, 1.0
        share, z2 = self.count / self.n, _Z**2
        middle = (share + z2 / (2 * self.n)) / (1 + z2 / self.n)
        reach = _Z * sqrt(share * (1 - share) / self.n + z2 / (4 * self.n**2)) / (1 + z2 / self.n)
        low = 0.0 if self.count == 0 else middle - reach  # without rounding's traces
        return low, 1.0 if self.count == self.n else middle + reach

    def as_summary(self) -> dict[str, Any]:
        """Return count, number of runs, share and interval as an artifact's summary holds them."""
        low, high = self.interval
        return {"count": self.count, "n": self.n, "share": self.share, "low": low, "high": high}


def median_summary(values: Sequence[float | None]) -> dict[str, Any]:
    """Return ``median``, ``low`` and ``high`` of values; a missing one counts as the smallest.

    The interval lies between the two order statistics that hold the median with 95% at least,
    whatever the distribution; with fewer than six values there is none. What would be a missing
    value is None.
    """
    ordered = sorted(-inf if value is None else value for value in values)
    n = len(ordered)
    tails = [sum(comb(n, j) for j in range(k + 1)) / 2**n for k in range(n)]
    outside = sum(tail <= (1 - CONFIDENCE) / 2 for tail in tails)
    bounds = (ordered[outside - 1], ordered[n - outside]) if outside else (-inf, inf)
    found = {"median": median(ordered) if n else -inf, "low": bounds[0], "high": bounds[1]}
    return {name: value if isfinite(value) else None for name, value in found.items()}
