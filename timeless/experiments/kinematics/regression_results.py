"""What the networks on real numbers show: losses over training, and errors outside the range."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from timeless.analysis.summary import descent_record
from timeless.config import as_dict
from timeless.experiments.kinematics import NAME, Config
from timeless.experiments.kinematics.protocols import RegressionTraining, Sample, make_sample
from timeless.experiments.kinematics.regression import MEASURES, answers, train_regression
from timeless.experiments.kinematics.throws import Floats, height
from timeless.results.artifacts import Column, Table, column
from timeless.results.weights import Arrays, published_file, save_weights
from timeless.rules import held_epoch, held_epochs
from timeless.running.workspace import Workspace
from timeless.training.descent import Descent

Answer = Callable[[Floats], Floats]  # from throws [n, 3] in their units to heights in metres [n]

N_THROWS = 500
INPUTS = ("theta", "v0", "x")
# Where errors are measured, in degrees and in m/s: inside the range trained on and outside it.
VALUES = {"theta": tuple(range(5, 86, 5)), "v0": tuple(range(8, 93, 4))}
NEAR = 0.1  # widths of the training range: the first value at least so far outside is "near"


def variant_curves(config: RegressionTraining, run: Descent, index: int) -> Table:
    """Return the curves of one network, by its place in ``config.runs()``."""
    words = {
        "loss": ("1", "mean squared error over the variance of the training heights"),
        "accuracy": ("1", f"share of answers within {config.tolerance} standard deviations"),
    }
    columns: dict[str, Column] = {"epoch": column(run.epochs, "epochs", "number of updates made")}
    for i, name in enumerate(MEASURES[:-1]):
        split, quantity = name.split("_")
        unit, text = words[quantity]
        columns[name] = column(run.measures[:, index, i], unit, text, split=split)
    squares = run.measures[:, index, -1]
    columns["sum_sq_weights"] = column(squares, "1", "sum of all squared weights", digits=7)
    return Table("Losses and thresholded accuracies on real-valued throws.", columns)


def network(weights: Arrays, index: int, config: RegressionTraining, sample: Sample) -> Answer:
    """Return one of the stacked networks as a function from throws to heights in metres."""
    own = {name: array[index] for name, array in weights.items()}

    def answer(throws: Floats) -> Floats:
        return sample.mean + sample.std * answers(own, config.box.normalised(throws))

    return answer


def baselines(config: RegressionTraining, sample: Sample) -> dict[str, Answer]:
    """Return what answers without a network: the mean, a linear fit, the nearest training throw."""
    inputs = config.box.normalised(sample.train)
    design = np.column_stack([inputs, np.ones(len(inputs))])
    slope, *_ = np.linalg.lstsq(design, sample.train_heights)

    def nearest(throws: Floats) -> Floats:
        gaps = config.box.normalised(throws)[:, None] - inputs
        return np.asarray(sample.train_heights[np.square(gaps).sum(2).argmin(1)])

    return {
        "mean": lambda throws: np.full(len(throws), sample.mean),
        "linear": lambda throws: (
            np.column_stack([config.box.normalised(throws), np.ones(len(throws))]) @ slope
        ),
        "nearest": nearest,
    }


# --- over training -----------------------------------------------------------------------


def judged(config: RegressionTraining, run: Descent, index: int) -> dict[str, Any]:
    """Return the epochs of one network by the rule on explained variance, and how it ends."""
    curves = variant_curves(config, run, index)
    epochs = held_epochs(run.epochs, 1 - curves["train_loss"], 1 - curves["test_loss"])
    return {
        **epochs,
        "accuracy_epoch": held_epoch(run.epochs, curves["train_accuracy"]),
        "test_accuracy_epoch": held_epoch(run.epochs, curves["test_accuracy"]),
        **{f"final_{name}": float(curves[name][-1]) for name in MEASURES},
        "peak_sum_sq_weights": float(curves["sum_sq_weights"].max()),
        "at_memorisation": _moment(curves, epochs["memorisation_epoch"]),
    }


def _moment(curves: Table, epoch: int | None) -> dict[str, float] | None:
    if epoch is None:
        return None
    row = int(np.searchsorted(curves["epoch"], epoch))
    return {name: curves[name][row].item() for name in ("epoch", *MEASURES)}


def variants_summary(config: RegressionTraining, run: Descent) -> dict[str, dict[str, Any]]:
    """Return each variant's record of the first seed, with the epochs of all seeds beside it."""
    found = {}
    for variant, (factor, weight_decay) in config.variants.items():
        each = [
            judged(config, run, index)
            for index, (name, _) in enumerate(config.runs())
            if name == variant
        ]
        found[variant] = {
            "factor": factor,
            "weight_decay": weight_decay,
            "seed": config.seeds[0],
            "n_seeds": len(each),
            "epochs": int(run.epochs[-1]),
            **each[0],
            "final_test_losses": [one["final_test_loss"] for one in each],
            "n_memorised": sum(one["memorisation_epoch"] is not None for one in each),
            "n_grokked": sum(one["grok_epoch"] is not None for one in each),
            **{
                f"{key}s": _all_or_none([one[key] for one in each])
                for key in ("memorisation_epoch", "grok_epoch", "delay")
            },
        }
    return found


