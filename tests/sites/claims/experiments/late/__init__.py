"""Other runs as long as the main one, of which there are none."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    seeds: tuple[int, ...] = ()


CONFIG = Config()
NEEDS: tuple[str, ...] = ()
