"""Counts down from three."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ToyConfig:
    steps: int = 3
    lr: float = 0.001


CONFIG = ToyConfig()
NEEDS: tuple[str, ...] = ()
