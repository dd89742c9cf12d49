"""A run that generalises, ends, and has a known number of relapses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    epochs: int = 40_000


CONFIG = Config()
NEEDS: tuple[str, ...] = ()
