"""Predict the delay of every run that generalised from the norm at which it had memorised."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from timeless.config import as_dict
from timeless.experiments.norms import NAME, Config
from timeless.experiments.norms.delays import Delayed, delayed
from timeless.results.artifacts import Artifact, Table, column
from timeless.results.provenance import provenance
from timeless.running.workspace import Workspace

MEASURED = (  # of a group; None where nothing is predicted
    *("kappa", "threshold", "error_mean", "error_median", "ratio", "ratio_error_median"),
    *("delay_min", "delay_max", "predicted_min", "predicted_max"),
    *("v_grokked_min", "v_grokked_max", "v_grokked_variation", "delay_variation"),
)
GROUPS = ("decay", "seed", "share")  # what is varied


def run(config: Config, workspace: Workspace) -> Artifact:
    """Return the artifact; nothing is trained here."""
    results = workspace.results
    runs = delayed(results, config.calibrated_on_share)
    laws = {group: _law([run for run in runs if run.group == group]) for group in GROUPS}
    summary = {
        "groups": {
            group: _group([run for run in runs if run.group == group], law)
            for group, law in laws.items()
        },
        "decay_exponent": _exponent([run for run in runs if run.group == "decay"]),
    }
    seeds = sorted({run.seed for run in runs})
    made = provenance(results["addition"].provenance, seconds=0.0, seeds=seeds)
    return Artifact(NAME, as_dict(config), made, summary, {"runs": _table(runs, laws)})


def _law(runs: Sequence[Delayed]) -> tuple[float, float] | None:
    """Return κ and V* of the group's reference runs, medians; None if there are none."""
    own = [run for run in runs if run.reference]
    if not own:
        return None
    kappa, threshold = ([getattr(run, name) for run in own] for name in ("kappa", "v_grokked"))
    return float(np.median(kappa)), float(np.median(threshold))


def _group(runs: Sequence[Delayed], law: tuple[float, float] | None) -> dict[str, Any]:
    """Return how well the law predicts the runs from which it was not taken."""
    others = [run for run in runs if not run.reference]
    if law is None or not others:
        return {**dict.fromkeys(MEASURED), "n_runs": len(runs), "n_predicted": 0}
    predicted = np.array([run.predicted(*law) for run in others])
    delays = np.array([run.delay for run in others], dtype=float)
    errors = np.abs(predicted - delays) / delays
    ratio = float(np.median([run.v_grokked / run.v_memorised for run in runs if run.reference]))
    by_ratio = np.array([run.predicted_by_ratio(law[0], ratio) for run in others])
    v_grokked = np.array([run.v_grokked for run in runs])
    return {
        "n_runs": len(runs),
        "n_predicted": len(others),
        "kappa": law[0],
        "threshold": law[1],
        "error_mean": float(errors.mean()),
        "error_median": float(np.median(errors)),
        "ratio": ratio,
        "ratio_error_median": float(np.median(np.abs(by_ratio - delays) / delays)),
        "delay_min": int(delays.min()),
        "delay_max": int(delays.max()),
        "predicted_min": float(predicted.min()),
        "predicted_max": float(predicted.max()),
        "v_grokked_min": float(v_grokked.min()),
        "v_grokked_max": float(v_grokked.max()),
        "v_grokked_variation": _variation(v_grokked),
        "delay_variation": _variation(np.array([run.delay for run in runs], dtype=float)),
    }


def _variation(values: np.ndarray) -> float:
    """Return the coefficient of variation: standard deviation over mean."""
    return float(values.std(ddof=1) / values.mean())


def _exponent(runs: Sequence[Delayed]) -> dict[str, Any]:
    """Return the exponent ν of delay and of grokking epoch ∝ λ^-ν, by least squares of logs.

    Of the strengths at which as many runs generalised as at any; None of fewer than three.
    """
    count = Counter(run.arm for run in runs)
    own = [run for run in runs if count[run.arm] == max(count.values())]
    if len({run.weight_decay for run in own}) < 3:
        return {"n_runs": len(own), "delay": None, "grok_epoch": None}
    decays = np.log([run.weight_decay for run in own])
    return {
        "n_runs": len(own),
        "delay": -float(np.polyfit(decays, np.log([run.delay for run in own]), 1)[0]),
        "grok_epoch": -float(np.polyfit(decays, np.log([run.grok_epoch for run in own]), 1)[0]),
    }


def _table(runs: Sequence[Delayed], laws: dict[str, tuple[float, float] | None]) -> Table:
    def of_law(run: Delayed) -> float:
        law = laws[run.group]
        return run.predicted(*law) if law else float("nan")

    numbers = {
        "seed": ("number", "of initial weights and split"),
        "weight_decay": ("1", "coefficient of decoupled weight decay"),
        "memorisation_epoch": ("epochs", "train accuracy stays at 99%"),
        "grok_epoch": ("epochs", "test accuracy stays at 99%"),
        "delay": ("epochs", "between the two"),
        "v_memorised": ("1", "sum of squared weights at the memorisation epoch"),
        "v_grokked": ("1", "sum of squared weights at the grokking epoch"),
        "kappa": ("1", "rate at which V shrank between the two, over 2 · lr · decay"),
    }
    columns = {
        "group": column([run.group for run in runs], "name", "what is varied"),
        "arm": column([run.arm for run in runs], "name", "its value"),
        "reference": column([int(run.reference) for run in runs], "1", "1: sets κ and V*"),
        **{
            name: column([getattr(run, name) for run in runs], unit, words)
            for name, (unit, words) in numbers.items()
        },
        "predicted_delay": column([of_law(run) for run in runs], "epochs", "by the law"),
    }
    return Table("Every run that generalised after it had memorised.", columns)
