"""Runs end early by the stated rule alone: generalised, and stayed so for ``hold`` epochs.

What the networks measure is planted, so that when they settle is known.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.campaign import CONFIG
from tests.training.test_loop import assert_same
from timeless.results.weights import load_weights
from timeless.training.campaign import Campaign, Run
from timeless.training.ensemble import METRICS, Ensemble
from timeless.training.loop import train

HOLD = 20  # epochs; CONFIG trains 75, logs every 5, and keeps 0, 5, … 50, 60, 70 and the last
ACCURACY = METRICS.index("test_accuracy")


def ends(accuracies, logs=16, hold=HOLD) -> list:
    """Return the planned ends of a campaign whose runs have these test accuracies [runs, ops]."""
    n_ops = len(accuracies[0])
    operations = ("addition", "multiplication")[:n_ops]
    config = replace(CONFIG, model=replace(CONFIG.model, n_ops=n_ops), operations=operations)
    configs = {f"run{i}": replace(config, seed=i) for i in range(len(accuracies))}
    ensemble = Ensemble(list(configs.values()), torch.device("cpu"))
    campaign = Campaign(configs, None, ensemble, hold)
    campaign.n_logs = logs
    for run, curves in enumerate(accuracies):
        for op, accuracy in enumerate(curves):
            planted = torch.tensor([accuracy(epoch) for epoch in campaign.epochs])
            campaign.metrics[:, run, op, ACCURACY] = planted
    return campaign.ends()


def since(epoch: int, *dips: int):
    """Return an accuracy that is 99% from an epoch on, but for dips."""
    return lambda now: 0.99 if now >= epoch and now not in dips else 0.98


@pytest.mark.parametrize(
    ("accuracy", "end"),
    [
        (since(0), 20),  # right from the start is not yet held
        (since(30), 50),
        (since(35), 60),  # 55 would do, but no weights are kept there
        (since(30, 45), 70),  # a dip, and the count starts anew
        (since(30, 55), 50),  # what comes after does not matter
        (since(55), None),  # 75 would do, but that is the budget
        (since(76), None),
    ],
)
def test_a_run_ends_at_the_first_checkpoint_by_which_it_has_held(accuracy, end):
    assert ends([[accuracy]]) == [end]


def test_what_is_not_logged_yet_decides_nothing():
    assert ends([[since(30)]], logs=10) == [None]  # up to epoch 45
    assert ends([[since(30)]], logs=11) == [50]
    assert ends([[since(30)]], logs=0) == [None]


def test_every_operation_must_hold():
    assert ends([[since(10), since(30)]]) == [50]
    assert ends([[since(10), since(76)]]) == [None]


def test_every_run_has_its_own_end():
    assert ends([[since(10)], [since(76)], [since(30)]]) == [30, None, 50]


def test_without_the_rule_nothing_ends_early():
    assert ends([[since(0)]], hold=None) == [None]


# --- while training ------------------------------------------------------------------------


@pytest.fixture
def measured(monkeypatch):
    """Let seed s measure 99% from epoch 20 + 20 s on; return the steps made."""
    real_evaluate, real_step, steps = Ensemble.evaluate, Ensemble._step, []

    def evaluate(ensemble):
        metrics = real_evaluate(ensemble)
        epoch = ensemble.optimiser.n_steps.item()
        for run, config in enumerate(ensemble.configs):
            metrics[run, :, ACCURACY] = since(20 + 20 * config.seed)(epoch)
        return metrics

    def step(ensemble):
        steps.append(1)
        real_step(ensemble)

    monkeypatch.setattr(Ensemble, "evaluate", evaluate)
    monkeypatch.setattr(Ensemble, "_step", step)
    return steps


EARLY, LATE = CONFIG, replace(CONFIG, seed=1, frac_train=0.5)


def alone(config, folder, hold=HOLD) -> Run:
    return train({"one": config}, folder, device="cpu", hold=hold)["one"]


def test_a_settled_run_ends_with_its_last_checkpoint(measured, tmp_path):
    run = alone(EARLY, tmp_path)
    assert len(measured) == 40
    assert run.curves["epoch"].tolist() == list(range(0, 41, 5))
    assert list(run.checkpoints) == list(range(0, 41, 5))
    assert all(path.exists() for path in run.checkpoints.values())
    assert load_weights(tmp_path / "state.safetensors")[1]["epoch"] == 40


def test_a_settled_campaign_returns_at_once_with_what_it_had(measured, tmp_path, monkeypatch):
    first = alone(EARLY, tmp_path)
    monkeypatch.setattr(Ensemble, "_step", lambda _: pytest.fail("a settled run was trained"))
    again = alone(EARLY, tmp_path)
    assert_same(again, first)
    assert (again.seconds, again.workplace) == (first.seconds, first.workplace)


def test_a_settled_run_goes_on_if_the_rule_is_lifted(measured, tmp_path):
    expected = alone(EARLY, tmp_path / "never", hold=None)
    settled = alone(EARLY, tmp_path / "settled")
    longer = alone(EARLY, tmp_path / "settled", hold=None)
    assert (max(settled.checkpoints), max(longer.checkpoints)) == (40, 75)
    assert_same(longer, expected)


def test_a_run_that_settles_is_cut_there_while_others_go_on(measured, tmp_path):
    """And each of a group is the run it would have been alone, to rounding."""
    configs = {"early": EARLY, "late": LATE}
    group = train(configs, tmp_path / "group", device="cpu", hold=HOLD)
    assert len(measured) == 60
    assert [max(group[name].checkpoints) for name in configs] == [40, 60]
    for name, config in configs.items():
        expected = alone(config, tmp_path / name)
        assert list(group[name].checkpoints) == list(expected.checkpoints)
        for curve, values in expected.curves.items():
            np.testing.assert_allclose(group[name].curves[curve], values, rtol=1e-5, err_msg=curve)
        last = max(expected.checkpoints)
        for key, array in expected.weights(last).items():
            found = group[name].weights(last)[key]
            np.testing.assert_allclose(found, array, rtol=1e-5, atol=1e-6, err_msg=key)


def test_a_group_resumes_with_every_end_in_its_place(measured, tmp_path, monkeypatch):
    configs = {"early": EARLY, "late": LATE}
    first = train(configs, tmp_path, device="cpu", hold=HOLD)
    monkeypatch.setattr(Ensemble, "_step", lambda _: pytest.fail("a settled run was trained"))
    again = train(configs, tmp_path, device="cpu", hold=HOLD)
    for name in configs:
        assert_same(again[name], first[name])


def test_runs_that_share_kernels_are_the_runs_alone_whatever_their_splits():
    """As on an accelerator: shorter splits are padded, and what is padded counts nothing."""
    configs = [replace(CONFIG, seed=i, frac_train=f) for i, f in enumerate((0.2, 0.5, 0.8))]
    group = Ensemble(configs, torch.device("cpu"), share_kernels=True)
    single = [Ensemble([config], torch.device("cpu")) for config in configs]
    for _ in range(30):
        for ensemble in (group, *single):
            ensemble.step()
    expected = torch.cat([ensemble.evaluate() for ensemble in single])
    torch.testing.assert_close(group.evaluate(), expected, rtol=1e-5, atol=1e-6)
    weights = torch.cat([ensemble.weights for ensemble in single])
    torch.testing.assert_close(group.weights, weights, rtol=1e-4, atol=1e-5)