def _all_or_none(values: list[Any]) -> list[Any] | None:
    return None if None in values else values


def runs_table(config: RegressionTraining, run: Descent) -> Table:
    """Return one row a network; an epoch that was not reached is -1."""
    rows = [judged(config, run, index) for index in range(len(config.runs()))]
    columns: dict[str, Column] = {
        "variant": column([name for name, _ in config.runs()], "name", "key of summary.continuous"),
        "seed": column([seed for _, seed in config.runs()], "number", "seed"),
    }
    for key in ("memorisation_epoch", "grok_epoch", "delay"):
        values = [-1 if row[key] is None else row[key] for row in rows]
        words = f"{key.replace('_', ' ')} by explained variance; -1: not reached"
        columns[key] = column(values, "epochs", words)
    for key in MEASURES[:-1]:
        split = key.split("_")[0]
        values = [row[f"final_{key}"] for row in rows]
        columns[f"final_{key}"] = column(values, "1", f"{key} at the end", split=split)
    return Table("Every network on real-valued throws.", columns)


# --- outside the training range ----------------------------------------------------------


def distance(config: RegressionTraining, variable: str, value: float) -> tuple[str, float]:
    """Return on which side of the training range a value lies, and how many widths outside it."""
    low, high = getattr(config.box, variable)
    if low <= value <= high:
        return "inside", 0.0
    return (
        ("low", (low - value) / (high - low))
        if value < low
        else ("high", (value - high) / (high - low))
    )


def throws_at(config: RegressionTraining, variable: str, value: float) -> Floats:
    """Return `N_THROWS` throws [n, 3] that share the value of one input.

    The other two inputs are drawn in their training ranges, the same for every value.
    """
    throws = config.box.draw(N_THROWS, np.random.default_rng([config.seeds[0], 6]))
    throws[:, INPUTS.index(variable)] = value
    return throws


def _rmse(answer: Answer, throws: Floats) -> float:
    return float(np.sqrt(np.square(answer(throws) - height(*throws.T)).mean()))


def _errors(config: RegressionTraining, weights: Arrays, throws: Floats) -> dict[str, float]:
    """Return the error in metres of each variant, the mean over seeds, and of each baseline."""
    samples = {seed: make_sample(config, seed) for seed in config.seeds}
    by_variant: dict[str, list[float]] = {}
    for index, (variant, seed) in enumerate(config.runs()):
        answer = network(weights, index, config, samples[seed])
        by_variant.setdefault(variant, []).append(_rmse(answer, throws))
    found = {f"rmse_{variant}": float(np.mean(errors)) for variant, errors in by_variant.items()}
    first = samples[config.seeds[0]]
    for name, answer in baselines(config, first).items():
        found[f"rmse_{name}"] = _rmse(answer, throws)
    return found


