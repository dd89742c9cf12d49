"""Which phases does training pass through, and which measure announces the next one?

On the runs of other experiments: gradient symmetricity and distance irrelevance over training
(clock or pizza), and for each measure the epoch at which it raises an alarm by the rule of
`rules.Rule`, beside the epoch at which test accuracy itself does. Every run that chooses among
classes enters as `audited_runs.all_subjects` yields it, and no other choice is made by hand. Runs
that do not generalise within their budget tell how often an alarm is false.

An alarm has a threshold. It is chosen on half of the networks, drawn with ``split_seed`` within
those that generalise and within those that do not, and judged on the other half: of
``thresholds`` the one with the greatest difference between the share of runs that are announced
in time and the share of false alarms (Youden 1950), of equals the smallest.
"""

from dataclasses import dataclass, field

from timeless.analysis.audited_runs import SOURCES
from timeless.rules import Rule

NAME = "phases"
NEEDS = SOURCES


@dataclass(frozen=True)
class Config:
    """The rule of the alarms, other thresholds, the split of the runs, and the triples' number.

    Runs that grok less than ``least_delay`` epochs after they memorise have no plateau, and
    are left out. ``n_triples`` are for the circuit measures.
    """

    rule: Rule = field(default_factory=Rule)
    thresholds: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
    split_seed: int = 0
    least_delay: int = 3_000
    n_triples: int = 1_000


CONFIG = Config()
QUICK = Config(Rule(window=(100, 200), stays=50), least_delay=100, n_triples=100)
