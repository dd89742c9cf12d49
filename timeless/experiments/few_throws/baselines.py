"""What needs no network: answers to the test by the commonest bin, a look-up, and a straight line.

The last two are told which values lie side by side, and how far apart; the network is not.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import LinearNDInterpolator

from timeless.experiments.kinematics.throws import Throws, TokenTask, make_throws, nearest_labels


def baselines(throws: Throws) -> dict[str, dict[str, float]]:
    """Return the shares of test throws that each gets right, and gets right to within one bin."""
    task = make_throws(throws)
    known = task.labels[task.where("train")]
    within = np.convolve(np.bincount(known, minlength=task.n_bins), np.ones(3), mode="same")
    answers = {
        "constant": np.full_like(task.labels, within.argmax()),
        "nearest": nearest_labels(task),
        "linear": linear_labels(task, throws),
    }
    off = {
        name: np.abs(labels - task.labels)[task.where("test")] for name, labels in answers.items()
    }
    return {
        name: {
            "accuracy": float((bins == 0).mean()),
            "within_one_bin": float((bins <= 1).mean()),
        }
        for name, bins in off.items()
    }


def linear_labels(task: TokenTask, throws: Throws) -> NDArray[np.int64]:
    """Return for every throw the bin of the height that lies between those of training throws [n].

    Linear within each simplex of their Delaunay triangulation, the three axes scaled to one
    length; outside all of them, the bin of the nearest training throw.
    """
    known = task.where("train")
    sizes = np.array([axis.n - 1 for axis in (throws.theta, throws.v0, throws.x)])
    places = task.index / sizes
    heights = LinearNDInterpolator(places[known], task.heights[known])(places)
    between = np.floor((heights - task.lowest) / throws.bin_width)
    return np.where(np.isnan(heights), nearest_labels(task), between).astype(np.int64)
