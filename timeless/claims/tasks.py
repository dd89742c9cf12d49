"""Claims about two tasks that share one network."""

from collections.abc import Iterator

from timeless.claims.evidence import Evidence
from timeless.claims.runs import in_most
from timeless.claims.verdicts import Claim, Part, cannot
from timeless.results.artifacts import Results

WHOLE = 1e-6  # below one, where a subspace is the whole space
SAME_EPOCH = 500  # epochs: the click itself is said to take that long
CLICK_AT = 7_500  # the epoch near which it is said to come
UNLIKELY = 0.05  # the p-value below which chance does not explain it


def _together(results: Results) -> Iterator[Part]:
    yield _same_epoch(Evidence(results, "co_grokking"))
    look = Evidence(results, "joint")
    seeds = [seed for seed, pair in look["pairs"].items() if pair["joint"]["gap"] is not None]
    says = f"at {look['frac_train']:.0%}: the first epochs with 99% of their test pairs right "
    says += f"differ by at most {SAME_EPOCH / CLICK_AT:.1%} of the later one"
    if not seeds:
        yield cannot(says, f"no network learns both within {look['config.train.epochs']:,} epochs")
        return
    of_each = [list(_with_one_seed(look, seed, says)) for seed in seeds]
    for same in zip(*of_each, strict=True):
        yield in_most(same[0].says, same, whose="With the first seed")
    yield _closer_than_strangers(look)


def _same_epoch(look: Evidence) -> Part:
    """Return the part that the joint run of the study groks both at one epoch."""
    gap = look.quote("multiplication's grokking epoch less addition's", "gap", otherwise="none")
    says = f"at {look['frac_train']:.0%}: their grokking epochs are at most {SAME_EPOCH} apart"
    epochs = [
        look.quote(f"{task} groks at", f"grok_epoch_{task}", otherwise="not within them")
        for task in ("addition", "multiplication")
    ]
    if gap.value is None:
        return cannot(says, f"not both grok within {look['epochs']:,} epochs", epochs)
    return Part(says, abs(gap.value) <= SAME_EPOCH, [*epochs, gap])


def _with_one_seed(look: Evidence, seed: str, says: str) -> Iterator[Part]:
    """Yield the parts that both tasks of a network come at once, and closer than in two."""
    joint, alone = (
        look.quote(words, f"pairs.{seed}.{arm}.gap")
        for arm, words in (("joint", "gap in one network"), ("alone", "gap of two networks"))
    )
    later = look.quote("the later one", f"pairs.{seed}.joint.later")
    at_once = abs(joint.value) <= later.value * SAME_EPOCH / CLICK_AT
    yield Part(says, at_once, [joint, later])
    says = "they are closer than those of two networks of one task each, with the same seed"
    if alone.value is None:
        yield cannot(says, "not both are learned alone", [joint, alone])
    else:
        yield Part(says, abs(joint.value) < abs(alone.value), [joint, alone])


def _closer_than_strangers(look: Evidence) -> Part:
    """Return the part that tasks of one network come closer than those of different networks."""
    says = "they are closer than one network's addition and another's multiplication, by a "
    says += f"permutation test with p < {UNLIKELY}"
    measured = [
        look.quote("mean distance in one network", "joint.observed", ",.0f"),
        look.quote("over all pairings", "joint.expected", ",.0f"),
        look.quote("p-value, by permutation", "joint.p_value", ".3f"),
    ]
    if measured[-1].value is None:
        return cannot(says, "fewer than two networks learn both", measured)
    return Part(says, measured[-1].value < UNLIKELY, measured)


def _shared(results: Results) -> Iterator[Part]:
    main, look = Evidence(results, "co_grokking"), Evidence(results, "joint")
    says = "the subspaces that carry the two tasks' key frequencies overlap more than any of the "
    says += "random ones"
    at = f"at {main['frac_train']:.0%}: {says}"
    yield _overlapping(main, at, "overlap.", "overlap.measured", "overlap.n_random")
    at = f"at {look['frac_train']:.0%}: {says}"
    n_random = "config.n_random"
    told = [
        _overlapping(look, at, f"shared.{seed}.", f"shared.{seed}.overlap", n_random)
        for seed, pair in look["pairs"].items()
        if pair["joint"]["gap"] is not None
    ]
    if told:
        yield in_most(at, told, whose="With the first seed")
    else:
        yield cannot(at, "no network learns both")
    yield from _without_sharing(look)


def _without_sharing(look: Evidence) -> Iterator[Part]:
    """Yield the parts that tasks with number tokens of their own do not come together."""
    p_value = look.quote("p-value, by permutation", "own.p_value", ".3f", otherwise="none")
    says = "where either task has number tokens of its own, those of one network are no closer "
    says += f"than those of different ones, by a permutation test with p ≥ {UNLIKELY}"
    apart = "and most networks' two epochs differ by more than "
    apart += f"{SAME_EPOCH / CLICK_AT:.1%} of the later one"
    learned = look.quote("such networks that learn both", "own.n_pairs")
    within = look.quote("whose epochs differ by less", "own.n_within")
    if p_value.value is None:
        yield cannot(says, "fewer than two such networks learn both", [learned])
        yield cannot(apart, "fewer than two such networks learn both", [learned])
        return
    observed = look.quote("mean distance in one network", "own.observed", ",.0f")
    expected = look.quote("over all pairings", "own.expected", ",.0f")
    yield Part(says, p_value.value >= UNLIKELY, [observed, expected, p_value])
    yield Part(apart, 2 * within.value < learned.value, [learned, within])


def _overlapping(look: Evidence, says: str, prefix: str, measured: str, n_random: str) -> Part:
    """Return the part that two tasks' subspaces overlap more than every random pair."""
    found = look.quote("overlap (mean squared cosine)", measured, ".3f")
    chance = look.quote("largest of random subspaces", f"{prefix}random_max", ".3f")
    mean = look.quote("their mean", f"{prefix}random_mean", ".3f")
    shown = [found, chance, mean, look.quote("random draws", n_random)]
    if chance.value >= 1 - WHOLE:
        return cannot(says, "they are so large that any two of their size coincide", shown)
    return Part(says, found.value > chance.value, shown)


TOGETHER = Claim(
    "together",
    "Trained jointly, addition and multiplication grok at the same epoch.",
    "Judged only where both grok. "
    f"The same: at most {SAME_EPOCH} epochs apart, as a single click is said to take up to that, "
    f"near epoch {CLICK_AT:,}; for networks that learn sooner, that share of the later epoch. "
    "Their loss leaps, so it is the first epoch that counts, whether the 99% last or not. And "
    "closer than two networks that know nothing of each other, with a task each and with both, or "
    "training jointly would have no part in it. Written down before the epochs of any two tasks "
    "in one network were compared.",
    ("co_grokking", "joint"),
    "joint",
    _together,
    every_seed=True,
)
SHARED = Claim(
    "shared",
    "… because they share their embedding.",
    "They share it if the subspaces overlap more than every random pair of the same dimensions. "
    "A cause takes an experiment in which it is absent: networks in which either task has number "
    "tokens of its own, and all else is shared. If the embedding is why two tasks come together, "
    "then in these they come no closer than those of different networks, and mostly not together "
    "as that was read above. Written down before an epoch of such a network was looked at.",
    ("co_grokking", "joint"),
    "co-grokking-overlap",
    _shared,
    every_seed=True,
)
