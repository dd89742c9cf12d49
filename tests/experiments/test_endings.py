"""The main run taken up again: what is compared is as old, and rests as its own ε lets it."""

from dataclasses import replace

import numpy as np
import pytest

from timeless.experiments import addition
from timeless.experiments.endings import QUICK
from timeless.experiments.endings.run import _settled, run
from timeless.running.workspace import Workspace

CONFIG = replace(
    QUICK,
    run=replace(addition.QUICK, train=replace(addition.QUICK.train, epochs=300, states_from=200)),
    epoch=200,
    epsilons=(1e-2,),
)


def test_the_main_run_stands_beside_what_goes_on_from_it(tmp_path):
    found = run(CONFIG, Workspace(tmp_path, tmp_path / "runs", "cpu"))
    assert found.summary["order"] == ["main", "e_2", "half_lr"]
    losses, records = found["losses"], found.summary["runs"]
    assert losses["epoch"][[0, -1]].tolist() == [0, 100]
    assert losses["main"][0] == losses["e_2"][0] == losses["half_lr"][0]
    assert len({float(losses[name][-1]) for name in records}) == 3
    assert [records[name]["epochs"] for name in records] == [100, 100, 100]
    assert records["e_2"]["lr"] == 2 * records["half_lr"]["lr"]
    assert records["e_2"]["below_epsilon"] > records["main"]["below_epsilon"]
    np.testing.assert_array_equal(
        found["ends"]["final_train_loss"],
        [pytest.approx(records[name]["final_train_loss"], rel=1e-3) for name in records],
    )


def test_a_loss_has_settled_when_it_no_longer_leaves_its_last_value():
    epochs = np.array([0, 10, 20, 30])
    assert _settled(epochs, np.array([1.0, 2.0, 1.2, 1.0]), 0.1) == 30
    assert _settled(epochs, np.array([1.0, 2.0, 1.09, 1.0]), 0.1) == 20
    assert _settled(epochs, np.ones(4), 0.1) == 0
