"""Runs that generalised, with their norm when they memorised and when they grokked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import log
from typing import Any

from timeless.results.artifacts import Artifact, Results, Table

RECORDED = ("seed", "memorisation_epoch", "grok_epoch")


@dataclass(frozen=True)
class Delayed:
    """A run that generalised: how it was trained, its two epochs, and V at each of them.

    ``arm`` is what is varied in its group; ``reference`` says whether κ and V* are taken from it.
    """

    group: str
    arm: str
    seed: int
    lr: float
    weight_decay: float
    memorisation_epoch: int
    grok_epoch: int
    v_memorised: float
    v_grokked: float
    reference: bool

    @property
    def delay(self) -> int:
        """Return the epochs from memorisation to grokking."""
        return self.grok_epoch - self.memorisation_epoch

    @property
    def kappa(self) -> float:
        """Return the rate at which V shrank, in units of that of decay alone, 2 η λ."""
        rate = log(self.v_memorised / self.v_grokked) / self.delay
        return rate / (2 * self.lr * self.weight_decay)

    def predicted(self, kappa: float, threshold: float) -> float:
        """Return the delay that the law gives, from V at memorisation; 0 if V is low already."""
        wait = log(self.v_memorised / threshold) / (2 * kappa * self.lr * self.weight_decay)
        return max(wait, 0.0)

    def predicted_by_ratio(self, kappa: float, ratio: float) -> float:
        """Return the delay if V has to fall to a share of what it was, whatever that was."""
        return -log(ratio) / (2 * kappa * self.lr * self.weight_decay)


def delayed(results: Results, share: float) -> list[Delayed]:
    """Return the runs of all groups that generalised after they had memorised."""
    found = [*_decays(results), *_seeds(results), *_shares(results, share)]
    return [run for run in found if run is not None]


def _decays(results: Results) -> Iterator[Delayed | None]:
    artifact = results["interventions"]
    usual, runs = artifact.config["train"]["weight_decay"], artifact["runs"]
    for row, name in enumerate(runs["run"].tolist()):
        arm = str(runs["arm"][row])
        if arm.startswith("decay_"):
            own = {key: runs[key][row].item() for key in (*RECORDED, "weight_decay")}
            curves = artifact[f"curves_{name}"]
            yield _of(
                artifact, curves, own, group="decay", arm=arm, by=own["weight_decay"] == usual
            )


def _seeds(results: Results) -> Iterator[Delayed | None]:
    main, seeds = results["addition"], results["seeds"]
    first = {**main.summary, "seed": main.config["seeds"][0]}
    yield _of(main, main["curves"], first, group="seed", arm="main", by=True)
    for name, own in seeds.summary["runs"].items():
        yield _of(seeds, seeds[f"curves_{name}"], own, group="seed", arm="seed", by=False)


def _shares(results: Results, share: float) -> Iterator[Delayed | None]:
    artifact = results["shares"]
    for name, own in artifact.summary["runs"].items():
        arm, by = f"{own['frac_train']:.0%}", own["frac_train"] == share
        yield _of(artifact, artifact[f"curves_{name}"], own, group="share", arm=arm, by=by)


def _of(
    artifact: Artifact, curves: Table, own: Mapping[str, Any], *, group: str, arm: str, by: bool
) -> Delayed | None:
    """Return a run, or None if it did not generalise, or not after it had memorised."""
    memorised, grokked = own["memorisation_epoch"], own["grok_epoch"]
    if memorised is None or grokked is None or not 0 <= memorised < grokked:
        return None
    train = artifact.config["train"]
    return Delayed(
        group=group,
        arm=arm,
        seed=own["seed"],
        lr=train["lr"],
        weight_decay=own.get("weight_decay", train["weight_decay"]),
        memorisation_epoch=memorised,
        grok_epoch=grokked,
        v_memorised=_v_at(curves, memorised),
        v_grokked=_v_at(curves, grokked),
        reference=by,
    )


def _v_at(curves: Table, epoch: int) -> float:
    return float(curves["sum_sq_weights"][curves["epoch"].tolist().index(epoch)])
