"""Directional derivatives: the loss along a direction, its tangent, and one drawn in the page."""

from typing import Any

import numpy as np

from timeless.instruments import Widget
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("addition", "laboratory")
SPLITS = ("train", "test")
DERIVATIVES = ("slope", "difference", "curvature")
SAMPLE = 1_000  # pairs on which the page computes the loss along a direction that it draws


def widget(results: Results) -> Widget:
    """Return the loss along each direction at each stage, and its derivatives.

    ``profiles`` are at the ``lengths`` (absolute); ``stages`` have the spread of the slopes along
    random directions. The control is a stage of another run, whose weights the page lacks.
    """
    laboratory = results["laboratory"]
    profiles = laboratory["profiles"]
    return Widget(
        title="The loss along a direction",
        caption=_caption(Quoting(results, "laboratory")),
        alt=_alt(Quoting(results, "laboratory")),
        networks=("addition",),
        data={
            "lengths": profiles["length"][0].tolist(),
            "initial_norm": laboratory.summary["initial_norm"],
            "stages": stages(laboratory),
            "profiles": [profile(laboratory, row) for row in range(len(profiles["stage"]))],
            "n_random": laboratory.summary["directions"]["n_random"],
            "sample": SAMPLE,
        },
    )


def stages(laboratory: Artifact) -> list[dict[str, Any]]:
    """Return name, epoch, norm and mean size of the random slopes of every stage, in order."""
    profiles = laboratory["profiles"]
    found = {}
    for row, stage in enumerate(profiles["stage"].tolist()):
        spread = laboratory.summary["directions"]["stages"][stage]
        found[stage] = {
            "name": stage,
            "epoch": int(profiles["epoch"][row]),
            "norm": float(profiles["norm"][row]),
            "in_page": stage in laboratory.summary["stages"],
            **{f"random_{s}": spread[f"random_slope_{s}"]["mean_abs"] for s in SPLITS},
        }
    return list(found.values())


def profile(laboratory: Artifact, row: int) -> dict[str, Any]:
    """Return the loss along the direction of a row of the profiles, with its derivatives."""
    profiles, measured = laboratory["profiles"], laboratory["directions"]
    stage, direction = str(profiles["stage"][row]), str(profiles["direction"][row])
    (at,) = np.flatnonzero((measured["stage"] == stage) & (measured["direction"] == direction))
    derivatives = (f"{name}_{split}" for name in DERIVATIVES for split in SPLITS)
    return {
        "stage": stage,
        "direction": direction,
        "kind": str(profiles["kind"][row]),
        **{name: float(measured[name][at]) for name in derivatives},
        **{f"loss_{split}": profiles[f"loss_{split}"][row].tolist() for split in SPLITS},
    }


def _caption(quote: Quoting) -> str:
    return (
        "Above: the loss \\(L(\\theta + t\\,d)\\) at the measured lengths \\(t\\) (dots), the "
        "tangent of slope \\(D_d L(\\theta)\\) at \\(t = 0\\) (dashed) and the parabola that has "
        "the second derivative as well (dotted); both are computed by forward-mode "
        "differentiation in float64, and on a logarithmic axis they are curves. Below: the size of "
        "the slope at all stages. *Down the gradient* is the direction in which the train loss "
        "falls fastest; a *component* is the part of \\(W_E\\) that one frequency makes up; random "
        "directions treat every weight alike, or each tensor in proportion to its own norm. One "
        "that you draw is tried in the page on a sample of the pairs, and its slope is a central "
        "difference. The control, a network of another run, is as old as the last checkpoint and "
        f"has memorised {quote('control.frac_train', '.0%')} of the pairs; the page does not have "
        "its weights. Weights are in 16 bits, but for the control’s."
    )


def _alt(quote: Quoting) -> str:
    return plain(
        "Curves of the loss along a direction in weight space for two networks, with their "
        "tangents, and the slopes over training. The train loss changes by "
        f"{quote('directions.stages.memorised.random_slope_train.mean_abs', '.1e')} nats per unit "
        f"along a random direction at epoch {quote('stages.memorised')} and by "
        f"{quote('directions.stages.last.random_slope_train.mean_abs', '.1e')} at epoch "
        f"{quote('stages.last')}."
    )
