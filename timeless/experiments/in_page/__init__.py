"""How long does a network take that a reader trains in a page, to memorise and to generalise?

The networks that the page about training offers, each with several seeds, trained by the page's own
compiled kernels. A run ends when enough of all test pairs are answered rightly, or at its budget.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NAME = "in_page"
NEEDS: tuple[str, ...] = ()

# As the page's controls say it: shares in percent, the MLP four times as wide as the stream.
FIRST: dict[str, Any] = {
    "p": 59,
    "operation": "a+b",
    "share": 50,
    "heads": 1,
    "width": 64,
    "activation": "relu",
    "rate": 0.003,
    "decay": 2.0,
    "epochs": 600,
}
PRESETS: dict[str, dict[str, Any]] = {
    "addition": {},
    "no_decay": {"decay": 0.0, "epochs": 1_000},
    "scarce": {"share": 40, "epochs": 2_000},
    "multiplication": {"operation": "a*b", "epochs": 1_000},
    "velocity": {"operation": "v0+a*t", "share": 80, "heads": 4, "epochs": 1_000},
    "subtraction": {"operation": "a-b", "share": 80, "heads": 4, "epochs": 2_000},
    "large": {"p": 131, "share": 45, "decay": 1.0, "epochs": 600},
    "wide": {"p": 131, "share": 45, "width": 128, "decay": 1.0, "epochs": 600},
}


@dataclass(frozen=True)
class Config:
    """The page's first network, and what is different in each of its presets.

    A point is measured every ``measure_every`` epochs; ``enough`` is the accuracy that counts as
    memorised on training pairs, as generalised on all test pairs.
    """

    first: Mapping[str, Any] = field(default_factory=lambda: FIRST)
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: PRESETS)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    measure_every: int = 10
    enough: float = 0.99

    def state(self, preset: str) -> dict[str, Any]:
        """Return a preset as the page's controls say it."""
        return {**self.first, **self.presets[preset]}


CONFIG = Config()
QUICK = Config(
    first=FIRST | {"p": 5, "share": 60, "width": 32, "epochs": 20},
    presets={"addition": {}},
    seeds=(0, 1),
)
