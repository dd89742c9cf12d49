"""Alarms on planted runs: who enters, what leads, what is false, and on which half it is judged."""

from dataclasses import replace

import numpy as np
import pytest

from timeless.analysis.audited_runs import Subject
from timeless.experiments.phases import Config
from timeless.experiments.phases.alarms import find_alarms, told, with_plateau
from timeless.results.artifacts import Table, column

EPOCHS = np.arange(0, 20_001, 100)
CONFIG = Config(thresholds=(0.1, 0.3))


def subject(name: str, *, learns: bool, test_loss: dict[int, float]) -> Subject:
    """Return a run that has memorised at 200, and generalises at 10,000 or not at all."""
    loss = np.full(EPOCHS.shape, 10.0)
    for epoch, value in test_loss.items():
        loss[epoch <= EPOCHS] = value
    curves = {
        "epoch": EPOCHS,
        "train_accuracy": (EPOCHS >= 200).astype(float),
        "test_accuracy": ((EPOCHS >= 10_000) & learns).astype(float),
        "test_loss": loss,
    }
    table = Table("planted", {key: column(values, "1", key) for key, values in curves.items()})
    return Subject(name, name, table)


def planted() -> list[Subject]:
    """Return ten runs of which half generalise; loss falls by 20% everywhere, by half in those."""
    learners = [
        subject(f"learns {i}", learns=True, test_loss={5_000: 8.0, 9_000 - 100 * i: 4.0})
        for i in range(6)
    ]
    others = [subject(f"never {i}", learns=False, test_loss={5_000: 8.0}) for i in range(4)]
    return learners + others


def test_by_the_rule_it_leads_everywhere_and_is_false_everywhere() -> None:
    found = told(find_alarms(CONFIG, planted()), "loss_test")
    assert (found["least_lead"], found["greatest_lead"], found["missed"]) == (5_000, 5_000, None)
    assert (found["ahead"]["count"], found["ahead"]["n"]) == (6, 6)
    assert (found["false"]["count"], found["false"]["n"]) == (4, 4)
    assert found["false_alarm_runs"] == [f"never {i}" for i in range(4)]


def test_a_threshold_is_chosen_on_half_of_the_runs_and_judged_on_the_others() -> None:
    alarms = find_alarms(CONFIG, planted())
    judged = told(alarms, "loss_test")["judged"]
    assert judged["threshold"] == 0.3, "the smaller one is false on every run"
    assert (judged["ahead"]["count"], judged["ahead"]["n"]) == (3, 3)
    assert (judged["false"]["count"], judged["false"]["n"]) == (0, 2)
    assert judged["leads"].keys().isdisjoint(alarms.fixing)
    other = find_alarms(replace(CONFIG, split_seed=1), planted())
    assert other.fixing != alarms.fixing


def test_what_was_not_measured_is_not_counted() -> None:
    found = told(find_alarms(CONFIG, planted()), "gini_W_E")
    assert (found["ahead"]["n"], found["false"]["n"], found["judged"]) == (0, 0, None)
    assert found["median_lead"]["median"] is None


@pytest.mark.parametrize("learns", [True, False])
def test_a_run_without_a_plateau_is_left_out(learns: bool) -> None:
    late, quick = (subject(name, learns=learns, test_loss={}) for name in ("late", "quick"))
    accuracy = quick.curves.columns["test_accuracy"].values
    accuracy[EPOCHS >= 1_000] = 1.0
    assert with_plateau([late, quick], CONFIG.least_delay) == [late]


def test_tasks_of_one_network_stay_in_one_half() -> None:
    twins = [replace(s, network="joint") for s in planted()[6:8]]
    for seed in range(8):
        fixing = find_alarms(replace(CONFIG, split_seed=seed), [*planted()[:6], *twins]).fixing
        assert len({twin.name in fixing for twin in twins}) == 1


def test_the_plateau_begins_where_the_pairs_are_first_right() -> None:
    relapsing = subject("relapses", learns=False, test_loss={})
    accuracy = relapsing.curves.columns["train_accuracy"].values
    accuracy[(EPOCHS > 300) & (EPOCHS < 7_000)] = 0.5
    assert relapsing.memorised == 200
