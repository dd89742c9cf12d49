"""A proposal of others: what keeps a network without weight decay from generalising."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from timeless.analysis.rates import Rate
from timeless.claims.evidence import Evidence
from timeless.claims.runs import MOST
from timeless.claims.verdicts import ENOUGH, Claim, Measured, Part, cannot
from timeless.results.artifacts import Results

COLLAPSED = 0.5  # of the training losses
ALONG = 0.5**0.5  # a cosine, by which half of the gradient's square lies along the weights
GENERALISE = {
    "decay": "with decay, the control, a run generalises",
    "stablemax_float64": "with StableMax, without decay, it does",
    "stablemax_epsilon": "with StableMax and next to no epsilon it does",
    "perpendicular_float64": "with ⊥Grad it does",
    "perpendicular_float32": "with ⊥Grad and a float32 loss it does",
}
SOFTMAX = {"float64": "softmax_float64", "float32": "softmax_float32"}

Record = Mapping[str, Any]


def _judge(results: Results) -> Iterator[Part]:
    look = Evidence(results, "without_decay")
    for arm, says in GENERALISE.items():
        reached = look.quote("runs that did", f"arms.{arm}.n_grokked")
        yield _in_most(says, _runs(look, arm), _grokked, [reached])
    for precision, arm in SOFTMAX.items():
        runs = _runs(look, arm)
        says = f"with a {precision} softmax and no decay it does not"
        reached = look.quote("runs that did", f"arms.{arm}.n_grokked")
        yield _in_most(says, runs, lambda run: not _grokked(run), [reached])
        still = [run for run in runs if not _grokked(run)]
        says = f"there {COLLAPSED:.0%} of the training losses, or more, are exactly 0 at the end"
        zero = look.quote("share, median", f"arms.{arm}.zero_loss_share_median", ".1%")
        yield _in_most(says, still, lambda run: run["zero_loss_share"] >= COLLAPSED, [zero])
        known = [run for run in runs if run["along_weights"] is not None]
        says = (
            f"and since memorising, by a cosine of {ALONG:.2f} or more, the gradient has pointed "
        )
        says += "along the weights"
        along = look.quote("cosine, median", f"arms.{arm}.along_weights_median", ".2f")
        yield _in_most(says, known, lambda run: run["along_weights"] >= ALONG, [along])


def _runs(look: Evidence, arm: str) -> list[Record]:
    """Return the records of an arm's runs."""
    return [run for name, run in look["runs"].items() if name.rpartition("_seed")[0] == arm]


def _grokked(run: Record) -> bool:
    return run["grok_epoch"] is not None


def _in_most(
    says: str, runs: list[Record], holds: Callable[[Record], bool], measured: list[Measured]
) -> Part:
    """Return the part that something holds in most of the runs, in all if they are few."""
    if not runs:
        return cannot(says, "there is no such run", measured)
    rate = Rate(sum(holds(run) for run in runs), len(runs))
    most = rate.interval[0] > MOST if rate.n >= ENOUGH else rate.count == rate.n
    return Part(says, most, measured, rate=rate)


WITHOUT_DECAY = Claim(
    "without-decay",
    "Without weight decay a network scales its logits until its softmax rounds losses to 0 and "
    "learning stops; StableMax, or ⊥Grad, lets it generalise.",
    "Not the study's own: proposed by Prieto et al. 2025 (arXiv 2501.04697) for other networks, "
    "and read here before any of these runs was looked at, after scouting with another seed. On "
    "the small network of the interventions, at 40% of the pairs, within the budgets of its runs; "
    "three with StableMax got a larger one when they had been seen not to generalise, a quarter "
    "of what theirs have. A part holds if it does in most runs: if Wilson's lower bound at 95% is "
    "above one half. Losses of 0 are counted at the last "
    "checkpoint, in the run's own precision; the cosine is that of the negative gradient and all "
    "weights, its median over the checkpoints from the memorisation epoch on, and its limit means "
    "that half of the square of the gradient's length lies along the weights. A run that neither "
    "generalises nor has such losses speaks against the explanation. Their code has 1e-25 for "
    "Adam's epsilon, this study 1e-8; so StableMax is also asked with 1e-15.",
    ("without_decay",),
    "without-decay",
    _judge,
    every_seed=True,
)
