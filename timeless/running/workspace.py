"""The workspace of an experiment: where it reads and writes, and what trains its runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from timeless.config import TrainConfig
from timeless.results.artifacts import Results
from timeless.running.engines import Engine, local
from timeless.training.campaign import Run
from timeless.training.devices import device_type
from timeless.training.loop import together, train_campaign


@dataclass(frozen=True)
class Workspace:
    """What an experiment gets beside its configuration.

    ``artifacts`` is where results lie, its own and those it builds on; ``runs`` is where
    checkpoints lie, a folder for each experiment; ``device`` is a name for `torch_device`.
    """

    artifacts: Path
    runs: Path
    device: str = "auto"
    engine: Engine = local

    @property
    def results(self) -> Results:
        """Return the artifacts made so far."""
        return Results(self.artifacts)

    def train(
        self,
        experiment: str,
        configs: Mapping[str, TrainConfig],
        *,
        hold: int | None = None,
        start: Path | None = None,
    ) -> dict[str, Run]:
        """Return the finished runs of an experiment by name, in the order of ``configs``.

        On CUDA, runs of equal shape train together; elsewhere each has a campaign of its own,
        which costs no more there, and lets an engine spread them. ``hold`` and ``start`` as in
        `train`.
        """
        jobs = self.campaigns(experiment, configs, hold)
        found: dict[str, Run] = {}
        for _, finished in self.engine(partial(train_campaign, start=start), jobs):
            found |= finished
        return {name: found[name] for name in configs}

    def campaigns(
        self, experiment: str, configs: Mapping[str, TrainConfig], hold: int | None
    ) -> dict[str, tuple[dict[str, TrainConfig], Path, str, int | None]]:
        """Return the campaigns of runs, by their first run: the arguments of `train_campaign`."""
        device = device_type(self.device)
        folder = (self.runs / experiment).absolute()  # a worker has another working directory
        groups = together(configs, device)
        return {name: (group, folder / name, device, hold) for name, group in groups.items()}
