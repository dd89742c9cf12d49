"""The networks on throws: the fast pass, the plain loop, its resume, and the whole experiment."""

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from timeless import experiments
from timeless.analysis.groups import additive
from timeless.analysis.network import Network, Split
from timeless.config import ModelConfig, Schedule, as_dict
from timeless.errors import TimelessError
from timeless.experiments import kinematics
from timeless.experiments.kinematics.modular import borrowed, swapped
from timeless.experiments.kinematics.protocols import RegressionTraining, TokenTraining, make_sample
from timeless.experiments.kinematics.regression import answers, init_mlp, mlp, train_regression
from timeless.experiments.kinematics.regression_results import (
    baselines,
    distance,
    extrapolation,
    network,
    throws_at,
)
from timeless.experiments.kinematics.throws import SPLITS, Axis, Throws, height, make_throws
from timeless.experiments.kinematics.token_results import interpolated
from timeless.experiments.kinematics.tokens import score, throw_logits, throw_model, train_tokens
from timeless.results.artifacts import load_artifact, save_artifact
from timeless.results.weights import load_weights
from timeless.running.workspace import Workspace
from timeless.training import descent
from timeless.training.descent import Problem, descend
from timeless.training.model import forward, init_params

WIDTHS = ModelConfig(d_model=16, n_heads=4, d_mlp=24)
THROWS = Throws(Axis(20.0, 70.0, 12), Axis(20.0, 44.0, 7), Axis(1.0, 26.0, 5), bin_width=4.0)
TOKENS = TokenTraining(THROWS, WIDTHS, Schedule(epochs=45, checkpoint_every=20))
REAL = RegressionTraining(
    n_train=30,
    n_test=20,
    width=8,
    seeds=(0, 1),
    schedule=Schedule(epochs=45, log_every=10, checkpoint_every=20),
)

# --- throws as tokens --------------------------------------------------------------------


def test_the_fast_pass_is_the_plain_one_values_and_gradients():
    task = make_throws(THROWS)
    model = throw_model(WIDTHS, THROWS, task.n_bins)
    tokens = torch.from_numpy(task.tokens)
    params = {
        name: torch.from_numpy(array).double().requires_grad_()
        for name, array in init_params(model, 0).items()
    }
    fast, plain = throw_logits(params, tokens, model), forward(params, tokens, model)["logits"]
    torch.testing.assert_close(fast, plain)
    weight = torch.randn(plain.shape, dtype=torch.float64, generator=torch.manual_seed(0))
    leaves = list(params.values())
    expected = torch.autograd.grad((plain * weight).sum(), leaves)
    found = torch.autograd.grad((fast * weight).sum(), leaves)
    for name, one, other in zip(params, found, expected, strict=True):
        torch.testing.assert_close(one, other, msg=name)


def test_answers_set_by_hand_are_scored_split_by_split():
    task = make_throws(THROWS)
    logits = 50.0 * np.eye(task.n_bins)[task.labels]
    logits[task.where("ood_v0")] = 0
    moved = np.clip(task.labels + 1, 0, task.n_bins - 1)[task.where("ood_theta")]
    logits[task.where("ood_theta")] = 50.0 * np.eye(task.n_bins)[moved]
    found = score(logits, task)
    assert found["train"] == {"loss": pytest.approx(0), "accuracy": 1, "within_one_bin": 1}
    assert found["ood_v0"]["loss"] == pytest.approx(np.log(task.n_bins))
    assert found["ood_theta"]["accuracy"] == (moved == task.labels[task.where("ood_theta")]).mean()
    assert found["ood_theta"]["within_one_bin"] == 1


