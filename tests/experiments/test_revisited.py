"""Questions asked later: pairs apart, ages side by side, and the gradient of a small network."""

import numpy as np
import pytest

from timeless.analysis.survey import MEASURES
from timeless.config import ModelConfig, TrainConfig
from timeless.experiments.revisited.ages import ages_summary
from timeless.experiments.revisited.ends import _entries
from timeless.experiments.revisited.leaps import count_leaps
from timeless.experiments.revisited.pairs import masks_of
from timeless.results.artifacts import Table, column
from timeless.training.model import init_params
from timeless.training.tasks import make_task

SMALL = TrainConfig(model=ModelConfig(p=13, d_model=16, n_heads=2, d_mlp=32), frac_train=0.5)


def test_parts_of_the_test_pairs_are_those_of_the_task() -> None:
    splits, masks = make_task(SMALL).splits, masks_of(SMALL, 0)
    for part, mask in masks.items():
        assert (mask == splits[part]).all(), part
    assert masks["mirrored"].any()
    assert masks["unseen"].any()


def test_in_its_own_order_multiplication_has_the_same_pairs() -> None:
    config = TrainConfig(model=SMALL.model, operations=("multiplication",), frac_train=0.5)
    masks, splits = masks_of(config, 0), make_task(config).splits
    nonzero = np.ones((13, 13), dtype=bool)
    nonzero[0] = nonzero[:, 0] = False
    for part, mask in masks.items():
        assert mask.sum() == splits[part][nonzero.ravel()].sum(), part


def test_a_measure_that_falls_between_the_ages_is_counted() -> None:
    values = {"a": (0.9, 0.5), "b": (0.8, 0.6), "c": (0.7, 0.75)}
    rows = [
        (run, age, v[i]) for run, v in values.items() for i, age in enumerate(("grok", "later"))
    ]
    columns = {"run": column([r for r, *_ in rows], "name", "run")}
    columns |= {"age": column([a for _, a, _ in rows], "name", "age")}
    for name in ("epoch", "since_grok", *MEASURES):
        columns[name] = column([v for *_, v in rows], "1", name)
    found = ages_summary(Table("planted", columns))
    assert found["n_alike"] == 3
    assert found["gradient_symmetricity"]["falls"]["count"] == 2
    assert found["gradient_symmetricity"]["grok"]["median"] == 0.8
    assert found["runs"]["c"]["later"]["uniform_accuracy"] == 0.75


def test_a_leap_is_a_tenfold_loss_from_log_to_log() -> None:
    curves = {"epoch": [0, 10, 20, 30, 40], "train_loss": [1.0, 10.0, 1.0, 9.0, 90.0]}
    table = Table("planted", {name: column(own, "1", name) for name, own in curves.items()})
    assert count_leaps(table, None, 40) == 2
    assert count_leaps(table, 10, 30) == 0


def test_the_entries_are_those_of_the_full_gradient() -> None:
    found = _entries(init_params(SMALL.model, 0), SMALL)
    assert found["train_loss"] == pytest.approx(np.log(13), rel=0.2)
    assert 1e-4 < found["median"] < found["largest"] < 1
    assert found["below_epsilon"] < 0.2
