"""Which phases does training pass through, and which measure announces the next one?

On the checkpoints of other experiments' runs: gradient symmetricity and distance irrelevance
over training (clock or pizza), and for each structural measure the epoch at which it raises
an alarm by the rule of `rules.Rule`, beside the epoch at which test accuracy itself does. Runs that
never generalise within their budget tell how often an alarm is false.
"""

from dataclasses import dataclass, field

from timeless.rules import Rule

NAME = "phases"
NEEDS = ("addition", "co_grokking", "fraction_sweep", "multiplication")


@dataclass(frozen=True)
class Config:
    """The rule of the alarms, other thresholds to show, and the triples of the circuit measures.

    Runs that grok less than ``least_delay`` epochs after they memorise have no plateau, and
    are left out.
    """

    rule: Rule = field(default_factory=Rule)
    thresholds: tuple[float, ...] = (0.05, 0.1, 0.2, 0.3)
    least_delay: int = 3_000
    n_triples: int = 1_000


CONFIG = Config()
QUICK = Config(Rule(window=(100, 200), stays=50), least_delay=100, n_triples=100)
