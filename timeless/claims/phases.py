"""Claims about the phases of the main run, and about what announces the change."""

from collections.abc import Iterator, Mapping
from typing import Any

from timeless.claims.evidence import Evidence, between, too_short, value_at
from timeless.claims.verdicts import Claim, Measured, Part, cannot
from timeless.results.artifacts import Results, Table
from timeless.rules import first_epoch

FIRST, SECOND = 2_000, 8_000  # epochs: where the claims put the boundaries
ABOUT = 0.25  # a quarter of the epoch: what "about" allows
FALLS = 0.5  # to half of what it was, or less
FLAT = 0.1  # of ln p
VERY_HIGH = 2  # times ln p
MOST = 0.5  # of the runs
STRUCTURAL = {
    "restricted_loss_online": "restricted loss",
    "spectral_entropy": "spectral entropy",
    "gini_W_E": "Gini coefficient",
    "sum_sq_weights": "sum of squared weights",
}
NATS = "nats"


def _near(epoch: int) -> tuple[int, int]:
    return round((1 - ABOUT) * epoch), round((1 + ABOUT) * epoch)


def _change(
    look: Evidence, table: str, column: str, words: str, epochs: tuple[int, int]
) -> tuple[bool, list[Measured]]:
    """Return whether a loss is at least halved between two epochs, and its values there."""
    before, after = (value_at(look.table(table), column, epoch) for epoch in epochs)
    place = f"series.{table}"
    measured = [
        look.found(f"{words} at epoch {epoch:,}", value, place, ".3g", unit=NATS)
        for epoch, value in zip(epochs, (before, after), strict=True)
    ]
    return after <= FALLS * before, measured


def _phase1(results: Results) -> Iterator[Part]:
    look = Evidence(results, "addition")
    progress = look.table("progress")
    halved = f"between epochs 0 and {FIRST:,} {{}} falls by half or more"
    low, high = _near(FIRST)
    turns = f"the excluded loss is lowest between epochs {low:,} and {high:,}"
    short = too_short(progress, FIRST)
    if short:
        for says in (halved.format("the train loss"), halved.format("the excluded loss"), turns):
            yield cannot(says, short)
        return
    for column, words in (("loss_train", "train loss"), ("excluded_loss_train", "excluded loss")):
        holds, measured = _change(look, "progress", column, words, (0, FIRST))
        yield Part(halved.format(f"the {words}"), holds, measured)
    lowest = look.quote("epoch of the lowest", "circuit_starts", otherwise="no grokking")
    if lowest.value is None:
        yield cannot(turns, "the run does not generalise", [lowest])
        return
    confirmed, until = look.table("progress_confirmed"), look["grok_epoch"]
    losses = between(confirmed, "excluded_loss_train", 0, until)
    other = look.found(
        "by the frequencies it grokked with",
        int(confirmed["epoch"][losses.argmin()]),
        "series.progress_confirmed",
    )
    yield Part(turns, low <= lowest.value <= high, [lowest, other])


def _flat(look: Evidence, column: str, words: str, epochs: tuple[int, int], says: str) -> Part:
    """Return the part that a loss of the curves keeps within a band of a tenth of ln p."""
    losses, chance = between(look.table("curves"), column, *epochs), look["chance_loss"]
    place = "series.curves"
    measured = [
        look.found(f"smallest {words}", losses.min(), place, ".3g", unit=NATS),
        look.found("largest", losses.max(), place, ".3g", unit=NATS),
    ]
    return Part(says, bool(losses.max() - losses.min() <= FLAT * chance), measured)


def _phase2(results: Results) -> Iterator[Part]:
    look = Evidence(results, "addition")
    band = FLAT * look["chance_loss"]
    span = f"from epoch {FIRST:,} to {SECOND:,}"
    flat = {
        column: f"{span} the {words} stays within {band:.2f} nats"
        for column, words in (("train_loss", "train loss"), ("test_loss", "test loss"))
    }
    falls = f"{span} the restricted loss falls by half or more"
    short = too_short(look.table("curves"), SECOND)
    if short:
        yield from (cannot(says, short) for says in (*flat.values(), falls))
        return
    for column, says in flat.items():
        yield _flat(look, column, column.replace("_", " "), (FIRST, SECOND), says)
    holds, measured = _change(
        look, "progress", "restricted_loss_all", "restricted loss", (FIRST, SECOND)
    )
    _, other = _change(
        look,
        "progress_confirmed",
        "restricted_loss_all",
        "by the frequencies it grokked with",
        (FIRST, SECOND),
    )
    yield Part(falls, holds, [*measured, *other])


