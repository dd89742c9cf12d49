"""Artifacts in which every claim that can be confirmed holds, and ways to change one value."""

import copy
from math import log
from pathlib import Path
from typing import Any

import numpy as np

from timeless.analysis.rates import Rate
from timeless.errors import TimelessError
from timeless.results.artifacts import Artifact, Results, Table, column

CHANCE = log(131)
EPOCHS = np.arange(0, 40_001, 100)
FREQS = np.arange(1, 66)


def steps(*changes: tuple[int, float]) -> np.ndarray:
    """Return values over EPOCHS that change at the epochs given and stay until the next."""
    values = np.zeros(len(EPOCHS))
    for epoch, value in changes:
        values[epoch <= EPOCHS] = value
    return values


def ramp(*corners: tuple[int, float]) -> np.ndarray:
    """Return values over EPOCHS on straight lines between the corners."""
    epochs, values = zip(*corners, strict=True)
    return np.interp(EPOCHS, epochs, values)


UNSEEN = {
    "unseen_accuracy": steps((0, 0.01), (7_300, 0.15), (7_500, 0.5), (7_700, 0.998)),
    "unseen_loss": steps((0, CHANCE + 0.05), (8_100, 1e-6)),
}


def addition() -> dict[str, Any]:
    losses = {
        "epoch": EPOCHS,
        "loss_train": steps((0, 4.9), (500, 1e-6)),
        "excluded_loss_train": ramp((0, 4.9), (2_000, 0.01), (7_000, 0.1), (9_000, 12)),
        "restricted_loss_all": ramp((0, 4.9), (2_000, 4.5), (8_000, 0.1)),
    }
    return {
        "config": {"train": {"model": {"p": 131}, "frac_train": 0.3}},
        "summary": {
            "n_pairs": 17_161,
            "n_train": 5_148,
            "n_test": 12_013,
            "chance_loss": CHANCE,
            "memorisation_epoch": 200,
            "grok_epoch": 7_700,
            "circuit_starts": 2_000,
            "test_accuracy_15_epoch": 7_300,
            "test_accuracy_50_epoch": 7_500,
            "test_accuracy_99_8_epoch": 7_700,
            "n_relapses": 0,
            "relapses": [],
            "worst_after_grok": {"epoch": 20_000, "test_accuracy": 0.995},
            "key_freqs": [14, 28, 42],
            "n_key_freqs": 3,
            "n_frequencies": 65,
            "final_sum_sq_weights": 1_000.0,
            "neurons_clustered_share": 0.9,
        },
        "tables": {
            "curves": UNSEEN
            | {
                "epoch": EPOCHS,
                "train_loss": steps((0, 4.9), (500, 1e-6)),
                "test_loss": steps((0, CHANCE + 0.05), (8_100, 1e-6)),
                "train_accuracy": steps((0, 0.01), (200, 1.0)),
                "test_accuracy": steps((0, 0.01), (7_300, 0.15), (7_500, 0.5), (7_700, 0.998)),
                "sum_sq_weights": ramp((0, 2_000), (1_000, 3_000), (2_000, 3_000), (7_700, 1_000)),
            },
            "progress": losses,
            "progress_confirmed": losses,
            "final_spectrum": {
                "norm": np.where(np.isin(FREQS, [14, 28, 42]), 1.0, 0.02),
                "is_key": np.isin(FREQS, [14, 28, 42]).astype(int),
            },
        },
    }


SEEDS = tuple(f"seed{i}" for i in range(1, 5))


def seeds() -> dict[str, Any]:
    """Return four runs that do what the main run does."""
    main = addition()
    names = ("memorisation_epoch", "grok_epoch", "n_relapses", "final_sum_sq_weights")
    record = {name: main["summary"][name] for name in names}
    curves = main["tables"]["curves"]
    measures = {
        "epoch": EPOCHS,
        "hindsight_excluded_loss": main["tables"]["progress"]["excluded_loss_train"],
    }
    return {
        "config": main["config"],
        "summary": {"runs": {name: dict(record) for name in SEEDS}},
        "tables": {f"curves_{name}": curves for name in SEEDS}
        | {f"measures_{name}": measures for name in SEEDS},
    }


