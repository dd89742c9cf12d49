"""Where are the tokens and the neurons, while the network learns?

On the published checkpoints of the addition run: the coordinates of every number token and every
neuron in the plane of each key frequency of the last checkpoint, with energy, spectral entropy
and order parameter of each of these states, beside the same measures of the whole network.
The planes stay fixed, so what moves is the network and not the point of view.
"""

from dataclasses import dataclass

NAME = "particles"
NEEDS = ("addition",)


@dataclass(frozen=True)
class Config:
    """The significant digits that are kept of a coordinate."""

    digits: int = 4


CONFIG = Config()
QUICK = Config()
