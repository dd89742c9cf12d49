"""The claim about the precision of the loss."""

from collections.abc import Iterator

from timeless.claims.evidence import Evidence, between, ends
from timeless.claims.runs import in_most
from timeless.claims.verdicts import Claim, Part, cannot
from timeless.results.artifacts import Results
from timeless.rules import leaps

UNDERFLOW = 0.01  # of the training pairs
JUMP = 10  # times the train loss of the log before
OFTEN = 2  # times as often


def _float64(results: Results) -> Iterator[Part]:
    look, seeds = Evidence(results, "variants"), Evidence(results, "variant_seeds")
    main = look["default"]
    yield from _parts(look, main, main.replace("float64", "float32"))
    told = [
        _parts(seeds, f"relu_float64_seed{seed}", f"relu_float32_seed{seed}")
        for seed in seeds["config.seeds"]
    ]
    for of_seeds in zip(*told, strict=True):
        says = f"with one head: {of_seeds[0].says}"
        yield in_most(says, of_seeds, whose="With the first of these seeds")


def _parts(look: Evidence, high: str, low: str) -> Iterator[Part]:
    """Yield what is asked of two runs, the keys of that with a float64 and that with a float32."""
    says = f"in float32 the loss of the last network is exactly 0 for {UNDERFLOW:.0%} or more of "
    says += "the training pairs"
    zero = look.quote("share that is 0", f"runs.{high}.share_of_zero_loss", ".1%")
    lowest = look.quote("lowest train loss", f"runs.{high}.lowest_train_loss", ".1e", unit="nats")
    yield Part(says, zero.value >= UNDERFLOW, [zero, lowest])
    yield _jumps(look, high, low)
    says = "a network trained with a float32 loss does not generalise within its budget"
    measured = [
        look.quote("its grokking epoch", f"runs.{low}.grok_epoch", otherwise="not within it"),
        look.quote("with float64", f"runs.{high}.grok_epoch", otherwise="not within it"),
        look.quote("epochs trained with float32", f"runs.{low}.epochs"),
    ]
    if measured[1].value is None:
        yield cannot(says, "with float64 it does not, either", measured)
    else:
        yield Part(says, measured[0].value is None, measured)


def _jumps(look: Evidence, high: str, low: str) -> Part:
    """Return the part that a float32 loss leaps up more often, over the same epochs."""
    says = f"with a float32 loss the train loss leaps up tenfold at least {OFTEN} times as often"
    curves = {key: look.table(f"curves_{key}") for key in (low, high)}
    until = min(ends(table) for table in curves.values())
    counts = []
    for key, table in curves.items():
        since = look[f"runs.{key}.memorisation_epoch"] or 0
        loss = between(table, "train_loss", since, until)
        counts.append(len(leaps(loss, JUMP)))
    words = (f"leaps with float32 to epoch {until:,}", "with float64")
    measured = [
        look.found(word, count, f"series.curves_{key}")
        for word, count, key in zip(words, counts, curves, strict=True)
    ]
    return Part(says, counts[0] >= OFTEN * max(counts[1], 1), measured)


FLOAT64 = Claim(
    "float64",
    "A float64 loss is needed to avoid float32 underflow late in training.",
    "Underflow: a loss of exactly 0 for at least one training pair in a hundred, when the logits "
    "of the last checkpoint of the float64 run are judged in float32. Needed: with a "
    "float32 loss the same run leaps, its train loss growing tenfold from one log to the next, at "
    "least twice as often, and it does not generalise, where that with float64 does. Asked of a "
    "network as the main run has it, and in the same words of networks with one head and other "
    "seeds.",
    ("variants", "variant_seeds"),
    "variants",
    _float64,
    every_seed=True,
)