def revisited() -> dict[str, Any]:
    runs = ("addition", *(f"seeds {name}" for name in SEEDS))
    norms = np.where(np.isin(FREQS, [14, 28, 42]), 1.0, 0.02)
    bent = {"sin": 0.98, "cos": 0.97, "tan": 0.96, "log": 0.9, "square": 0.9}
    networks = [(key, name) for key in ("wd1", "wd5") for name in bent]
    return {
        "summary": {},
        "tables": {
            "spectra": {
                "run": np.array(runs),
                "n_key_freqs": np.full(len(runs), 3),
                "floor": np.full(len(runs), 0.02),
                "norm": np.tile(norms, (len(runs), 1)),
            },
            "ages": {
                "run": np.array(runs),
                "age": np.full(len(runs), "later"),
                "clustered_share": np.full(len(runs), 0.9),
            },
            "random_frequencies": {
                "epoch": np.array([0, 2_000]),
                "confirmed_key": np.array([4.9, 0.01]),
                "confirmed_random_min": np.array([4.9, 0.5]),
            },
            "probe": {
                "run": np.array([key for key, _ in networks]),
                "target": np.array([name for _, name in networks]),
                "r2": np.array([bent[name] for _, name in networks]),
            },
            "perturbed": risen("velocity", 1.0),
        },
    }


SCALINGS = ("isotropic", "by tensor")


def risen(stage: str, rise: float) -> dict[str, Any]:
    """Return the rise of the train loss along two directions, by measure and scaling."""
    kinds = [(measure, scaling) for measure in ("absolute", "own norm") for scaling in SCALINGS]
    return {
        "stage": np.full(len(kinds), stage),
        "fraction": np.full(len(kinds), 0.1),
        "measure": np.array([measure for measure, _ in kinds]),
        "scaling": np.array([scaling for _, scaling in kinds]),
        "rises_train": np.full((len(kinds), 2), rise),
    }


def sweep() -> dict[str, Any]:
    found = {10: (100, None), 30: (150, 9_000), 45: (150, 2_000), 60: (150, 400), 90: (150, 200)}
    runs = {
        f"frac{percent}_seed0": {
            "seed": 0,
            "frac_train": percent / 100,
            "budget": 40_000,
            "epochs": 40_000,
            "memorisation_epoch": memorised,
            "grok_epoch": grokked,
            "delay": None if grokked is None else grokked - memorised,
            "final_test_accuracy": 0.01 if grokked is None else 1.0,
        }
        for percent, (memorised, grokked) in found.items()
    }
    return {"summary": {"runs": runs}}


def shares() -> dict[str, Any]:
    grokked = {15: 12_000, 30: 3_000, 50: 900, 60: 400}
    arms = {
        f"share{percent}": {
            "frac_train": percent / 100,
            "n_runs": 5,
            "n_grokked": 5,
            "grok_epoch": {"median": epoch},
        }
        for percent, epoch in grokked.items()
    }
    rows = [(arm, seed) for arm in arms for seed in range(5)]
    epochs = np.array([arms[arm]["grok_epoch"]["median"] for arm, _ in rows])
    runs = {
        "seed": np.array([seed for _, seed in rows]),
        "frac_train": np.array([arms[arm]["frac_train"] for arm, _ in rows]),
        "grok_epoch": epochs,
        "delay": epochs - 100,
    }
    return {"summary": {"budget": 20_000, "arms": arms}, "tables": {"runs": runs}}


def orders() -> dict[str, Any]:
    """Return one network that multiplies, and five that add, each sparse in its own order."""
    own = {"lead": 0.01, "gini": 0.6, "gini_control": 0.2, "entropy": 1.5, "entropy_control": 4.0}
    other = own | {"lead": -0.1, "gini": 0.1, "entropy": 4.1}
    accuracies = {
        "only_key_accuracy": 1.0,
        "only_control_accuracy": 0.02,
        "only_control_amplified_accuracy": 0.02,
        "without_key_accuracy": 0.01,
        "without_key_amplified_accuracy": 0.01,
        "shrunk_accuracy": 0.95,
    }
    head = {"operation": "multiplication", "learned": True, "n_controls": 1_000, "n_kept": 100}
    rows = [("addition", name, order) for name in "abcde" for order in ("numbers", "logarithms")]
    measured = [own if order == "numbers" else other for *_, order in rows]
    return {
        "summary": {
            "runs": {"multiplication": head | own | accuracies},
            "adding": {"numbers_gini_max": 0.6, "logarithms_gini_max": 0.1},
        },
        "tables": {
            "runs": {
                "run": np.array([name for _, name, _ in rows]),
                "operation": np.array([operation for operation, *_ in rows]),
                "order": np.array([order for *_, order in rows]),
                "learned": np.ones(len(rows), dtype=int),
                **{key: np.array([one[key] for one in measured]) for key in own},
            }
        },
    }


def co_grokking() -> dict[str, Any]:
    overlap = {"measured": 0.5, "random_mean": 0.1, "random_max": 0.2, "others_max": 0.3}
    return {
        "summary": {
            "epochs": 40_000,
            "frac_train": 0.3,
            "grok_epoch_addition": 9_000,
            "grok_epoch_multiplication": 9_200,
            "gap": 200,
            "controls": {"gap": -2_500},
            "overlap": overlap | {"n_random": 1_000},
        }
    }


