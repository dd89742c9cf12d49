"""Claims about two tasks that share one network."""

from collections.abc import Iterator

from timeless.claims.evidence import Evidence
from timeless.claims.verdicts import Claim, Part, cannot
from timeless.results.artifacts import Results

WHOLE = 1e-6  # below one, where a subspace is the whole space
SAME_EPOCH = 500  # epochs: the click itself is said to take that long


def _together(results: Results) -> Iterator[Part]:
    look = Evidence(results, "co_grokking")
    gap = look.quote("multiplication's grokking epoch less addition's", "gap", otherwise="none")
    says = f"their grokking epochs are at most {SAME_EPOCH} apart"
    epochs = [
        look.quote(f"{task} groks at", f"grok_epoch_{task}", otherwise="not within them")
        for task in ("addition", "multiplication")
    ]
    if gap.value is None:
        yield cannot(says, f"not both grok within {look['epochs']:,} epochs", epochs)
    else:
        yield Part(says, abs(gap.value) <= SAME_EPOCH, [*epochs, gap])
    yield _closer_than_apart(look)


def _closer_than_apart(look: Evidence) -> Part:
    """Return the part that two tasks in one network grok closer together than in two networks."""
    says = "they are closer than those of two networks of one task each"
    joint = look.quote("gap in one network", "gap", otherwise="none")
    apart = look.quote("gap of two networks", "controls.gap", otherwise="none")
    if joint.value is None or apart.value is None:
        return cannot(says, "there are not two gaps to compare", [joint, apart])
    return Part(says, abs(joint.value) < abs(apart.value), [joint, apart])


def _shared(results: Results) -> Iterator[Part]:
    look = Evidence(results, "co_grokking")
    overlap = look.quote("overlap (mean squared cosine)", "overlap.measured", ".3f")
    chance = look.quote("largest of random subspaces", "overlap.random_max", ".3f")
    mean = look.quote("their mean", "overlap.random_mean", ".3f")
    words = "largest of this embedding's other frequencies, which does not decide"
    others = look.quote(words, "overlap.others_max", ".3f")
    measured = [overlap, chance, mean, look.quote("random draws", "overlap.n_random"), others]
    says = "the subspaces that carry the two tasks' key frequencies overlap more than any of the "
    says += "random ones"
    if chance.value >= 1 - WHOLE:
        yield cannot(says, "they are so large that any two of their size coincide", measured)
    else:
        yield Part(says, overlap.value > chance.value, measured)
    says = "this is why they generalise together"
    yield cannot(says, "no run was trained in which the tasks cannot share their embedding")


TOGETHER = Claim(
    "together",
    "Trained jointly, addition and multiplication grok at the same epoch.",
    "Judged only where both grok. "
    f"The same: at most {SAME_EPOCH} epochs apart, as a single click is said to take up to that. "
    "And closer than two networks that know nothing of each other, or training jointly would "
    "have no part in it.",
    ("co_grokking",),
    "co-grokking-curves",
    _together,
)
SHARED = Claim(
    "shared",
    "… because they share their embedding.",
    "They share it if the subspaces overlap more than every random pair of the same dimensions. "
    "A cause takes an experiment in which it is absent.",
    ("co_grokking",),
    "co-grokking-overlap",
    _shared,
)
