"""A linear probe of the angle tokens again: does it read trigonometry, or any bent curve?"""

import numpy as np

from timeless.experiments.kinematics.probe import held_out_r2
from timeless.experiments.kinematics.token_results import probe_targets
from timeless.results.artifacts import Results, Table, column
from timeless.results.weights import load_published

BENT = ("log", "square")  # of the angle: bent about as much as sin, cos and tan


def probe_table(results: Results) -> Table:
    """Return the probe's R² on left-out angles by the last tokens, also of other bent functions."""
    kinematics = results["kinematics"]
    grid = kinematics.config["tokens"]["throws"]["theta"]
    angles = np.linspace(grid["first"], grid["last"], grid["n"])
    rows = []
    for run in kinematics.summary["tokens"]:
        theta = kinematics[f"angles_{run}"]["theta"]
        places = np.abs(angles - theta[:, None]).argmin(1)
        W_E = load_published(results.directory, "kinematics", f"tokens-{run}")["W_E"]
        targets = probe_targets(theta) | {"log": np.log(theta), "square": theta**2}
        rows += [(run, name, held_out_r2(W_E[places], values)) for name, values in targets.items()]
    return Table(
        "What a linear probe reads from the last angle tokens, on left-out angles.",
        {
            "run": column([run for run, *_ in rows], "name", "network on tokens"),
            "target": column([name for _, name, _ in rows], "name", "function of the angle"),
            "r2": column([r2 for *_, r2 in rows], "1", "R² of the probe"),
        },
    )
