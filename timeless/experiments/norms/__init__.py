"""Is the delay a matter of norm? A law that others proposed, asked of runs that are there already.

Nothing is trained. If generalising waits until the sum of squared weights V, which decay
shrinks at the rate 2 κ η λ, has come down to a threshold V*, the delay is
log(V at memorisation / V*) / (2 κ η λ). Source: Khanh et al. 2026 (arXiv 2605.18845).
"""

from dataclasses import dataclass

NAME = "norms"
NEEDS: tuple[str, ...] = ("addition", "seeds", "interventions", "shares")


@dataclass(frozen=True)
class Config:
    """The share of the pairs whose runs set κ and V* for those of all other shares.

    Where decay is varied, the runs with the usual decay set them; where the seed is, the main run.
    """

    calibrated_on_share: float = 0.3


CONFIG = Config()
QUICK = CONFIG
