"""Claims about the curves of the main run: data, memorisation, the click, and what follows it."""

from collections.abc import Iterator

from timeless.claims.evidence import (
    Evidence,
    between,
    ends,
    too_short,
    value_at,
)
from timeless.claims.verdicts import Claim, Part, cannot
from timeless.results.artifacts import Results
from timeless.rules import first_epoch

PAIRS, TRAIN, TEST, FRACTION = 17_161, 5_148, 12_013, 0.3
SMALL_LOSS = 1e-5
FEW_HUNDRED = 500  # epochs: three to five hundred are a few
NEAR = 0.1  # a tenth: what "near", "flat" and "slightly" allow
PARTED = 2_000  # epochs
KNOWN, UNKNOWN = 0.99, 0.05  # accuracies: the study's threshold, and one right in twenty
CLICK, CLICK_NEAR = 7_500, 500  # epochs
CLICK_TAKES = 500  # epochs
CLICK_FROM, CLICK_TO = 0.15, 0.998
LAST = 40_000  # epochs


def _data(results: Results) -> Iterator[Part]:
    look = Evidence(results, "addition")
    p, share = look["config.train.model.p"], look["config.train.frac_train"]
    pairs = look.quote("all pairs", "n_pairs")
    yield Part(f"p² = {PAIRS:,} pairs", pairs.value == PAIRS == p**2, [pairs])
    for n, key, words in ((TRAIN, "n_train", "for training"), (TEST, "n_test", "for validation")):
        says = f"at {FRACTION:.0%} of the pairs, {n:,} {words}"
        found = look.quote(f"pairs {words}", key)
        measured = [found, look.quote("share for training", "config.train.frac_train", ".0%")]
        yield Part(says, found.value == n and share == FRACTION, measured)


def _memorise_fast(results: Results) -> Iterator[Part]:
    look = Evidence(results, "addition")
    curves = look.table("curves")
    small = first_epoch(curves["epoch"], curves["train_loss"] < SMALL_LOSS)
    says = f"a train loss below 10⁻⁵ nats by epoch {FEW_HUNDRED}"
    measured = [
        look.found("first logged epoch with it", small, "series.curves", otherwise="never"),
        look.found(
            f"train loss at epoch {min(FEW_HUNDRED, ends(curves))}",
            value_at(curves, "train_loss", FEW_HUNDRED),
            "series.curves",
            ".1e",
            unit="nats",
        ),
    ]
    short = too_short(curves, FEW_HUNDRED)
    if small is None and short:
        yield cannot(says, short, measured)
    else:
        yield Part(says, small is not None and small <= FEW_HUNDRED, measured)


def _test_flat(results: Results) -> Iterator[Part]:
    look = Evidence(results, "addition")
    curves, chance = look.table("curves"), look["chance_loss"]
    small = first_epoch(curves["epoch"], curves["train_loss"] < SMALL_LOSS)
    until = look["memorisation_epoch"] if small is None else small
    low, high = (1 - NEAR) * chance, (1 + NEAR) * chance
    falls = f"meanwhile the test loss stays above {low:.2f} nats"
    rises = f"meanwhile the test loss stays below {high:.2f} nats"
    if until is None:
        yield cannot(falls, "the run does not memorise")
        yield cannot(rises, "the run does not memorise")
        return
    losses = between(curves, "test_loss", 0, until)
    ended = look.found("meanwhile is until epoch", until, "series.curves")
    least = look.found("smallest", losses.min(), "series.curves", ".2f", unit="nats")
    most = look.found("largest", losses.max(), "series.curves", ".2f", unit="nats")
    yield Part(falls, bool(losses.min() > low), [ended, least])
    yield Part(rises, bool(losses.max() < high), [most, look.quote("ln p", "chance_loss", ".3f")])


def _gap_2000(results: Results) -> Iterator[Part]:
    look = Evidence(results, "addition")
    curves, chance = look.table("curves"), look["chance_loss"]
    since = look["memorisation_epoch"]
    says = (
        f"from the memorisation epoch to epoch {PARTED:,}, train accuracy of {KNOWN:.0%} or more",
        f"test accuracy of {UNKNOWN:.0%} or less",
        "a test loss of ln p or more, no better than guessing",
    )
    short = too_short(curves, PARTED)
    if short:
        yield from (cannot(each, short) for each in says)
        return
    first = look.quote("memorisation epoch", "memorisation_epoch", otherwise="not reached")
    parts = since is not None and since <= PARTED
    start = since if since is not None and parts else PARTED
    train = between(curves, "train_accuracy", start, PARTED).min()
    test = between(curves, "test_accuracy", start, PARTED).max()
    loss = between(curves, "test_loss", start, PARTED).min()
    yield Part(
        says[0],
        bool(parts and train >= KNOWN),
        [first, look.found("smallest train accuracy", train, "series.curves", ".1%")],
    )
    yield Part(
        says[1],
        bool(parts and test <= UNKNOWN),
        [look.found("largest test accuracy", test, "series.curves", ".1%")],
    )
    yield Part(
        says[2],
        bool(parts and loss >= chance),
        [look.found("smallest test loss", loss, "series.curves", ".1f", unit="nats")],
    )


