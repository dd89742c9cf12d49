"""The workshop: where experiments read and write, and what trains their runs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from timeless.artifacts import WEIGHTS, Results

if TYPE_CHECKING:
    from timeless.campaign import Run
    from timeless.config import TrainConfig

_T = TypeVar("_T")


class Engine(Protocol):
    """Calls ``work(*arguments)`` for every job and yields results by name as they come."""

    def __call__(
        self, work: Callable[..., _T], jobs: Mapping[str, tuple[Any, ...]]
    ) -> Iterator[tuple[str, _T]]:
        """Yield (name, result) of every job, in any order."""
        ...


def local(work: Callable[..., _T], jobs: Mapping[str, tuple[Any, ...]]) -> Iterator[tuple[str, _T]]:
    """Yield (name, result) of every job, done here, one after another."""
    for name, arguments in jobs.items():
        yield name, work(*arguments)


@dataclass(frozen=True)
class Workshop:
    """What an experiment gets beside its configuration.

    ``artifacts`` is where results lie, its own and those it builds on; ``runs`` is where
    checkpoints lie, a folder for each experiment; ``device`` is a name for `torch_device`.
    """

    artifacts: Path
    runs: Path
    device: str = "auto"
    engine: Engine = local

    @property
    def weights(self) -> Path:
        """Return the folder of published weights."""
        return self.artifacts / WEIGHTS

    @property
    def results(self) -> Results:
        """Return the artifacts made so far."""
        return Results(self.artifacts)

    def train(
        self, experiment: str, configs: Mapping[str, "TrainConfig"], *, hold: int | None = None
    ) -> dict[str, "Run"]:
        """Return the finished runs of an experiment by name, in the order of ``configs``.

        On CUDA, runs of equal shape train together; elsewhere each has a campaign of its own,
        which costs no more there, and lets an engine spread them. ``hold`` as in `train`.
        """
        from timeless.training import together, train_campaign  # noqa: PLC0415 (needs torch)

        groups = together(configs, self.device)
        jobs = {
            name: (group, self.runs / experiment / name, self.device, hold)
            for name, group in groups.items()
        }
        found: dict[str, Run] = {}
        for _, finished in self.engine(train_campaign, jobs):
            found |= finished
        return {name: found[name] for name in configs}
