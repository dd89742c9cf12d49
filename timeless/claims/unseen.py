"""Claims about pairs that the network has not seen, in either order: the gap, and the click."""

from collections.abc import Iterator

from timeless.claims.evidence import between, too_short
from timeless.claims.runs import IN_MOST, RUNS, Watched, counted
from timeless.claims.verdicts import Claim, Part, cannot
from timeless.results.artifacts import Results
from timeless.rules import first_epoch

PARTED = 2_000  # epochs
KNOWN, UNKNOWN = 0.99, 0.05  # accuracies: the study's threshold, and one right in twenty
CLICK, CLICK_NEAR = 7_500, 500  # epochs
CLICK_TAKES = 500  # epochs
CLICK_FROM, CLICK_TO = 0.15, 0.998


def _gap_2000(results: Results) -> Iterator[Part]:
    yield from counted(results, _parts_completely)


def _parts_completely(run: Watched) -> Iterator[Part]:
    curves, since = run.curves, run["memorisation_epoch"]
    says = (
        f"from the memorisation epoch to epoch {PARTED:,}, train accuracy of {KNOWN:.0%} or more",
        f"accuracy on unseen pairs of {UNKNOWN:.0%} or less",
        "a loss on unseen pairs of ln p or more, no better than guessing",
    )
    short = too_short(curves, PARTED)
    if short:
        yield from (cannot(each, short) for each in says)
        return
    parts = since is not None and since <= PARTED
    start = since if since is not None and parts else PARTED
    train = between(curves, "train_accuracy", start, PARTED).min()
    first = run.quote("memorisation epoch", "memorisation_epoch", otherwise="not reached")
    least = run.found("smallest train accuracy", train, ".1%")
    yield Part(says[0], bool(parts and train >= KNOWN), [first, least])
    right = between(curves, "unseen_accuracy", start, PARTED)
    losses = between(curves, "unseen_loss", start, PARTED)
    most = run.found("largest accuracy on unseen pairs", right.max(), ".1%")
    yield Part(says[1], bool(parts and right.max() <= UNKNOWN), [most])
    least = run.found("smallest loss on them", losses.min(), ".1f", unit="nats")
    yield Part(says[2], bool(parts and losses.min() >= run.chance), [least])


def _click(results: Results) -> Iterator[Part]:
    yield from counted(results, _clicks)


def _clicks(run: Watched) -> Iterator[Part]:
    curves = run.curves
    epochs, right = curves["epoch"], curves["unseen_accuracy"]
    started, halfway, risen = (
        first_epoch(epochs, right >= share) for share in (CLICK_FROM, 0.5, CLICK_TO)
    )
    rises = f"accuracy on unseen pairs rises from {CLICK_FROM:.0%} to {CLICK_TO:.1%}"
    when = f"it passes 50% within {CLICK_NEAR} epochs of epoch {CLICK:,}"
    takes = f"the rise takes fewer than {CLICK_TAKES} epochs"
    last = run.found(f"first epoch with {CLICK_TO:.1%}", risen, otherwise="none")
    short = too_short(curves, CLICK + CLICK_NEAR)
    if risen is None and short:
        yield from (cannot(says, short, [last]) for says in (rises, when, takes))
        return
    whole = risen is not None and started is not None
    first = run.found(f"with {CLICK_FROM:.0%}", started, otherwise="none")
    yield Part(rises, whole, [first, last])
    near = halfway is not None and abs(halfway - CLICK) <= CLICK_NEAR
    yield Part(when, near, [run.found("with 50%", halfway, otherwise="none")])
    took = risen - started if risen is not None and started is not None else None
    length = run.found("epochs that it takes", took, otherwise="none")
    yield Part(takes, took is not None and took < CLICK_TAKES, [length])


GAP_2000 = Claim(
    "gap-2000",
    "Through epoch 2,000 train and test part completely.",
    "Completely: train accuracy at the study's threshold of 99%; at most one in twenty right where "
    "chance is one in 131, and a loss no better than that of guessing, on unseen test pairs, that "
    "is, on those whose exchange was not trained on either. " + IN_MOST,
    RUNS,
    "seeds",
    _gap_2000,
    every_seed=True,
)
CLICK_CLAIM = Claim(
    "click",
    "Near epoch 7,500 test accuracy goes from 15% to 99.8% in under 500 epochs.",
    f"Near: half of the pairs are right within {CLICK_NEAR} epochs of it, as the whole rise "
    "is said to take less than that. The number of epochs that it takes is read as it stands. Test "
    "pairs whose exchange was trained on are left out, since they are answered earlier. " + IN_MOST,
    RUNS,
    "seeds",
    _click,
    every_seed=True,
)
