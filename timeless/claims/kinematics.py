"""Claims about projectile motion: the network on tokens, networks on numbers, and laws mod p."""

from collections.abc import Iterator
from typing import Any

from timeless.claims.evidence import Evidence, value_at
from timeless.claims.verdicts import Claim, Measured, Part, cannot
from timeless.results.artifacts import Results
from timeless.rules import held_epoch

NETWORKS = {"wd1": "tokens, weight decay 1", "wd5": "tokens, weight decay 5"}
UNSEEN = {"ood_theta": "unseen angles", "ood_v0": "unseen speeds"}
FAILS = 0.5  # of the answers right, or fewer
SOLVES = 0.99  # the study's threshold
TRANSITION = 500  # epochs of delay that are more than "almost together"
FARTHER = 2  # times the error inside the training range
SIDES = {
    "theta_low": "smaller angles",
    "theta_high": "larger angles",
    "v0_low": "smaller speeds",
    "v0_high": "larger speeds",
}
LAWS = {"velocity": "velocity law mod p", "position": "position law mod p"}
FUNCTIONS = ("sin", "cos", "tan")
BENT = ("log", "square")
READABLE = 0.9  # of the variance


def _memory(results: Results) -> Iterator[Part]:
    look = Evidence(results, "kinematics")
    for key, network in NETWORKS.items():
        run = f"tokens.{key}"
        memorised = look.quote("epoch", f"{run}.memorisation_epoch", otherwise="not reached")
        at = memorised.value
        says = f"{network}: memorises {SOLVES:.0%} of its training throws"
        last = look.quote("right at the end", f"{run}.final_train_accuracy", ".1%")
        near = "epoch if one bin off counts as right, which does not decide"
        close = look.quote(near, f"{run}.within_one_memorisation_epoch", otherwise="not reached")
        yield Part(says, at is not None, [memorised, last, close])
        table = f"curves_tokens_{key}"
        for split, what in UNSEEN.items():
            says = f"{network}: has then at most {FAILS:.0%} of the throws with {what} right"
            if at is None:
                ended = look.quote("right at the end", f"{run}.final_{split}_accuracy", ".1%")
                yield cannot(says, "it does not memorise", [ended])
                continue
            accuracy = value_at(look.table(table), f"{split}_accuracy", at)
            shown = look.found("right", accuracy, f"series.{table}", ".1%")
            yield Part(says, accuracy <= FAILS, [shown])
    yield from _first_of_numbers(look)


def _first_of_numbers(look: Evidence) -> Iterator[Part]:
    """Yield the same of the first regression with an enlarged initialisation."""
    network, table = "real numbers, enlarged initialisation", look.table("curves_enlarged")
    at = held_epoch(table["epoch"], table["train_accuracy"], SOLVES)
    place = "series.curves_enlarged"
    says = f"{network}: explains {SOLVES:.0%} of the variance of its training throws"
    yield Part(says, at is not None, [look.found("epoch", at, place, otherwise="not reached")])
    says = f"{network}: has then at most {FAILS:.0%} of that of unseen throws"
    if at is None:
        yield cannot(says, "it does not memorise")
        return
    explained = value_at(table, "test_accuracy", at)
    yield Part(says, explained <= FAILS, [look.found("explained", explained, place, ".1%")])


def _transition(look: Evidence, key: str, says: str, within: str = "") -> Part:
    """Return the part that a run generalises, and does so well after it has memorised."""
    otherwise = f"not within {look[f'{key}.budget']:,} epochs"
    grokked = look.quote("generalises at epoch", f"{key}.{within}grok_epoch", otherwise=otherwise)
    delay = look.quote("delay", f"{key}.{within}delay", otherwise="none")
    late = delay.value is not None and delay.value > TRANSITION
    return Part(f"{says}, more than {TRANSITION} epochs after memorising", late, [grokked, delay])


def _click(results: Results) -> Iterator[Part]:
    look = Evidence(results, "kinematics")
    for key, network in NETWORKS.items():
        says = f"{network}: solves {SOLVES:.0%} of the unseen combinations to a bin"
        yield _transition(look, f"tokens.{key}", says, "within_one_")
        for split, what in UNSEEN.items():
            place = f"tokens.{key}.final_{split}_within_one_bin"
            shown = look.quote("within one bin at the end", place, ".1%")
            exact = look.quote("in the right one", f"tokens.{key}.final_{split}_accuracy", ".1%")
            says = f"{network}: solves {SOLVES:.0%} of the throws with {what} to a bin"
            yield Part(says, shown.value >= SOLVES, [shown, exact])
    yield from _numbers(look)
    for key, law in LAWS.items():
        says = f"{law}: solves {SOLVES:.0%} of the unseen pairs"
        yield _transition(look, f"modular.{key}", says)
    yield _few_throws(Evidence(results, "few_throws"))


def _few_throws(look: Evidence) -> Part:
    """Return the part that networks on few throws, from usual and enlarged weights, grok."""
    runs, grokked = look["n_runs"], look.quote("runs that do", "n_grokked")
    says = f"tokens, few throws: each of {runs} runs from usual and enlarged weights solves "
    says += f"{SOLVES:.0%} of the unseen combinations to a bin, more than {TRANSITION} epochs "
    says += "after memorising"
    late = look.quote("runs that answer half of what they end with as late", "n_late")
    return Part(says, grokked.value == runs, [grokked, late])


