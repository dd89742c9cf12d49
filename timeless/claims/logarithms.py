"""The claim that a network which multiplies adds discrete logarithms, against orders like it."""

from collections.abc import Iterator
from math import log

from timeless.claims.evidence import Evidence
from timeless.claims.runs import in_most
from timeless.claims.verdicts import Claim, Part, cannot
from timeless.results.artifacts import Results

SPARSER = 0.1  # of Gini coefficient
HALF_AS_MANY = log(2)  # nats: a spectrum spread over half as many frequencies
RUINED, UNHARMED = 0.1, 0.9  # accuracies


def _dlog(results: Results) -> Iterator[Part]:
    look = Evidence(results, "orders")
    learned = [
        key
        for key, run in look["runs"].items()
        if run["operation"] == "multiplication" and run["learned"]
    ]
    if not learned:
        yield cannot("the order of the logarithms stands out", "no run has learned to multiply")
        return
    of_each = [[*_order(look, f"runs.{key}."), *_use(look, f"runs.{key}.")] for key in learned]
    for same in zip(*of_each, strict=True):
        yield same[0] if len(same) == 1 else in_most(same[0].says, same, whose="In the first run")
    yield _adding(look)


def _order(look: Evidence, run: str) -> Iterator[Part]:
    """Yield the parts that the spectrum is more concentrated than in any control order."""
    lead = look.quote("least lead over all of them", f"{run}lead", ".2%")
    says = "the strongest frequencies of the logarithm, however many are counted, hold more of the "
    says += "embedding's energy than as many of any control order"
    yield Part(says, lead.value > 0, [lead, look.quote("control orders", f"{run}n_controls")])
    gini = look.quote("in discrete-log order", f"{run}gini", ".2f")
    most = look.quote("largest of the controls", f"{run}gini_control", ".2f")
    says = f"its Gini coefficient is larger than that of every control by {SPARSER} or more"
    yield Part(says, gini.value >= most.value + SPARSER, [gini, most])
    entropy = look.quote("in discrete-log order", f"{run}entropy", ".2f", unit="nats")
    least = look.quote("smallest of the controls", f"{run}entropy_control", ".2f", unit="nats")
    says = "its spectral entropy is smaller by ln 2 or more, as if over half as many frequencies"
    yield Part(says, entropy.value <= least.value - HALF_AS_MANY, [entropy, least])


def _use(look: Evidence, run: str) -> Iterator[Part]:
    """Yield the parts that the answers hang on the key frequencies of the logarithm."""
    alone = look.quote("accuracy with them alone", f"{run}only_key_accuracy", ".1%")
    control = look.quote("largest of the controls", f"{run}only_control_accuracy", ".1%")
    amplified = "the same, {} amplified to the energy of all, which does not decide"
    given = look.quote(amplified.format("those"), f"{run}only_control_amplified_accuracy", ".1%")
    says = f"its key frequencies alone answer {UNHARMED:.0%} of the pairs or more, as many of the "
    says += f"strongest of a control order never more than {RUINED:.0%}"
    holds = alone.value >= UNHARMED and control.value <= RUINED
    yield Part(says, holds, [alone, control, given, look.quote("controls", f"{run}n_kept")])
    ruined = look.quote("accuracy without them", f"{run}without_key_accuracy", ".1%")
    shrunk = look.quote("of all, shrunk", f"{run}shrunk_accuracy", ".1%")
    rest = look.quote(amplified.format("the rest"), f"{run}without_key_amplified_accuracy", ".1%")
    says = f"without them at most {RUINED:.0%} are right, with all of them shrunk to as little "
    says += f"energy {UNHARMED:.0%} or more"
    measured = [ruined, shrunk, rest]
    if ruined.value <= RUINED and shrunk.value < UNHARMED:
        why = "so little energy ruins the answers by itself, whichever frequencies hold it"
        yield cannot(says, why, measured)
    else:
        yield Part(says, ruined.value <= RUINED, measured)


def _adding(look: Evidence) -> Part:
    """Return the part that in networks that add the numbers' order stands out, not this one."""
    says = "in networks that add, none of the first three holds of the logarithms, and all of the "
    says += "numbers as they stand"
    runs = look.table("runs")
    runs = runs.where((runs["operation"] == "addition") & (runs["learned"] == 1))
    margins = {
        "lead": runs["lead"] > 0,
        "gini": runs["gini"] >= runs["gini_control"] + SPARSER,
        "entropy": runs["entropy"] <= runs["entropy_control"] - HALF_AS_MANY,
    }
    of_run: dict[str, list[bool]] = {}
    for row, (run, order) in enumerate(zip(runs["run"], runs["order"], strict=True)):
        held = [bool(margin[row]) for margin in margins.values()]
        as_said = all(held) if order == "numbers" else not any(held)
        of_run.setdefault(str(run), []).append(as_said)
    if not of_run:
        return cannot(says, "no run has learned to add")
    shown = [
        look.quote(f"largest Gini coefficient over {order}", f"adding.{order}_gini_max", ".2f")
        for order in ("logarithms", "numbers")
    ]
    return in_most(says, [Part(says, all(parts), shown) for parts in of_run.values()], whose="")


DLOG = Claim(
    "dlog",
    "For multiplication the network works in discrete-log order.",
    "Against orders of equal power: the same embedding over random orders of its numbers, over "
    "logarithms of shifted numbers, log(a + c), and over the numbers themselves, each with its own "
    "strongest frequencies. The answers must hang on the key frequencies and not on energy. "
    "Ruined: at most 10% of the pairs right; unharmed: at least 90%. Stated before any control "
    "but the order of the numbers was looked at.",
    ("orders",),
    "multiplication-held",
    _dlog,
    every_seed=True,
)