def joint() -> dict[str, Any]:
    """Five networks that grok both tasks, together."""
    pair = {"joint": {"gap": -20, "later": 1_500}, "alone": {"gap": 300}}
    overlapping = {"overlap": 0.5, "random_mean": 0.1, "random_max": 0.2}
    seeds = [f"seed{n}" for n in range(1, 6)]
    return {
        "config": {"train": {"epochs": 3_000}, "n_random": 1_000},
        "summary": {
            "frac_train": 0.6,
            "pairs": {seed: copy.deepcopy(pair) for seed in seeds},
            "joint": {"observed": 20.0, "expected": 400.0, "p_value": 0.01},
            "own": {
                "observed": 300.0,
                "expected": 310.0,
                "p_value": 0.4,
                "n_pairs": 5,
                "n_within": 1,
            },
            "shared": {seed: dict(overlapping) for seed in seeds},
        },
    }


def variants() -> dict[str, Any]:
    high, low = "heads4_relu_float64_seed0", "heads4_relu_float32_seed0"
    summary, tables = _precisions(high, low)
    return {"summary": {"default": high, **summary}, "tables": tables}


def variant_seeds() -> dict[str, Any]:
    summary, tables = _precisions("relu_float64_seed1", "relu_float32_seed1")
    return {"config": {"seeds": [1]}, "summary": summary, "tables": tables}