def _click(results: Results) -> Iterator[Part]:
    look = Evidence(results, "addition")
    curves = look.table("curves")
    risen = look.quote(
        f"first logged epoch with {CLICK_TO:.1%}", "test_accuracy_99_8_epoch", otherwise="none"
    )
    started = look.quote(f"with {CLICK_FROM:.0%}", "test_accuracy_15_epoch")
    halfway = look.quote("first logged epoch with 50%", "test_accuracy_50_epoch")
    rises = f"test accuracy rises from {CLICK_FROM:.0%} to {CLICK_TO:.1%}"
    when = f"it passes 50% within {CLICK_NEAR} epochs of epoch {CLICK:,}"
    takes = f"the rise takes fewer than {CLICK_TAKES} epochs"
    short = too_short(curves, CLICK + CLICK_NEAR)
    if risen.value is None and short:
        yield from (cannot(says, short, [risen]) for says in (rises, when, takes))
        return
    whole = risen.value is not None and started.value is not None
    yield Part(rises, whole, [started, risen])
    near = halfway.value is not None and abs(halfway.value - CLICK) <= CLICK_NEAR
    yield Part(when, near, [halfway])
    took = risen.value - started.value if whole else None
    length = look.found("epochs that it takes", took, "series.curves")
    yield Part(takes, took is not None and took < CLICK_TAKES, [length])


def _stable(results: Results) -> Iterator[Part]:
    look = Evidence(results, "addition")
    says = f"no relapse below 99% test accuracy from the grokking epoch to epoch {LAST:,}"
    grokked = look.quote("grokking epoch", "grok_epoch", otherwise="not reached")
    short = too_short(look.table("curves"), LAST)
    if grokked.value is None:
        yield cannot(says, "the run does not generalise", [grokked])
        return
    count = look.quote("relapses", "n_relapses")
    worst = look.quote("lowest test accuracy since", "worst_after_grok.test_accuracy", ".1%")
    when = look.quote("at epoch", "worst_after_grok.epoch")
    measured = [grokked, count, worst, when]
    if short and not count.value:
        yield cannot(says, short, measured)
    else:
        yield Part(says, count.value == 0, measured)


DATA = Claim(
    "data",
    "There are p² = 17,161 pairs. 30% of them give 5,148 for training, which leaves 12,013 for "
    "validation.",
    "Whole numbers: no tolerance.",
    ("addition",),
    "curves",
    _data,
)
MEMORISE_FAST = Claim(
    "memorise-fast",
    "Train loss falls below 10⁻⁵ within a few hundred epochs.",
    f"A few hundred: at most {FEW_HUNDRED}. The first logged epoch counts, even if the loss rises "
    "again.",
    ("addition",),
    "curves",
    _memorise_fast,
)
TEST_FLAT = Claim(
    "test-flat",
    "Meanwhile the test loss stays flat or rises slightly, near ln 131 = 4.87, which is chance.",
    "Meanwhile: until the train loss is first below 10⁻⁵ (or, if it never is, until the "
    "memorisation epoch). Flat, slightly, near: within a tenth of ln p.",
    ("addition",),
    "curves",
    _test_flat,
)
GAP_2000 = Claim(
    "gap-2000",
    "Through epoch 2,000 train and test part completely.",
    "Completely: train accuracy at the study's threshold of 99%; test accuracy of at most one in "
    "twenty, where chance is one in 131; and a test loss no better than that of guessing.",
    ("addition",),
    "curves",
    _gap_2000,
)
CLICK_CLAIM = Claim(
    "click",
    "Near epoch 7,500 test accuracy goes from 15% to 99.8% in under 500 epochs.",
    f"Near: half of the test pairs are right within {CLICK_NEAR} epochs of it, as the whole rise "
    "is said to take less than that. The number of epochs that it takes is read as it stands.",
    ("addition",),
    "curves",
    _click,
)
STABLE = Claim(
    "stable",
    "The remaining epochs to 40,000 show no relapse.",
    "A relapse is a stretch of logged epochs with test accuracy below 99% after the grokking "
    "epoch; stretches at most 1,000 epochs apart count as one. None is allowed.",
    ("addition",),
    "curves",
    _stable,
)