def extrapolation(config: RegressionTraining, weights: Arrays) -> tuple[Table, dict[str, Any]]:
    """Return errors against distance from the training range, as a table and in short.

    In short: inside the whole box, and on each side of each range "near" and "far", the first
    value at least `NEAR` widths outside and the last one.
    """
    inside = config.box.draw(N_THROWS, np.random.default_rng([config.seeds[0], 7]))
    within = {
        "distance": 0.0,
        "spread": float(height(*inside.T).std()),
        **_errors(config, weights, inside),
    }
    rows = []
    for variable, values in VALUES.items():
        for value in values:
            throws = throws_at(config, variable, value)
            side, away = distance(config, variable, value)
            place = {"variable": variable, "value": float(value), "side": side, "distance": away}
            spread = float(height(*throws.T).std())
            rows.append({**place, "spread": spread, **_errors(config, weights, throws)})
    return _errors_table(rows), {"inside": within, **_in_short(rows, within)}


def _in_short(rows: list[dict[str, Any]], within: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for variable in VALUES:
        for side in ("low", "high"):
            there = [row for row in rows if (row["variable"], row["side"]) == (variable, side)]
            there.sort(key=lambda row: row["distance"])
            near = next(row for row in there if row["distance"] >= NEAR)
            found[f"{variable}_{side}"] = {
                name: {key: row[key] for key in row if key not in {"variable", "side"}}
                | _ratios(row, within)
                for name, row in (("near", near), ("far", there[-1]))
            }
    return found


def _ratios(row: Mapping[str, Any], within: Mapping[str, Any]) -> dict[str, float]:
    """Return how many times larger each error is than the same one's inside the range."""
    return {key.replace("rmse", "ratio"): row[key] / within[key] for key in row if "rmse" in key}


def _errors_table(rows: list[dict[str, Any]]) -> Table:
    described = {
        "variable": ("name", "the input that is held at a value"),
        "value": ("degrees or m/s", "its value"),
        "side": ("name", "below (low), inside or above (high) the range trained on"),
        "distance": ("training widths", "distance from that range"),
        "spread": ("m", "standard deviation of the true heights there"),
    }
    columns: dict[str, Column] = {}
    for key in rows[0]:
        unit, words = described.get(key, ("m", f"root mean squared error, {key[5:]}"))
        values = np.array([row[key] for row in rows])
        columns[key] = column(values, unit, words, split=None if key in described else "test")
    return Table("Errors against distance from the range that was trained on.", columns)


def setup_summary(config: RegressionTraining, weights: Arrays) -> dict[str, Any]:
    """Return sizes, scales, and the test loss of the baselines, for the first seed."""
    sample = make_sample(config, config.seeds[0])
    losses = {
        name: float(np.square(answer(sample.test) - sample.test_heights).mean() / sample.std**2)
        for name, answer in baselines(config, sample).items()
    }
    return {
        "n_train": config.n_train,
        "n_test": config.n_test,
        "n_seeds": len(config.seeds),
        "n_parameters": sum(array[0].size for array in weights.values()),
        "mean": sample.mean,
        "std": sample.std,
        "tolerance_metres": config.tolerance * sample.std,
        "baselines": losses,
    }


def run_regression(
    config: Config, workspace: Workspace
) -> tuple[Descent, dict[str, Any], dict[str, Table]]:
    """Train the real-valued networks, or resume; return them with summary and tables."""
    one = config.regression
    jobs = {"regression": (one, workspace.runs / NAME / "regression")}
    done = dict(workspace.engine(train_regression, jobs))["regression"]
    last = done.weights(int(done.epochs[-1]))
    outside, short = extrapolation(one, last)
    setup = setup_summary(one, last) | descent_record(done, one.seeds[0])
    summary = {
        "continuous": variants_summary(one, done),
        "continuous_setup": setup,
        "extrapolation": short,
        "seen_epochs": list(config.seen_epochs),
    }
    first = {variant: one.runs().index((variant, one.seeds[0])) for variant in one.variants}
    tables = {
        f"curves_{variant}": variant_curves(one, done, index) for variant, index in first.items()
    }
    tables |= {"continuous_runs": runs_table(one, done), "extrapolation": outside}
    for epoch in config.seen_epochs:
        meta = {"experiment": NAME, "config": as_dict(one), "runs": one.runs(), "epoch": epoch}
        path = published_file(workspace.artifacts, NAME, "regression", epoch)
        save_weights(path, done.weights(epoch), meta)
    return done, summary, tables