def test_what_a_run_measures_last_is_what_its_last_weights_answer(tmp_path):
    run = train_tokens(TOKENS, tmp_path)
    task = make_throws(THROWS)
    model = throw_model(WIDTHS, THROWS, task.n_bins)
    params = {name: torch.from_numpy(array) for name, array in run.weights(45).items()}
    logits = throw_logits(params, torch.from_numpy(task.tokens), model).numpy()
    scores = score(logits, task)
    expected = [scores[split][name] for split in SPLITS for name in scores[split]]
    np.testing.assert_allclose(run.measures[-1][:-1], expected)
    squares = sum(np.square(a, dtype=np.float64).sum() for a in run.weights(45).values())
    assert run.measures[-1][-1] == pytest.approx(squares)
    assert run.measures[-1][0] < run.measures[0][0]
    assert list(run.epochs) == [0, 10, 20, 30, 40, 45]
    assert list(run.checkpoints) == [0, 20, 40, 45]


def test_filling_in_the_middle_changes_unseen_tokens_alone():
    """A network that reads nothing but θ, along a straight line: the middle is the right place."""
    task = make_throws(THROWS)
    model = throw_model(WIDTHS, THROWS, task.n_bins)
    weights = init_params(model, 0)
    line = np.linspace(-1, 1, THROWS.theta.n)[:, None] * np.ones((1, 16))
    weights["W_E"][:12] = line
    broken = {name: array.copy() for name, array in weights.items()}
    out = THROWS.held_out(THROWS.theta)
    broken["W_E"][:12][out] = 7.0
    fixed = interpolated(TOKENS, broken)
    assert fixed == interpolated(TOKENS, weights)
    assert set(fixed) == {
        f"{split}_{name}" for split in SPLITS[2:] for name in ("accuracy", "within_one_bin")
    }


# --- throws as real numbers --------------------------------------------------------------


def test_stacked_networks_answer_as_each_does_alone():
    each = [init_mlp(8, factor, seed) for factor, seed in [(1.0, 0), (8.0, 1)]]
    stacked = {n: torch.from_numpy(np.stack([w[n] for w in each])).double() for n in each[0]}
    inputs = np.random.default_rng(0).standard_normal((5, 3))
    found = mlp(stacked, torch.from_numpy(inputs).expand(2, 5, 3)).numpy()
    for own, answered in zip(each, found, strict=True):
        np.testing.assert_allclose(answers(own, inputs), answered)


def test_enlarging_multiplies_every_initial_weight():
    small, large = init_mlp(8, 1.0, 3), init_mlp(8, 8.0, 3)
    for name, array in small.items():
        np.testing.assert_allclose(large[name], 8 * array, rtol=1e-6)
    assert np.abs(small["W2"]).max() <= 1 / np.sqrt(8)


def test_measures_are_errors_in_units_of_the_spread(tmp_path):
    run = train_regression(REAL, tmp_path)
    for index, (_, seed) in enumerate(REAL.runs()):
        sample = make_sample(REAL, seed)
        answer = network(run.weights(45), index, REAL, sample)
        off = (answer(sample.test) - sample.test_heights) / sample.std
        assert run.measures[-1, index, 2] == pytest.approx(np.square(off).mean(), rel=1e-4)
        assert run.measures[-1, index, 3] == (np.abs(off) <= REAL.tolerance).mean()


def test_networks_side_by_side_do_not_disturb_each_other(tmp_path):
    both = train_regression(REAL, tmp_path / "both")
    alone = train_regression(replace(REAL, seeds=(1,)), tmp_path / "alone")
    mine = [i for i, (_, seed) in enumerate(REAL.runs()) if seed == 1]
    np.testing.assert_allclose(both.measures[:, mine], alone.measures, rtol=1e-4)


def test_baselines_are_what_they_are_called():
    sample = make_sample(REAL, 0)
    found = baselines(REAL, sample)
    assert (found["mean"](sample.test) == sample.train_heights.mean()).all()
    np.testing.assert_array_equal(found["nearest"](sample.train), sample.train_heights)
    line = found["linear"](sample.train)
    residual = sample.train_heights - line
    np.testing.assert_allclose(REAL.box.normalised(sample.train).T @ residual, 0, atol=1e-9)
    assert np.square(residual).mean() < sample.std**2


