"""Claims about how much of the data is needed, and how the delay depends on it."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from timeless.analysis.rates import Rate
from timeless.claims.evidence import Evidence
from timeless.claims.runs import in_most
from timeless.claims.verdicts import Claim, Measured, Part, cannot
from timeless.results.artifacts import Results

SCARCE, MIDDLE, ABUNDANT = 0.15, 0.50, 0.60  # shares of the pairs
TOGETHER = 500  # epochs: a few hundred

Runs = Mapping[str, Mapping[str, Any]]


def _by_fraction(look: Evidence, low: float, high: float) -> dict[float, Runs]:
    """Return the records of the runs at each fraction within [low, high], the smallest first."""
    runs: Runs = look["runs"]
    fractions = sorted({run["frac_train"] for run in runs.values()})
    return {
        fraction: {key: run for key, run in runs.items() if run["frac_train"] == fraction}
        for fraction in fractions
        if low <= fraction <= high
    }


def _budget(runs: Runs) -> str:
    return f"within {max(run['budget'] for run in runs.values()):,} epochs"


def _each(look: Evidence, runs: Runs, what: str, words: str) -> list[Measured]:
    """Return an epoch of each run, with its seed where there are several."""
    measured = []
    for key, run in runs.items():
        seed = f", seed {run['seed']}" if len(runs) > 1 else ""
        otherwise = f"not within {run['budget']:,} epochs"
        measured.append(look.quote(f"{words}{seed}", f"runs.{key}.{what}", otherwise=otherwise))
    return measured


def _scarce(results: Results) -> Iterator[Part]:
    look = Evidence(results, "fraction_sweep")
    fractions = _by_fraction(look, 0, np.nextafter(SCARCE, 0))
    for fraction, runs in fractions.items():
        says = f"at {fraction:.0%} of the pairs no run generalises {_budget(runs)}"
        measured = _each(look, runs, "grok_epoch", "grokking epoch")
        for key, run in runs.items():
            words = f"test accuracy at epoch {run['epochs']:,}"
            measured.append(look.quote(words, f"runs.{key}.final_test_accuracy", ".1%"))
        yield Part(says, all(run["grok_epoch"] is None for run in runs.values()), measured)
    if not fractions:
        yield cannot(f"no generalisation below {SCARCE:.0%}", "no run has so few pairs")


def _delay(results: Results) -> Iterator[Part]:
    look = Evidence(results, "fraction_sweep")
    fractions = _by_fraction(look, SCARCE, MIDDLE)
    for fraction, runs in fractions.items():
        says = f"at {fraction:.0%} of the pairs every run generalises {_budget(runs)}"
        measured = _each(look, runs, "grok_epoch", "grokking epoch")
        yield Part(says, all(run["grok_epoch"] is not None for run in runs.values()), measured)
    medians = _median_epochs(fractions)
    says = "the smaller the fraction, the later the grokking epoch"
    shown = [
        look.found(f"median over seeds at {fraction:.0%}", epoch, "summary.runs", ",.0f")
        for fraction, epoch in medians.items()
    ]
    if len(medians) < 2:
        why = f"fewer than two fractions from {SCARCE:.0%} to {MIDDLE:.0%} generalise"
        yield cannot(says, why, shown)
    else:
        yield Part(says, all(a > b for a, b in pairwise(medians.values())), shown)
    yield from _delay_with_one_head(results)


def _delay_with_one_head(results: Results) -> Iterator[Part]:
    look = Evidence(results, "shares")
    arms = _arms(look, SCARCE, MIDDLE)
    if not arms:
        yield cannot("with one head, every run generalises", "no run has so many pairs")
        return
    says = f"with one head, from {SCARCE:.0%} to {MIDDLE:.0%}, every run generalises"
    yield _every_run(look, arms, f"{says} within {look['budget']:,} epochs", "n_grokked")
    says = "with one head, seed by seed: the smaller the share, the later the grokking epoch"
    shown = [
        look.quote(f"median at {arm['frac_train']:.0%}", f"arms.{key}.grok_epoch.median")
        for key, arm in arms.items()
    ]
    runs = look.table("runs")
    runs = runs.where((runs["frac_train"] >= SCARCE) & (runs["frac_train"] <= MIDDLE))
    falls = []
    for seed in np.unique(runs["seed"]):
        own = runs.where(runs["seed"] == seed)
        in_order = own["grok_epoch"][np.argsort(own["frac_train"])].tolist()
        epochs = [np.inf if epoch < 0 else epoch for epoch in in_order]
        falls.append(Part(says, all(a > b for a, b in pairwise(epochs)), shown))
    yield in_most(says, falls, whose="")


def _arms(look: Evidence, low: float, high: float) -> Mapping[str, Mapping[str, Any]]:
    """Return the arms of `shares` with a share within [low, high], the smallest first."""
    arms = sorted(look["arms"].items(), key=lambda arm: arm[1]["frac_train"])
    return {key: arm for key, arm in arms if low <= arm["frac_train"] <= high}


def _every_run(
    look: Evidence, arms: Mapping[str, Mapping[str, Any]], says: str, count: str
) -> Part:
    """Return the part that something happened in every run of the arms, and in how many it did."""
    rate = Rate(sum(arm[count] for arm in arms.values()), sum(a["n_runs"] for a in arms.values()))
    measured = [
        look.quote(f"runs at {arm['frac_train']:.0%}, of {arm['n_runs']}", f"arms.{key}.{count}")
        for key, arm in arms.items()
    ]
    return Part(says, rate.count == rate.n, measured, rate=rate)


def _median_epochs(fractions: Mapping[float, Runs]) -> dict[float, float]:
    """Return the median grokking epoch of each fraction at which every seed has one."""
    reached = {f: [run["grok_epoch"] for run in runs.values()] for f, runs in fractions.items()}
    return {f: float(np.median(epochs)) for f, epochs in reached.items() if None not in epochs}


def _abundant(results: Results) -> Iterator[Part]:
    look = Evidence(results, "fraction_sweep")
    fractions = _by_fraction(look, ABUNDANT, 1)
    for fraction, runs in fractions.items():
        says = f"at {fraction:.0%} of the pairs the delay is at most {TOGETHER} epochs"
        delays = [run["delay"] for run in runs.values()]
        measured = _each(look, runs, "delay", "delay")
        yield Part(says, all(d is not None and d <= TOGETHER for d in delays), measured)
    if not fractions:
        yield cannot(f"a delay of at most {TOGETHER} epochs", "no run has so many pairs")
    look = Evidence(results, "shares")
    for arm in _arms(look, ABUNDANT, 1).values():
        table = look.table("runs")
        delays = table["delay"][table["frac_train"] == arm["frac_train"]]
        soon = Rate(int(((delays >= 0) & (delays <= TOGETHER)).sum()), len(delays))
        says = f"with one head, at {arm['frac_train']:.0%}: a delay of at most {TOGETHER} epochs"
        longest = look.found("longest delay", delays.max(), "series.runs", ",d", unit="epochs")
        yield Part(says, soon.count == soon.n, [longest], rate=soon)


SCARCE_CLAIM = Claim(
    "scarce",
    "Below 15% of the data the network does not generalise.",
    "Not within the budget of the run: what a longer run would do is not known. Only the "
    "fractions that were tried can be judged, not those between them and 15%.",
    ("fraction_sweep",),
    "scarcity-curves",
    _scarce,
    every_seed=True,
)
DELAY = Claim(
    "delay",
    "From 15 to 50% it does, and the less data the later.",
    "Every fraction tried in this range generalises within its budget, and the grokking epoch "
    "falls from each fraction to the next. It takes two fractions that generalise to tell. The "
    "same for the network with one head, of which every share has several seeds: every run "
    "generalises, and with every seed the grokking epoch falls from each share to the next; a run "
    "that did not get there counts as later than all.",
    ("fraction_sweep", "shares"),
    "scarcity-delay",
    _delay,
    every_seed=True,
)
ABUNDANT_CLAIM = Claim(
    "abundant",
    "Above 60% train and test converge almost together.",
    "60% included. Almost together: the delay from memorisation to grokking is at most "
    f"{TOGETHER} epochs, a few hundred, in every run with four heads and with one.",
    ("fraction_sweep", "shares"),
    "scarcity-delay",
    _abundant,
    every_seed=True,
)
