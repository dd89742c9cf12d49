"""The main run with other seeds, of which there are none: claims rest on the main run alone."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    seeds: tuple[int, ...] = ()


CONFIG = Config()
NEEDS: tuple[str, ...] = ()
