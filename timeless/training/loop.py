"""Training: the loop that steps, measures, saves and resumes. One step is one epoch."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from timeless.config import TrainConfig, as_dict, check
from timeless.errors import StoppedError, TimelessError
from timeless.system import handling
from timeless.training.campaign import Campaign, Run
from timeless.training.devices import device_type, torch_device
from timeless.training.ensemble import Ensemble
from timeless.training.processor import one_thread, subnormals_flushed
from timeless.training.reporting import report_progress
from timeless.training.saved import alone_in, is_checkpoint


def train(
    configs: Mapping[str, TrainConfig],
    directory: Path,
    *,
    device: str = "auto",
    hold: int | None = None,
    start: Path | None = None,
) -> dict[str, Run]:
    """Return the finished runs by name, training them together or resuming in ``directory``.

    The configurations must agree in all but seeds, split, lr, epsilon and weight decay. With
    ``hold``, a run ends at the first checkpoint by which its test accuracy, of every operation,
    has been at least 99% for that many epochs; otherwise all train for their budget. With
    ``start``, a state that a run has kept, all begin with its weights and its optimiser's moments
    in place of initial ones, and steps count on from there: there is no new warm-up. Raises
    TimelessError if one is refused, if the folder holds another campaign, is damaged or is being
    trained in by another process, or if a loss stops being finite; StoppedError on Ctrl-C or its
    like, after saving.
    """
    _check_together(configs)
    threads = torch.get_num_threads()
    with one_thread(), subnormals_flushed():
        first = next(iter(configs.values()))
        place = torch_device(device, first.loss_dtype)
        ensemble = Ensemble(list(configs.values()), place, threads=threads)
        campaign = Campaign(configs, directory, ensemble, hold)
        if start is not None:
            campaign.begin_with(start)
        if campaign.resume() != first.epochs and not campaign.is_settled():
            with alone_in(directory):
                _go_on(campaign, campaign.resume())  # where another process may have brought it
        return campaign.runs()


def _go_on(campaign: Campaign, start: int) -> None:
    """Train a campaign from an epoch to its end."""
    first, ensemble = campaign.config, campaign.ensemble
    stop: list[int] = []  # filled by whatever asks to stop, so that it happens between two epochs
    with (
        handling(lambda number, _: stop.append(number)),
        report_progress(start, first.epochs) as report,
    ):
        for epoch in range(start, first.epochs + 1):
            if epoch % first.log_every == 0 or epoch == first.epochs:
                campaign.log(epoch)
            if is_checkpoint(epoch, first) or epoch == first.epochs or stop:
                campaign.save(epoch)
                report(epoch, campaign.latest())
                if campaign.is_settled():
                    break
            if stop:
                raise StoppedError(
                    f"stopped at epoch {epoch:,}; everything up to here is saved",
                    where=str(campaign.directory),
                    remedy="the same command goes on from there",
                )
            if epoch < first.epochs:
                ensemble.step()


def train_campaign(
    configs: Mapping[str, TrainConfig],
    directory: Path,
    device: str,
    hold: int | None,
    start: Path | None = None,
) -> dict[str, Run]:
    """Return what `train` returns; with the arguments of jobs by position, as engines call it."""
    return train(configs, directory, device=device, hold=hold, start=start)


def together(configs: Mapping[str, TrainConfig], device: str) -> dict[str, dict[str, TrainConfig]]:
    """Return the campaigns to train, each under the name of its first run.

    On CUDA, runs that agree in all that `train` asks for share one; elsewhere each is alone.
    """
    shares = device_type(device) == "cuda"
    groups: dict[str, dict[str, TrainConfig]] = {}
    for name, config in configs.items():
        alike = (
            first for first, group in groups.items() if _shared(group[first]) == _shared(config)
        )
        first = next(alike, name) if shares else name
        groups.setdefault(first, {})[name] = config
    return groups


def _shared(config: TrainConfig) -> dict[str, Any]:
    free = {"seed", "split", "split_seed", "frac_train", "lr", "weight_decay", "epsilon"}
    free |= {"decay_from", "decay_until", "fixed_norm"}
    return {key: value for key, value in as_dict(config).items() if key not in free}


def _check_together(configs: Mapping[str, TrainConfig]) -> None:
    if not configs:
        raise TimelessError("there are no runs to train", remedy="give at least one seed")
    for config in configs.values():
        check(config)
    shared = [_shared(config) for config in configs.values()]
    for name, fixed in zip(configs, shared, strict=True):
        differing = [key for key in fixed if fixed[key] != shared[0][key]]
        if differing:
            raise TimelessError(
                f"runs that train together must agree in {', '.join(differing)}",
                where=f"run {name}",
                remedy="train it in a campaign of its own",
            )