def _numbers(look: Evidence) -> Iterator[Part]:
    """Yield the parts of regression from an enlarged initialisation: inside and outside."""
    network, key = "real numbers, enlarged initialisation", "continuous.enlarged"
    reached, seeds = look.quote("seeds that do", f"{key}.n_grokked"), look[f"{key}.n_seeds"]
    says = f"{network}: each of {seeds} seeds explains {SOLVES:.0%} of the variance of unseen "
    says += f"throws, more than {TRANSITION} epochs after that of its training throws"
    delays = look.quote("delays", f"{key}.delays", otherwise="not all within the budget")
    late = bool(delays.value) and min(delays.value) > TRANSITION
    yield Part(says, reached.value == seeds and late, [reached, delays])
    measured = [
        look.quote(words, f"extrapolation.{side}.near.ratio_enlarged", ".3g")
        for side, words in SIDES.items()
    ]
    says = f"{network}: just outside the training range its error is at most {FARTHER} times that "
    says += "inside"
    within = all(ratio.value is not None and ratio.value <= FARTHER for ratio in measured)
    yield Part(says, within, measured)


def _trig(results: Results) -> Iterator[Part]:
    look = Evidence(results, "kinematics")
    for key, network in NETWORKS.items():
        probes: dict[str, Any] = {name: look[f"probe.{key}.{name}"] for name in FUNCTIONS}
        if any(None in probe.values() for probe in probes.values()):
            yield cannot(f"{network}: sin, cos and tan can be read", "too few angles for a probe")
            continue
        says = f"{network}: a linear probe explains {READABLE:.0%} of sin, cos and tan at left-out "
        says += "angles, and more than it does on any random embedding"
        readable = all(
            probe["trained"] >= READABLE and probe["trained"] > probe["random_max"]
            for probe in probes.values()
        )
        yield Part(says, readable, _probed(look, key, "trained", "random_max"))
        says = f"{network}: it explains more than a straight line in the angle does"
        beyond = all(probe["trained"] > probe["straight_line"] for probe in probes.values())
        yield Part(says, beyond, _probed(look, key, "straight_line"))
        yield _beyond_bent(results, key, network)
        yield _with_generalisation(look, key, network)


def _beyond_bent(results: Results, key: str, network: str) -> Part:
    """Return the part that trigonometry is read better than other functions that are bent alike."""
    look = Evidence(results, "revisited")
    table = look.table("probe")
    rows = table["run"] == key
    r2 = dict(zip(table["target"][rows].tolist(), table["r2"][rows].tolist(), strict=True))
    says = f"{network}: it explains each of them better than log θ and θ², which bend as much"
    holds = min(r2[name] for name in FUNCTIONS) > max(r2[name] for name in BENT)
    measured = [
        look.found(f"R² of {name}", r2[name], "series.probe", ".3f") for name in (*FUNCTIONS, *BENT)
    ]
    return Part(says, holds, measured)


def _probed(look: Evidence, key: str, *kinds: str) -> list[Measured]:
    words = {
        "trained": "R² of {}",
        "random_max": "best of random for {}",
        "straight_line": "straight line for {}",
    }
    return [
        look.quote(words[kind].format(name), f"probe.{key}.{name}.{kind}", ".3f")
        for kind in kinds
        for name in FUNCTIONS
    ]


def _with_generalisation(look: Evidence, key: str, network: str) -> Part:
    """Return the part that the embedding is not trigonometric before the network generalises."""
    says = f"{network}: a function is not readable at the memorisation epoch, and all are at the "
    says += "grokking epoch"
    epochs = [look[f"tokens.{key}.{name}_epoch"] for name in ("memorisation", "grok")]
    if None in epochs:
        return cannot(says, "it does not generalise")
    table = f"probe_{key}"
    worst = [min(value_at(look.table(table), name, at) for name in FUNCTIONS) for at in epochs]
    measured = [
        look.found(f"least R² at epoch {at:,}", value, f"series.{table}", ".3f")
        for at, value in zip(epochs, worst, strict=True)
    ]
    return Part(says, worst[0] < READABLE <= worst[1], measured)


MEMORY = Claim(
    "kin-memory",
    "A kinematics model at first memorises and fails on unseen speeds and angles.",
    f"At first: at the memorisation epoch. Fails: at most {FAILS:.0%} of the answers in the right "
    "bin. The network on tokens is asked for values that never occurred; the first regression "
    "that memorises late, with an enlarged initialisation, for throws that did not: at most as "
    "much of their variance.",
    ("kinematics",),
    "kinematics-tokens",
    _memory,
)
CLICK = Claim(
    "kin-click",
    "After a phase transition it solves unseen kinematics problems perfectly.",
    f"Perfectly: {SOLVES:.0%}, held for 1,000 epochs. After a transition: more than {TRANSITION} "
    "epochs after memorising. On tokens one bin off counts as right, since the bins are ours. "
    "Unseen: combinations, angles and speeds, for every protocol what it is tested on; outside the "
    "training range the error may double.",
    ("kinematics", "few_throws"),
    "kinematics-tokens",
    _click,
    every_seed=True,
)
TRIG = Claim(
    "kin-trig",
    "With generalisation the embedding of the angle tokens becomes trigonometric: sin, cos and "
    "tan of the angle can be read from it by a linear probe.",
    f"Readable: R² of {READABLE} or more at angles that the probe was not fitted on, and above "
    "every random embedding. A straight line in the angle comes close to these functions, so the "
    "probe has to beat that, too, and it has to read them better than functions without "
    "trigonometry that are bent as much.",
    ("kinematics", "revisited"),
    "kinematics-probe",
    _trig,
)
