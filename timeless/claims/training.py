"""Claims about the data, about memorising them, and about what follows the click."""

from collections.abc import Iterator

from timeless.analysis.rates import Rate
from timeless.claims.evidence import (
    Evidence,
    between,
    ends,
    too_short,
    value_at,
)
from timeless.claims.runs import IN_MOST, RUNS, Watched, alike, counted
from timeless.claims.verdicts import Claim, Measured, Part, cannot
from timeless.results.artifacts import Results
from timeless.rules import first_epoch

PAIRS, TRAIN, TEST, FRACTION = 17_161, 5_148, 12_013, 0.3
SMALL_LOSS = 1e-5
FEW_HUNDRED = 500  # epochs: three to five hundred are a few
NEAR = 0.1  # a tenth: what "near", "flat" and "slightly" allow
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
    yield from counted(results, _memorises_fast)


def _memorises_fast(run: Watched) -> Iterator[Part]:
    curves = run.curves
    small = first_epoch(curves["epoch"], curves["train_loss"] < SMALL_LOSS)
    says = f"a train loss below 10⁻⁵ nats by epoch {FEW_HUNDRED}"
    words = f"train loss at epoch {min(FEW_HUNDRED, ends(curves))}"
    least = value_at(curves, "train_loss", FEW_HUNDRED)
    measured = [
        run.found("first logged epoch with it", small, otherwise="never"),
        run.found(words, least, ".1e", unit="nats"),
    ]
    short = too_short(curves, FEW_HUNDRED)
    if small is None and short:
        yield cannot(says, short, measured)
    else:
        yield Part(says, small is not None and small <= FEW_HUNDRED, measured)


def _test_flat(results: Results) -> Iterator[Part]:
    yield from counted(results, _is_flat)


def _is_flat(run: Watched) -> Iterator[Part]:
    curves, chance = run.curves, run.chance
    small = first_epoch(curves["epoch"], curves["train_loss"] < SMALL_LOSS)
    until = run["memorisation_epoch"] if small is None else small
    low, high = (1 - NEAR) * chance, (1 + NEAR) * chance
    falls = f"meanwhile the test loss stays above {low:.2f} nats"
    rises = f"meanwhile the test loss stays below {high:.2f} nats"
    if until is None:
        yield cannot(falls, "the run does not memorise")
        yield cannot(rises, "the run does not memorise")
        return
    losses = between(curves, "test_loss", 0, until)
    ended = run.found("meanwhile is until epoch", until)
    least = run.found("smallest", losses.min(), ".2f", unit="nats")
    yield Part(falls, bool(losses.min() > low), [ended, least])
    most = run.found("largest", losses.max(), ".2f", unit="nats")
    yield Part(rises, bool(losses.max() < high), [most, run.found("ln p", chance, ".3f")])


def _stable(results: Results) -> Iterator[Part]:
    main, late = Evidence(results, "addition"), Evidence(results, "late")
    says = f"no relapse below 99% test accuracy from the grokking epoch to epoch {LAST:,}, in any "
    says += "run that went on so long"
    grokked = main.quote("grokking epoch of the main run", "grok_epoch", otherwise="not reached")
    short = too_short(main.table("curves"), LAST)
    if grokked.value is None:
        yield cannot(says, "the run does not generalise", [grokked])
        return
    counts = [main.quote("its relapses", "n_relapses")]
    worst = []
    for key, record in late["runs"].items():
        counts.append(late.quote(f"relapses, {record['name']}", f"runs.{key}.n_relapses"))
        if record["n_relapses"]:
            place = f"runs.{key}.worst_after_grok"
            worst.append(late.quote("lowest test accuracy since", f"{place}.test_accuracy", ".1%"))
            worst.append(late.quote("at epoch", f"{place}.epoch"))
    measured = [grokked, *counts, *worst, _rate(results)]
    lasting = Rate(sum(count.value == 0 for count in counts), len(counts))
    if short and lasting.count == lasting.n:
        yield cannot(says, short, measured)
    else:
        yield Part(says, lasting.count == lasting.n, measured, rate=lasting)


def _rate(results: Results) -> Measured:
    """Return the relapses of the main run, the long runs and the seeds, by their age."""
    late = Evidence(results, "late")
    ages = [
        (run["n_relapses"], ends(run.curves) - run["grok_epoch"])
        for run in alike(results)
        if run["grok_epoch"] is not None
    ]
    ages += [
        (record["n_relapses"], ends(late.table(f"curves_{key}")) - record["grok_epoch"])
        for key, record in late["runs"].items()
        if record["grok_epoch"] is not None
    ]
    count, epochs = (sum(column) for column in zip(*ages, strict=True)) if ages else (0, 0)
    words = f"per 10,000 epochs after grokking, over {len(ages)} runs"
    rate = 10_000 * count / max(epochs, 1)
    return Evidence(results, "seeds").found(words, rate, "summary.runs, and longer runs", ".2f")


DATA = Claim(
    "data",
    "There are p² = 17,161 pairs. 30% of them give 5,148 for training, which leaves 12,013 for "
    "validation.",
    "Whole numbers: no tolerance. They follow from p and the share, and no run could have made "
    "them others.",
    ("addition",),
    "curves",
    _data,
    by_definition=True,
)
MEMORISE_FAST = Claim(
    "memorise-fast",
    "Train loss falls below 10⁻⁵ within a few hundred epochs.",
    f"A few hundred: at most {FEW_HUNDRED}. The first logged epoch counts, even if the loss rises "
    "again. " + IN_MOST,
    RUNS,
    "curves",
    _memorise_fast,
    every_seed=True,
)
TEST_FLAT = Claim(
    "test-flat",
    "Meanwhile the test loss stays flat or rises slightly, near ln 131 = 4.87, which is chance.",
    "Meanwhile: until the train loss is first below 10⁻⁵ (or, if it never is, until the "
    "memorisation epoch). Flat, slightly, near: within a tenth of ln p. " + IN_MOST,
    RUNS,
    "curves",
    _test_flat,
    every_seed=True,
)
STABLE = Claim(
    "stable",
    "The remaining epochs to 40,000 show no relapse.",
    "A relapse is a stretch of logged epochs with test accuracy below 99% after the grokking "
    "epoch; stretches at most 1,000 epochs apart count as one. None is allowed in the runs that "
    "were trained so long; the seeds, ended 2,000 epochs after grokking, add to the rate alone.",
    (*RUNS, "late"),
    "curves",
    _stable,
    every_seed=True,
)