def test_distances_are_counted_in_widths_of_the_training_range():
    assert distance(REAL, "theta", 85) == ("high", pytest.approx(0.3))
    assert distance(REAL, "v0", 8) == ("low", pytest.approx(0.5))
    assert distance(REAL, "v0", 20) == ("inside", 0)


def test_throws_at_a_value_share_it_and_keep_the_rest_inside():
    throws = throws_at(REAL, "theta", 85)
    assert (throws[:, 0] == 85).all()
    assert np.abs(REAL.box.normalised(throws)[:, 1:]).max() <= 1
    np.testing.assert_array_equal(throws[:, 1:], throws_at(REAL, "theta", 5)[:, 1:])


def test_a_network_that_is_off_by_a_metre_is_so_everywhere(monkeypatch, tmp_path):
    run = train_regression(REAL, tmp_path)
    monkeypatch.setattr(
        "timeless.experiments.kinematics.regression_results.network",
        lambda *_: lambda throws: height(*throws.T) + 1,
    )
    table, short = extrapolation(REAL, run.weights(45))
    np.testing.assert_allclose(table["rmse_standard"], 1)
    assert short["v0_low"]["near"]["ratio_standard"] == pytest.approx(1)
    assert (table["rmse_mean"] > 1).all()
    assert short["theta_high"]["far"]["value"] == 85


# --- the plain loop ----------------------------------------------------------------------


@dataclass(frozen=True)
class Bowl:
    schedule: Schedule
    decay: float = 0.3


def bowl(**schedule):
    config = Bowl(Schedule(**{"lr": 1e-2, "warmup_steps": 0, **schedule}))
    start = {"x": np.array([3.0, -2.0], np.float32), "y": np.array([[1.0]], np.float32)}

    def loss(params):
        return (params["x"].double() ** 4).sum() + (params["y"].double() - 2).square().sum()

    decays = {"x": np.array(config.decay), "y": np.array(0.0)}
    measure = lambda params: torch.stack([loss(params)])  # noqa: E731 (one line is clearest)
    return Problem(start, loss, measure, decays, config)