def _precisions(high: str, low: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two runs, of which that with a float32 loss leaps and does not generalise."""
    runs = {
        high: {
            "grok_epoch": 9_700,
            "epochs": 40_000,
            "lowest_train_loss": 1e-7,
            "share_of_zero_loss": 0.5,
        },
        low: {"grok_epoch": None, "epochs": 40_000},
    }
    for record in runs.values():
        record["memorisation_epoch"] = 200
    losses = {
        high: np.full(len(EPOCHS), 1e-7),
        low: np.where(EPOCHS % 1_000 == 0, 1e-3, 1e-5),
    }
    curves = {
        f"curves_{key}": {"epoch": EPOCHS, "train_loss": loss} for key, loss in losses.items()
    }
    return {"runs": runs}, curves


def phases() -> dict[str, Any]:
    structural = ("restricted_loss_online", "spectral_entropy", "gini_W_E", "sum_sq_weights")
    lead: dict[str, Any] = {
        name: {"ahead": rate(9, 10), "false": rate(0, 5)} for name in structural
    }
    for name in ("loss_test", "loss_unseen"):
        lead[name] = {"ahead": rate(1, 10), "over_unseen": {"ahead": rate(1, 10)}}
    return {"summary": {"lead": lead}}


def rate(count: int, n: int) -> dict[str, Any]:
    return Rate(count, n).as_summary()


def kinematics() -> dict[str, Any]:
    late = {"budget": 40_000, "memorisation_epoch": 500, "grok_epoch": 9_000, "delay": 8_500}
    tokens = late | {"final_ood_theta_accuracy": 1.0, "final_ood_v0_accuracy": 1.0}
    tokens |= {"final_train_accuracy": 1.0, "within_one_memorisation_epoch": 300}
    tokens |= {"within_one_grok_epoch": 9_000, "within_one_delay": 8_500}
    tokens |= {f"final_ood_{name}_within_one_bin": 1.0 for name in ("theta", "v0")}
    numbers = {
        "epoch": EPOCHS,
        "train_accuracy": steps((4_000, 0.99)),
        "test_accuracy": steps((0, 0.4), (9_000, 0.99)),
    }
    probe = {"trained": 0.99, "initial": 0.1, "random_max": 0.3, "straight_line": 0.8}
    side = {"near": {"ratio_enlarged": 1.5}}
    unseen = {
        "epoch": EPOCHS,
        "ood_theta_accuracy": steps((0, 0.1), (9_000, 1.0)),
        "ood_v0_accuracy": steps((0, 0.1), (9_000, 1.0)),
    }
    probed = {"epoch": EPOCHS} | {f: steps((0, 0.2), (9_000, 0.99)) for f in ("sin", "cos", "tan")}
    networks = ("wd1", "wd5")
    return {
        "summary": {
            "tokens": {key: dict(tokens) for key in networks},
            "probe": {key: {f: dict(probe) for f in ("sin", "cos", "tan")} for key in networks},
            "continuous": {"enlarged": {"n_grokked": 3, "n_seeds": 3, "delays": [8_500, 501, 600]}},
            "extrapolation": {
                name: copy.deepcopy(side)
                for name in ("theta_low", "theta_high", "v0_low", "v0_high")
            },
            "modular": {"velocity": dict(late), "position": dict(late)},
        },
        "tables": {f"curves_tokens_{key}": unseen for key in networks}
        | {f"probe_{key}": probed for key in networks}
        | {"curves_enlarged": numbers},
    }


def few_throws() -> dict[str, Any]:
    return {"summary": {"n_runs": 30, "n_grokked": 30, "n_late": 30}}


def laboratory() -> dict[str, Any]:
    tables = [
        risen(name, rise) for name, rise in (("memorised", 1.0), ("last", 0.5), ("control", 1.0))
    ]
    immune = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    return {
        "summary": {
            "temperature": {
                "temperatures": [2.0, 1.0, 0.5],
                "pattern_entropy": [0.6, 0.5, 0.3],
                "stages": {"memorised": {"least_drop": 0.2}, "last": {"least_drop": 0.1}},
            },
            "routing": {
                "own_power_largest": 0.05,
                "other_power_smallest": 0.95,
                "random_power": 0.5,
            },
            "immune": {"fraction": 0.1},
        },
        "tables": {"immune": immune},
    }


def without_decay() -> dict[str, Any]:
    """Five runs of each arm that do as proposed: only a softmax without decay does not grok."""
    arms = ("decay", "softmax_float64", "softmax_float32", "stablemax_float64", "stablemax_epsilon")
    arms += ("perpendicular_float64", "perpendicular_float32")
    stuck = {"grok_epoch": None, "zero_loss_share": 0.9, "along_weights": 0.95}
    grokked = {"grok_epoch": 900, "zero_loss_share": 0.0, "along_weights": None}
    medians = {"zero_loss_share_median": 0.9, "along_weights_median": 0.95}
    return {
        "summary": {
            "arms": {arm: medians | {"n_grokked": 5 * ("softmax" not in arm)} for arm in arms},
            "runs": {
                f"{arm}_seed{seed}": dict(stuck if "softmax" in arm else grokked)
                for arm in arms
                for seed in range(1, 6)
            },
        }
    }


def late() -> dict[str, Any]:
    """Return another long run, which keeps what it has."""
    main = addition()
    names = ("grok_epoch", "n_relapses", "worst_after_grok")
    record = {"name": "seed 0", **{name: main["summary"][name] for name in names}}
    curves = {"epoch": EPOCHS, "test_accuracy": main["tables"]["curves"]["test_accuracy"]}
    return {"summary": {"runs": {"seed0": record}}, "tables": {"curves_seed0": curves}}


PARTS = (
    *(addition, seeds, late, revisited, sweep, shares, orders, co_grokking, joint),
    *(variants, variant_seeds, phases, kinematics, few_throws, laboratory, without_decay),
)
NAMES = {"sweep": "fraction_sweep"}


class Planted(Results):
    """Artifacts by name, as they would be read; what is not planted is not there."""

    def __init__(self) -> None:
        super().__init__(Path("planted"))
        made = {NAMES.get(part.__name__, part.__name__): part() for part in PARTS}
        self.seeds = [0]
        self.parts: dict[str, dict[str, Any]] = copy.deepcopy(made)

    def __contains__(self, experiment: str) -> bool:
        return experiment in self.parts

    def __getitem__(self, experiment: str) -> Artifact:
        if experiment not in self:
            raise TimelessError(f"{experiment} is not planted")
        part = self.parts[experiment]
        tables = {
            name: Table(name, {key: column(values, "1", key) for key, values in columns.items()})
            for name, columns in part.get("tables", {}).items()
        }
        return Artifact(
            experiment, part.get("config", {}), {"seeds": self.seeds}, part["summary"], tables
        )

    def put(self, path: str, value: Any) -> None:
        """Set "experiment.key.…" of a summary, or "experiment/table.column@row" of a table.

        ``row`` is an epoch where the table has epochs, else a frequency, or * for all rows.
        """
        if "/" in path:
            self._put_row(path, value)
            return
        experiment, *keys, last = path.split(".")
        node = self.parts[experiment]["config" if keys[:1] == ["config"] else "summary"]
        for key in keys[1:] if keys[:1] == ["config"] else keys:
            node = node[key]
        node[last] = value

    def _put_row(self, path: str, value: float) -> None:
        experiment, place = path.split("/")
        name, rest = place.split(".")
        key, row = rest.split("@")
        table = self.parts[experiment]["tables"][name]
        rows = table.get("epoch", FREQS)
        values = np.array(table[key])
        values[slice(None) if row == "*" else rows == int(row)] = value
        self.parts[experiment]["tables"][name] = {**table, key: values}

    def cut(self, path: str, last: int) -> None:
        """End "experiment/table" at an epoch."""
        experiment, name = path.split("/")
        table = self.parts[experiment]["tables"][name]
        kept = table["epoch"] <= last
        self.parts[experiment]["tables"][name] = {key: v[kept] for key, v in table.items()}
