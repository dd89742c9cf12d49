"""Runs of a survey are measured alike: records, measures at checkpoints, and equal ages."""

from dataclasses import replace

import numpy as np
import pytest

from timeless.analysis.survey import MEASURES, ages_table, survey
from timeless.config import ModelConfig, TrainConfig
from timeless.results.artifacts import Table, column
from timeless.training.loop import train

CONFIG = TrainConfig(
    model=ModelConfig(p=13, d_model=16, n_heads=2, d_mlp=32),
    frac_train=0.6,
    epochs=60,
    log_every=5,
    checkpoint_every=20,
)


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory):
    finished = {}
    for seed in (1, 2):
        name, config = f"seed{seed}", replace(CONFIG, seed=seed, split_seed=7)
        finished |= train({name: config}, tmp_path_factory.mktemp(name), device="cpu")
    return finished, *survey(finished, None, 20)


def test_every_run_has_its_record_curves_and_measures(surveyed):
    finished, summary, tables = surveyed
    assert list(summary["runs"]) == list(finished)
    assert (summary["n_runs"], summary["n_grokked"]) == (2, 0)
    for name, run in finished.items():
        assert summary["runs"][name]["split_seed"] == 7
        np.testing.assert_array_equal(tables[f"curves_{name}"]["epoch"], run.curves["epoch"])
        measured = tables[f"measures_{name}"]
        assert measured["epoch"].tolist() == [0, 20, 40, 60]
        logged = np.searchsorted(run.curves["epoch"], measured["epoch"])
        for split in ("train", "test"):
            curve = run.curves[f"{split}_loss"][logged, 0]
            np.testing.assert_allclose(measured[f"loss_{split}"], curve, rtol=1e-4)


def planted(values, epochs):
    columns = {"epoch": column(epochs, "epochs", "epoch")}
    columns |= {name: column(values, "1", name) for name in MEASURES}
    return Table("Planted.", columns)


def test_ages_are_the_grokking_epoch_2000_later_and_the_end():
    epochs = [0, 1_000, 2_000, 3_000, 4_000, 5_000]
    tables = {"a": planted([5, 4, 3, 2, 1.01, 1], epochs), "b": planted([9] * 6, epochs)}
    ages = ages_table({"a": {"grok_epoch": 2_500}, "b": {"grok_epoch": None}}, tables)
    rows = list(zip(ages["run"], ages["age"], ages["epoch"], ages["fve"], strict=True))
    assert rows == [
        ("a", "grok", 2_000, 3),
        ("a", "later", 4_000, 1.01),
        ("a", "end", 5_000, 1),
        ("b", "end", 5_000, 9),
    ]
    # Only up to 5,000 has the last fifth, from 4,000 on, two checkpoints.
    assert ages["settled_fve"].tolist() == [0, 0, 1, 1]


def test_a_measure_that_still_changes_has_not_settled():
    epochs = list(range(0, 1_100, 100))
    rising = planted([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], epochs)
    ages = ages_table({"a": {"grok_epoch": None}}, {"a": rising})
    assert ages["settled_gini_W_E"].tolist() == [0]
