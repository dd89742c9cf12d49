"""The summary: epochs, moments and ends of planted curves."""

import numpy as np
import pytest

from timeless.analysis.summary import (
    CONFIRMED_MEASURES,
    MOMENT_MEASURES,
    moment,
    tensor_sizes,
    transition_epochs,
)
from timeless.results.artifacts import Table, column
from timeless.rules import first_epoch

LOGGED = np.arange(0, 10_001, 10)
KEPT = np.arange(0, 10_001, 500)


def table(epochs, **columns):
    named = {name: column(values, "1", name) for name, values in columns.items()}
    return Table("", {"epoch": column(epochs, "epochs", ""), **named})


def curves(train_from=150, test_from=7000):
    """Test accuracy rises by 1% in 10 epochs, from 0 at ``test_from``.

    That on mirrored pairs does so 1,000 epochs before, that on unseen ones 200 after.
    """

    def rising(since):
        return np.clip((LOGGED - since) / 1000, 0, 1)

    return table(
        LOGGED,
        train_accuracy=1.0 * (train_from <= LOGGED),
        test_accuracy=rising(test_from),
        mirrored_accuracy=rising(test_from - 1000),
        unseen_accuracy=rising(test_from + 200),
    )


def progress():
    measures = dict.fromkeys(MOMENT_MEASURES, KEPT + 0.5)
    excluded = np.abs(KEPT - 2000.0)
    test_loss = np.where(KEPT <= 4000, 20.0, 1.0)
    return table(KEPT, **measures | {"excluded_loss_train": excluded, "loss_test": test_loss})


def test_epochs_of_the_transition_are_read_from_the_curves():
    assert transition_epochs(curves(), progress()) == {
        "memorisation_epoch": 150,
        "grok_epoch": 7990,
        "delay": 7840,
        "circuit_starts": 2000,
        "cleanup_starts": 4000,
        "cleanup_ends": 7990,
        "test_accuracy_15_epoch": 7150,
        "test_accuracy_50_epoch": 7500,
        "test_accuracy_99_8_epoch": 8000,
        "mirrored_50_epoch": 6500,
        "unseen_15_epoch": 7350,
        "unseen_50_epoch": 7700,
        "unseen_99_8_epoch": 8200,
    }


def test_what_is_not_logged_of_kinds_of_pairs_is_null():
    columns = dict(curves().columns)
    del columns["mirrored_accuracy"], columns["unseen_accuracy"]
    found = transition_epochs(Table("", columns), progress())
    assert (found["mirrored_50_epoch"], found["unseen_15_epoch"]) == (None, None)
    assert "unseen_accuracy" not in moment(Table("", columns), progress(), confirmed(), 7500)


@pytest.mark.parametrize(
    ("fields", "absent"),
    [
        (
            {"test_from": 9200},
            {"grok_epoch", "delay", "test_accuracy_99_8_epoch", "unseen_99_8_epoch"},
        ),
        ({"train_from": 9500}, {"memorisation_epoch", "delay"}),
    ],
)
def test_what_is_not_reached_is_null(fields, absent):
    found = transition_epochs(curves(**fields), progress())
    bounds = {"circuit_starts", "cleanup_starts", "cleanup_ends"}
    missing = absent | (bounds if "grok_epoch" in absent else set())
    assert {name for name, epoch in found.items() if epoch is None} == missing


def confirmed():
    return table(KEPT, **dict.fromkeys(CONFIRMED_MEASURES, KEPT + 0.25))


def test_a_moment_is_the_last_checkpoint_at_or_before_an_epoch():
    found = moment(curves(), progress(), confirmed(), 7510)
    assert (found["epoch"], found["test_accuracy"], found["train_accuracy"]) == (7500, 0.5, 1.0)
    assert (found["mirrored_accuracy"], found["unseen_accuracy"]) == (1.0, 0.3)
    assert found["gini_W_E"] == 7500.5
    assert found["excluded_loss_train"] == 5500
    assert found["confirmed_restricted_loss_all"] == 7500.25
    assert moment(curves(), progress(), confirmed(), 7500)["epoch"] == 7500
    assert moment(curves(), progress(), confirmed(), 7499)["epoch"] == 7000
    assert moment(curves(), progress(), confirmed(), None) is None


def test_the_first_epoch_is_a_logged_one_or_null():
    epochs = np.array([0, 10, 20])
    assert first_epoch(epochs, np.array([False, True, False])) == 10
    assert first_epoch(epochs, np.zeros(3, bool)) is None


def test_every_tensor_is_described_by_its_shape_and_its_number_of_entries():
    weights = {"W_Q": np.zeros((4, 6, 2), np.float32), "b_U": np.zeros(5, np.float32)}
    assert tensor_sizes(weights) == {
        "W_Q": {"shape": [4, 6, 2], "count": 48},
        "b_U": {"shape": [5], "count": 5},
    }