def test_a_step_is_pytorch_s_adamw(tmp_path):
    problem = bowl(epochs=30, checkpoint_every=10)
    found = descend(problem, tmp_path)
    leaves = {n: torch.from_numpy(a.copy()).requires_grad_() for n, a in problem.initial.items()}
    groups = [
        {"params": [leaves["x"]], "weight_decay": 0.3},
        {"params": [leaves["y"]], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=1e-2, betas=(0.9, 0.98))
    for _ in range(30):
        optimiser.zero_grad()
        problem.loss(leaves).backward()
        optimiser.step()
    for name, array in found.weights(30).items():
        np.testing.assert_allclose(array, leaves[name].detach().numpy(), rtol=1e-5)


class KilledError(Exception):
    pass


def kill_at(monkeypatch, epoch):
    real = descent._save

    def save(problem, flat, directory, record):
        real(problem, flat, directory, record)
        if record.epoch == epoch:
            raise KilledError

    monkeypatch.setattr(descent, "_save", save)


@pytest.mark.parametrize("train", [train_tokens, train_regression])
def test_a_killed_training_goes_on_exactly(train, monkeypatch, tmp_path):
    config = TOKENS if train is train_tokens else REAL
    whole = train(config, tmp_path / "whole")
    for epoch in (20, 40):
        with monkeypatch.context() as patch:
            kill_at(patch, epoch)
            with pytest.raises(KilledError):
                train(config, tmp_path / "killed")
    resumed = train(config, tmp_path / "killed")
    np.testing.assert_array_equal(resumed.measures, whole.measures)
    for epoch in whole.checkpoints:
        for name, array in whole.weights(epoch).items():
            np.testing.assert_array_equal(resumed.weights(epoch)[name], array)


def test_a_finished_training_is_only_read(monkeypatch, tmp_path):
    first = train_tokens(TOKENS, tmp_path)
    monkeypatch.setattr(descent._Flat, "step", lambda *_: pytest.fail("it was trained again"))
    again = train_tokens(TOKENS, tmp_path)
    np.testing.assert_array_equal(again.measures, first.measures)
    assert again.seconds == pytest.approx(first.seconds, abs=1)


def test_a_training_whose_budget_is_raised_goes_on_as_if_it_had_been_so_from_the_start(tmp_path):
    longer = replace(TOKENS, schedule=replace(TOKENS.schedule, epochs=50))
    expected = train_tokens(longer, tmp_path / "at once")
    shorter = replace(TOKENS, schedule=replace(TOKENS.schedule, epochs=25))
    train_tokens(shorter, tmp_path / "raised")
    raised = train_tokens(longer, tmp_path / "raised")
    np.testing.assert_array_equal(raised.epochs, expected.epochs)
    np.testing.assert_array_equal(raised.measures, expected.measures)
    for name, array in expected.weights(50).items():
        np.testing.assert_array_equal(raised.weights(50)[name], array)
    assert raised.workplace["budgets"] == [25, 50]
    with pytest.raises(TimelessError, match="a training of 50 epochs: delete the folder"):
        train_tokens(shorter, tmp_path / "raised")


def test_a_folder_of_another_configuration_is_refused(tmp_path):
    train_tokens(TOKENS, tmp_path)
    with pytest.raises(TimelessError, match=r"another configuration \(weight_decay\)"):
        train_tokens(replace(TOKENS, weight_decay=5.0), tmp_path)


def test_a_field_that_a_configuration_has_got_since_counts_as_its_default(tmp_path):
    @dataclass(frozen=True)
    class Since(Bowl):
        tilt: float = 0.0

    first = descend(bowl(epochs=20), tmp_path)
    longer = bowl(epochs=30)
    flat = replace(longer, config=Since(longer.config.schedule))
    np.testing.assert_array_equal(descend(flat, tmp_path).measures[:3], first.measures)
    tilted = replace(longer, config=Since(longer.config.schedule, tilt=1.0))
    with pytest.raises(TimelessError, match=r"another configuration \(tilt\)"):
        descend(tilted, tmp_path)


def test_a_loss_that_is_not_finite_is_told(tmp_path):
    with pytest.raises(TimelessError, match="not finite at epoch 10"):
        descend(bowl(epochs=30, lr=1e30), tmp_path)


# --- what memory answers -----------------------------------------------------------------


def network_of(answers, p):
    logits = np.eye(p, dtype=np.float32)[answers]
    return Network({}, logits, np.zeros((p * p, 1), np.float32), additive(p))


def test_answers_taken_from_the_same_row_or_column_are_found():
    """On a table that has each answer once in a row and a column, none of them is right."""
    p = 7
    v0, t = np.divmod(np.arange(p * p), p)
    labels = (v0 + 10 * t) % p
    mask = np.random.default_rng(0).random(p * p) < 0.5
    pairs = list(zip(v0, t, strict=True))
    shown = [set(labels[mask & (v0 == a)]) | set(labels[mask & (t == b)]) for a, b in pairs]
    taken = np.array([min(answers) for answers in shown])
    assert borrowed(network_of(taken, p), Split(labels, mask))["borrowed_share"] == 1
    right = borrowed(network_of(labels, p), Split(labels, mask))
    assert (right["borrowed_share"], right["borrowed_right"]) == (0, 0)
    base = np.mean([len(answers) / p for answers in np.array(shown)[~mask]])
    assert right["borrowed_base"] == pytest.approx(base)


def test_a_network_blind_to_order_answers_alike_both_ways():
    p = 7
    v0, t = np.divmod(np.arange(p * p), p)
    labels = (v0 + 10 * t) % p
    blind = network_of(np.where(v0 < t, labels, labels.reshape(p, p).T.ravel()), p)
    found = swapped(blind, Split(labels, np.random.default_rng(1).random(p * p) < 0.3))
    assert found["swapped_correlation"] == pytest.approx(1)
    told = network_of(labels.reshape(p, p).T.ravel(), p)
    found = swapped(told, Split(labels, np.random.default_rng(2).random(p * p) < 0.4))
    assert found["mirrored_share_seen"] == found["mirrored_share_unseen"] == 1


# --- the whole experiment ----------------------------------------------------------------


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("kinematics")
    made = experiments.runner("kinematics")(
        kinematics.QUICK, Workspace(root / "artifacts", root / "runs", "cpu")
    )
    save_artifact(made, root / "artifacts")
    return root / "artifacts", root / "runs"


@pytest.fixture(scope="module")
def artifact(folders):
    return load_artifact(folders[0], "kinematics")


def test_the_artifact_carries_its_configuration(artifact):
    assert artifact.config == as_dict(kinematics.QUICK)
    assert artifact.provenance["seeds"] == [0, 1]


def test_every_protocol_is_in_the_summary(artifact):
    summary = artifact.summary
    assert set(summary["tokens"]) == {"wd1", "wd5"}
    assert set(summary["probe"]["wd1"]) == {"sin", "cos", "tan", "sec2", "angle"}
    assert set(summary["continuous"]) == set(RegressionTraining().variants)
    assert set(summary["modular"]) == {"velocity", "position"}
    sizes = [summary["throws"][f"n_{split}"] for split in SPLITS]
    assert sum(sizes) == summary["throws"]["n_throws"]


def test_the_summary_is_read_from_the_tables(artifact):
    for key, record in artifact.summary["tokens"].items():
        curves = artifact[f"curves_tokens_{key}"]
        for split in SPLITS:
            last = curves[f"{split}_accuracy"][-1]
            assert record[f"final_{split}_accuracy"] == pytest.approx(last, rel=1e-5)
    for key, record in artifact.summary["continuous"].items():
        last = artifact[f"curves_{key}"]["test_loss"][-1]
        assert record["final_test_loss"] == pytest.approx(last, rel=1e-5)
    for key, record in artifact.summary["modular"].items():
        last = artifact[f"curves_{key}"]["test_accuracy"][-1]
        assert record["final_test_accuracy"] == pytest.approx(last, rel=1e-5)
        parts = record["zero_time_test_accuracy"], record["other_test_accuracy"]
        assert min(parts) <= record["final_test_accuracy"] <= max(parts)


def test_at_rest_is_one_pair_in_p(artifact):
    assert artifact.summary["modular"]["position"]["zero_time_share"] == pytest.approx(1 / 13)


def test_the_probe_over_training_ends_at_the_probe_of_the_summary(artifact):
    for key, found in artifact.summary["probe"].items():
        for name, one in found.items():
            table = artifact[f"probe_{key}"]
            assert table[name][-1] == pytest.approx(one["trained"], rel=1e-4)
            assert table[name][0] == pytest.approx(one["initial"], rel=1e-4)


def test_published_weights_are_those_of_the_runs(folders):
    artifacts, runs = folders
    for name, path in [
        ("tokens-wd1-final", "tokens-wd1/e000060"),
        ("regression-e000100", "regression/e000100"),
        ("velocity-seed0-final", "velocity-seed0/velocity-seed0/e000200"),
    ]:
        found, _ = load_weights(artifacts / "weights" / f"kinematics-{name}.safetensors")
        expected, _ = load_weights(runs / "kinematics" / f"{path}.safetensors")
        for key, array in expected.items():
            np.testing.assert_array_equal(found[key], array)


def test_running_it_again_trains_nothing(folders, tmp_path, monkeypatch):
    artifacts, runs = folders
    monkeypatch.setattr(descent._Flat, "step", lambda *_: pytest.fail("it was trained again"))
    monkeypatch.setattr(
        "timeless.training.ensemble.Ensemble._step", lambda _: pytest.fail("trained again")
    )
    again = experiments.runner("kinematics")(kinematics.QUICK, Workspace(tmp_path, runs, "cpu"))
    documents = [
        json.loads(path.read_text())
        for path in (artifacts / "kinematics.json", save_artifact(again, tmp_path))
    ]
    for document in documents:
        del document["provenance"]
    assert documents[0] == documents[1]