def _phase3(results: Results) -> Iterator[Part]:
    look = Evidence(results, "addition")
    progress, chance = look.table("progress"), look["chance_loss"]
    low, high = _near(SECOND)
    reaches = f"after epoch {SECOND:,} the excluded loss reaches {VERY_HIGH * chance:.2f} nats"
    crosses = f"it first exceeds ln p between epochs {low:,} and {high:,}"
    short = too_short(progress, high)
    if short:
        yield from (cannot(says, short) for says in (reaches, crosses))
        return
    after = between(progress, "excluded_loss_train", SECOND, int(progress["epoch"][-1]))
    place = "series.progress"
    most = look.found("largest", after.max(), place, ".1f", unit=NATS)
    last = look.found("at the end", after[-1], place, ".1f", unit=NATS)
    yield Part(reaches, bool(after.max() >= VERY_HIGH * chance), [most, last])
    above = _settled_above(progress, chance)
    crossed = look.found("first checkpoint above ln p", above, place, otherwise="none")
    yield Part(crosses, above is not None and low <= above <= high, [crossed])


def _settled_above(progress: Table, chance: float) -> int | None:
    """Return the first checkpoint above ln p since the loss was smallest (it begins there)."""
    epochs, losses = progress["epoch"], progress["excluded_loss_train"]
    return first_epoch(epochs, (losses > chance) & (epochs > epochs[losses.argmin()]))


def _invisible(results: Results) -> Iterator[Part]:
    look = Evidence(results, "phases")
    lead: Mapping[str, Mapping[str, Any]] = look["lead"]
    runs = "of the runs that generalise"
    weights = f"a measure of the weights moves first in most {runs} (lower bound above one half)"
    silent = "such a measure stays silent on every run that does not generalise"
    losses = f"the test loss does not move first in most {runs} (upper bound below one half)"
    unseen = "nor does the loss on unseen pairs before accuracy on unseen pairs"
    if not lead["loss_test"]["ahead"]["n"]:
        yield from (cannot(says, "no run generalises late") for says in (weights, losses, unseen))
        return
    early = [name for name in STRUCTURAL if lead[name]["ahead"]["low"] > MOST]
    yield Part(weights, bool(early), [_rate(look, name, "ahead") for name in STRUCTURAL])
    quiet = any(not lead[name]["false"]["count"] for name in early)
    alarms = [_rate(look, name, "false") for name in early]
    if all(lead[name]["false"]["n"] for name in early):
        yield Part(silent, quiet, alarms)
    else:
        yield cannot(silent, "every run generalises", alarms)
    behind = lead["loss_test"]["ahead"]["high"] < MOST
    yield Part(losses, behind, [_rate(look, "loss_test", "ahead")])
    over = lead["loss_unseen"]["over_unseen"]
    if over is None:
        yield cannot(unseen, "no run tells mirrored from unseen pairs")
        return
    behind = over["ahead"]["high"] < MOST
    yield Part(unseen, behind, [_rate(look, "loss_unseen", "over_unseen.ahead")])


def _rate(look: Evidence, measure: str, key: str) -> Measured:
    """Return how many of how many runs, with the interval in the words."""
    rate = look[f"lead.{measure}.{key}"]
    words = f"{STRUCTURAL.get(measure, measure.replace('_', ' '))}: of {rate['n']} runs "
    words += f"(interval {rate['low']:.0%} to {rate['high']:.0%})"
    return look.quote(words, f"lead.{measure}.{key}.count")


_ABOUT = f"About: within {ABOUT:.0%} of the epoch. "
_FREQS = "Key frequencies: those of the last checkpoint; those it grokked with do not decide."
PHASE1 = Claim(
    "phase1",
    "To about epoch 2,000 the excluded loss falls with the train loss.",
    _ABOUT + "Falls: by half or more. To: it is lowest there, among the checkpoints up to the "
    "grokking epoch. " + _FREQS,
    ("addition",),
    "progress-measures",
    _phase1,
)
PHASE2 = Claim(
    "phase2",
    "From about epoch 2,000 to 8,000 both losses are flat while the restricted loss falls.",
    "Both losses: train and test. Flat: within a band of a tenth of ln p. Falls: by half or "
    "more. " + _FREQS,
    ("addition",),
    "progress-measures",
    _phase2,
)
PHASE3 = Claim(
    "phase3",
    "After about epoch 8,000 the excluded loss becomes very high.",
    _ABOUT
    + f"Very high: {VERY_HIGH} ln p, twice the loss of guessing; it becomes so where it first "
    "exceeds ln p since its lowest.",
    ("addition",),
    "progress-measures",
    _phase3,
)
INVISIBLE = Claim(
    "invisible",
    "While the circuit forms, losses and accuracies do not show it and weights do.",
    "Moves: raises an alarm by the rule of the phases, stated beforehand, on every run to which it "
    "applies. First: before test accuracy does. A measure shows the circuit if it does so in most "
    "runs and is silent on every run that does not generalise; losses do not show it if they are "
    "first in the smaller part. Most: Wilson's 95% interval lies beyond one half. What takes the "
    "frequencies of the end does not count, since nobody has those in time.",
    ("phases",),
    "lead-times",
    _invisible,
)
