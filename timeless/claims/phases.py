"""Claims about the phases of the main run."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from timeless.claims.evidence import Evidence, between, too_short, value_at
from timeless.claims.verdicts import Claim, Measured, Part, cannot
from timeless.results.artifacts import Results, Table
from timeless.rules import first_epoch

FIRST, SECOND = 2_000, 8_000  # epochs: where the claims put the boundaries
ABOUT = 0.25  # a quarter of the epoch: what "about" allows
FALLS = 0.5  # to half of what it was, or less
FLAT = 0.1  # of ln p
VERY_HIGH = 2  # times ln p
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
    yield _beyond_random(results)


def _beyond_random(results: Results) -> Part:
    """Return the part that what falls is special: as many random frequencies fall less."""
    look = Evidence(results, "revisited")
    table = look.table("random_frequencies")
    says = f"to epoch {FIRST:,} it falls further than that of every set of as many random ones"
    key, least = (value_at(table, f"confirmed_{name}", FIRST) for name in ("key", "random_min"))
    measured = [
        look.found(words, value, "series.random_frequencies", ".2g", unit=NATS)
        for words, value in (("key frequencies", key), ("least of the random sets", least))
    ]
    return Part(says, key < least, measured)


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
    name = "restricted_loss_all"
    holds, measured = _change(
        look, "progress_confirmed", name, "by the frequencies it grokked with", (FIRST, SECOND)
    )
    _, other = _change(look, "progress", name, "by those of the end", (FIRST, SECOND))
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
    after = after[_no_relapse(look, between(progress, "epoch", SECOND, int(progress["epoch"][-1])))]
    place = "series.progress"
    most = look.found("largest outside relapses", after.max(), place, ".1f", unit=NATS)
    last = look.found("at the end", after[-1], place, ".1f", unit=NATS)
    yield Part(reaches, bool(after.max() >= VERY_HIGH * chance), [most, last])
    above = _settled_above(progress, chance)
    crossed = look.found("first checkpoint above ln p", above, place, otherwise="none")
    yield Part(crosses, above is not None and low <= above <= high, [crossed])


def _no_relapse(look: Evidence, epochs: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which epochs lie outside the relapses after the grokking epoch."""
    outside = np.ones(len(epochs), dtype=np.bool_)
    for span in look["relapses"]:
        outside &= (epochs < span["first"]) | (epochs > span["last"])
    return outside


def _settled_above(progress: Table, chance: float) -> int | None:
    """Return the first checkpoint above ln p since the loss was smallest (it begins there)."""
    epochs, losses = progress["epoch"], progress["excluded_loss_train"]
    return first_epoch(epochs, (losses > chance) & (epochs > epochs[losses.argmin()]))


_ABOUT = f"About: within {ABOUT:.0%} of the epoch. "
_FREQS = "Key frequencies: those of the last checkpoint; those it grokked with do not decide."
PHASE1 = Claim(
    "phase1",
    "To about epoch 2,000 the excluded loss falls with the train loss.",
    _ABOUT + "Falls: by half or more, and further than for random frequencies, whose excluded loss "
    "falls with the train loss, too. To: it is lowest there, among the checkpoints up to the "
    "grokking epoch. " + _FREQS,
    ("addition", "revisited"),
    "progress-measures",
    _phase1,
)
PHASE2 = Claim(
    "phase2",
    "From about epoch 2,000 to 8,000 both losses are flat while the restricted loss falls.",
    "Both losses: train and test. Flat: within a band of a tenth of ln p. Falls: by half or "
    "more, by the key frequencies that it grokked with.",
    ("addition",),
    "progress-measures",
    _phase2,
)
PHASE3 = Claim(
    "phase3",
    "After about epoch 8,000 the excluded loss becomes very high.",
    _ABOUT + f"Very high: {VERY_HIGH} ln p, twice the loss of guessing, also outside relapses; it "
    "becomes so where it first exceeds ln p since its lowest.",
    ("addition",),
    "progress-measures",
    _phase3,
)
