"""Saved: what a training keeps in its folder, checked when it is read, and the folder's lock."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from timeless.config import TrainConfig
from timeless.errors import TimelessError
from timeless.results.reading import check
from timeless.results.weights import Arrays, load_weights
from timeless.system import locked

STATE = "state.safetensors"
_AGAIN = "delete the folder to start again"


def is_checkpoint(epoch: int, config: TrainConfig) -> bool:
    """Return whether weights are kept at an epoch: often while the network memorises.

    Every ``checkpoint_every`` epochs, and every ``log_every`` during the first five of those.
    """
    early = epoch < 5 * config.checkpoint_every
    return epoch % (config.log_every if early else config.checkpoint_every) == 0


def logged_epochs(config: TrainConfig) -> list[int]:
    """Return the epochs at which a run is measured, first and last among them."""
    return sorted({*range(0, config.epochs, config.log_every), config.epochs})


def kept_epochs(last: int, config: TrainConfig) -> list[int]:
    """Return the epochs up to ``last`` of which weights are kept."""
    epochs = range(last + 1)
    return [epoch for epoch in epochs if is_checkpoint(epoch, config) or epoch == config.epochs]


def load_state(directory: Path, arrays: Collection[str]) -> tuple[Arrays, dict[str, Any]] | None:
    """Return (arrays, metadata) of the state that a training has saved, or None if there is none.

    ``arrays`` names those that it must have. Raises TimelessError as `load_weights` does, and if
    the state is not what ``schemas/state.json`` says.
    """
    path = directory / STATE
    if not path.exists():
        return None
    state, metadata = load_weights(path)
    check(metadata, "state", where=str(path), remedy=_AGAIN)
    missing = sorted(set(arrays) - state.keys())
    if missing:
        raise TimelessError(
            f"the state has no {', '.join(missing)}", where=str(path), remedy=_AGAIN
        )
    return state, metadata


def raised_budget(workplace: Mapping[str, Any], before: int, now: int) -> dict[str, list[int]]:
    """Return ``budgets`` for the record of where a training goes on, if it ever had another."""
    budgets = workplace.get("budgets", [before])
    budgets = [*budgets, now] if before < now else budgets
    return {"budgets": budgets} if len(budgets) > 1 else {}


def refuse_missing(checkpoints: Iterable[Path]) -> None:
    """Raise TimelessError if weights are gone that a training has kept."""
    missing = [path for path in checkpoints if not path.is_file()]
    if missing:
        others = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
        raise TimelessError(
            f"weights that this training has kept are missing: {missing[0].name}{others}",
            where=str(missing[0].parent),
            remedy=f"restore them from a copy, or {_AGAIN}",
        )


@contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """Hold the folder of a training; raises TimelessError if another process trains in it."""

    def refuse(who: str) -> None:
        raise TimelessError(
            f"is being trained in already ({who})",
            where=str(directory),
            remedy="wait until that has ended, or stop it: nothing is lost",
        )

    directory.mkdir(parents=True, exist_ok=True)
    with locked(directory / ".lock", refuse):
        yield
