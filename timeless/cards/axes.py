"""Axes: from values to pixels, as Plotly's layout of a figure asks, and the values to name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

NICE = (1, 2, 2.5, 5, 10)
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class Scale:
    """One axis of a panel: its range ``low`` to ``high`` lies over ``start`` to ``end``, pixels.

    On a logarithmic axis the range is of logarithms to base 10. ``names`` are the categories of
    one that has no numbers, at 0, 1, 2, ….
    """

    axis: Mapping[str, Any]
    low: float
    high: float
    start: float
    end: float
    names: Sequence[str] = ()

    @property
    def log(self) -> bool:
        """Whether equal steps are equal ratios."""
        return bool(self.axis.get("type") == "log")

    def place(self, values: Any) -> NDArray[np.float64]:
        """Return where values lie, in pixels; what the axis cannot show is not a number."""
        numbers = self.numbers(values)
        with np.errstate(divide="ignore", invalid="ignore"):
            seen = np.log10(np.where(numbers > 0, numbers, np.nan)) if self.log else numbers
        return self.start + (seen - self.low) / (self.high - self.low) * (self.end - self.start)

    def at(self, value: float) -> float:
        """Return where one value lies, a category by its number."""
        seen = np.log10(value) if self.log and value > 0 else value
        return float(
            self.start + (seen - self.low) / (self.high - self.low) * (self.end - self.start)
        )

    @property
    def ends(self) -> tuple[float, float]:
        """The pixels at its two ends."""
        return self.start, self.end

    def numbers(self, values: Any) -> NDArray[np.float64]:
        """Return values as numbers, those that are names by their places."""
        return numbers(values, self.names)

    def ticks(self, room: float) -> list[tuple[float, str]]:
        """Return values with what to write there, at most one in ``room`` pixels."""
        most = max(2, int(abs(self.end - self.start) // room) + 1)
        chosen = self.axis.get("tickvals")
        if chosen is not None:
            texts = self.axis.get("ticktext") or [self._said(float(v)) for v in chosen]
            return [(float(v), str(text)) for v, text in zip(chosen, texts, strict=True)]
        if self.names:
            return [(float(i), name) for i, name in enumerate(self.names)]
        low, high = sorted((self.low, self.high))
        if self.log:
            first, last = int(np.ceil(low - 1e-6)), int(np.floor(high + 1e-6))
            step = max(1, -(-(last - first + 1) // most))
            return [(10.0**n, self._said(10.0**n)) for n in range(last, first - 1, -step)]
        values = _round_values(low, high, most)
        return [(value, self._said(value)) for value in values]

    def _said(self, value: float) -> str:
        if str(self.axis.get("tickformat", "")).endswith("%"):
            return f"{value:.0%}"
        if self.log and not 1e-3 < value < 1e6:
            return "10" + str(round(np.log10(value))).translate(_SUPERSCRIPT)
        return f"{value:,g}" if abs(value) < 1e5 else f"{value:,.0f}"


def numbers(values: Any, names: Sequence[str]) -> NDArray[np.float64]:
    """Return values as numbers, those that are names by their places among them."""
    if not names:
        return np.array([np.nan if v is None else v for v in values], np.float64)
    return np.array([names.index(str(value)) for value in values], np.float64)


def names_in(values: Sequence[Sequence[Any]]) -> list[str]:
    """Return the categories among the values of an axis, in the order in which they come."""
    found = (str(v) for part in values for v in part if isinstance(v, str))
    return list(dict.fromkeys(found))


def span(axis: Mapping[str, Any], values: NDArray[Any], *, roomy: bool) -> tuple[float, float]:
    """Return the range of an axis over values, that of the layout where it gives one.

    ``roomy`` leaves some room at both ends.
    """
    if axis.get("range") is not None:
        low, high = axis["range"]
        return float(low), float(high)
    log = axis.get("type") == "log"
    seen = values[np.isfinite(values) & ((values > 0) | (not log))]
    seen = np.log10(seen) if log else seen
    low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
    if axis.get("rangemode") == "tozero" and not log:
        low, high = min(low, 0), max(high, 0)
    room = 0.05 * ((high - low) or 1)
    at_zero = not log and low == 0
    low, high = low - room * (roomy and not at_zero), high + room * roomy
    return (high, low) if axis.get("autorange") == "reversed" else (low, high)


def _round_values(low: float, high: float, most: int) -> list[float]:
    """Return round values within a range, ``most`` of them at most."""
    rough = (high - low) / max(most - 1, 1)
    size = 10.0 ** np.floor(np.log10(rough))
    step = next(size * nice for nice in NICE if size * nice >= rough * (1 - 1e-9))
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    return [float(n * step) + 0.0 for n in np.arange(first, last + 1)]
