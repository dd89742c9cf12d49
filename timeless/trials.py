"""Trials: what the laboratory tries on the networks. Frozen, and stored with its results."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trials:
    """What is tried: temperatures, steps along directions, branches, knock-outs.

    ``temperatures`` is (lowest, highest, how many), evenly spaced in their logarithm. Lengths
    are ``fractions`` of the norm of the initial weights, or of the network's own; ``headline``
    is the fraction that claims are judged by. ``profile`` is (fraction, how many) to both
    sides. ``step`` is that of the finite differences. Branches go on for ``n_steps``. Branches
    and random steps are taken from the ``compared`` stages, random steps also from the control.
    """

    temperatures: tuple[float, float, int] = (0.05, 20.0, 21)
    fractions: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2, 0.4)
    headline: float = 0.1
    n_directions: int = 20
    profile: tuple[float, int] = (0.2, 20)
    step: float = 1e-6
    n_steps: int = 200
    log_every: int = 5
    n_random_sets: int = 20
    compared: tuple[str, ...] = ("memorised", "generalised", "last", "control")
