"""Runs are recorded, resume exactly after any kill, and stop with words one can act on."""

import io
import math
import multiprocessing
import os
import re
import signal
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn.functional import cosine_similarity

from tests.campaign import CONFIG, NAME, run_and_die, run_campaign
from tests.planted import lookup_loss, lookup_network, sums, table_config, table_pairs
from timeless.config import TrainConfig, as_dict
from timeless.errors import TimelessError
from timeless.results.weights import load_weights, save_weights
from timeless.training import reporting
from timeless.training.campaign import Run, curves_table, is_checkpoint
from timeless.training.devices import torch_device
from timeless.training.ensemble import METRICS, Ensemble, flat_layout
from timeless.training.loop import train
from timeless.training.model import forward, init_params, parameter_shapes
from timeless.training.saved import alone_in
from timeless.training.tasks import make_task

KEPT = [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 75]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> Run:
    return run_campaign(tmp_path_factory.mktemp("undisturbed"))


def assert_same(found: Run, expected: Run) -> None:
    """Every curve and every kept weight is the same, bit for bit."""
    assert found.curves.keys() == expected.curves.keys()
    for name, curve in expected.curves.items():
        np.testing.assert_array_equal(found.curves[name], curve, err_msg=name)
    assert list(found.checkpoints) == list(expected.checkpoints)
    for epoch in expected.checkpoints:
        weights = expected.weights(epoch)
        for name, array in found.weights(epoch).items():
            np.testing.assert_array_equal(array, weights[name], err_msg=f"{name} at {epoch}")


def refusal(work, *arguments, **options):
    with pytest.raises(TimelessError) as error:
        work(*arguments, **options)
    return str(error.value)


# --- what a run records ------------------------------------------------------------------


def test_a_run_is_recorded_from_its_first_epoch_to_its_last(undisturbed):
    curves = undisturbed.curves
    np.testing.assert_array_equal(curves["epoch"], range(0, 76, 5))
    assert all(curves[metric].shape == (16, 1) for metric in METRICS)
    assert list(undisturbed.checkpoints) == KEPT
    assert undisturbed.workplace["device"] == "cpu"
    assert undisturbed.workplace["threads"] == torch.get_num_threads()
    assert undisturbed.seconds > 0


def test_training_starts_from_the_seed_and_learns(undisturbed):
    for name, array in init_params(CONFIG.model, CONFIG.seed).items():
        np.testing.assert_array_equal(undisturbed.weights(0)[name], array)
    assert undisturbed.curves["train_loss"][0] == pytest.approx(math.log(13), rel=0.3)
    assert undisturbed.curves["train_loss"][-1] < 0.9 * undisturbed.curves["train_loss"][0]


def test_curves_belong_to_the_weights_kept_at_the_same_epoch(undisturbed):
    task = make_task(CONFIG)
    for row, epoch in enumerate(undisturbed.curves["epoch"]):
        if epoch in undisturbed.checkpoints:
            weights = undisturbed.weights(epoch)
            squares = sum(np.square(array, dtype=np.float64).sum() for array in weights.values())
            assert undisturbed.curves["sum_sq_weights"][row] == pytest.approx(squares, rel=1e-6)
            tensors = {name: torch.from_numpy(array) for name, array in weights.items()}
            logits = forward(tensors, torch.from_numpy(task.tokens), CONFIG.model)["logits"]
            losses = torch.nn.functional.cross_entropy(
                logits.double(), torch.from_numpy(task.labels), reduction="none"
            ).numpy()
            for split, mask in (("train", task.train_mask), ("test", ~task.train_mask)):
                found = undisturbed.curves[f"{split}_loss"][row, 0]
                assert found == pytest.approx(losses[mask].mean(), rel=1e-5)


def test_a_checkpoint_names_its_epoch_and_its_configuration(undisturbed):
    path = undisturbed.checkpoints[25]
    assert path.name == "e000025.safetensors"
    arrays, metadata = load_weights(path)
    assert metadata == {"epoch": 25, "config": as_dict(CONFIG)}
    assert {name: array.shape for name, array in arrays.items()} == parameter_shapes(CONFIG.model)
    assert all(array.dtype == np.float32 for array in arrays.values())


def test_checkpoints_are_dense_while_the_network_memorises():
    kept = [epoch for epoch in range(40_001) if is_checkpoint(epoch, TrainConfig())]
    assert kept == [*range(0, 500, 10), *range(500, 40_001, 100)]


def test_the_last_epoch_is_recorded_and_kept_whatever_the_intervals(tmp_path):
    config = replace(CONFIG, epochs=23, log_every=4, checkpoint_every=8)
    run = train({NAME: config}, tmp_path, device="cpu")[NAME]
    assert list(run.curves["epoch"]) == [0, 4, 8, 12, 16, 20, 23]
    assert list(run.checkpoints) == [0, 4, 8, 12, 16, 20, 23]
    assert all(path.exists() for path in run.checkpoints.values())


def test_kept_states_repeat_the_training_from_there_on(tmp_path):
    config = replace(CONFIG, states_from=45)
    run = train({NAME: config}, tmp_path, device="cpu")[NAME]
    assert list(run.states) == [epoch for epoch in KEPT if epoch >= 45]
    ensemble = Ensemble([config], torch.device("cpu"))
    ensemble.load_state(load_weights(run.states[50])[0])
    for _ in range(10):
        ensemble.step()
    again = ensemble.params(0)
    for name, array in run.weights(60).items():
        np.testing.assert_array_equal(again[name], array, err_msg=name)


def test_training_goes_on_from_a_kept_state_under_another_configuration(tmp_path):
    config = replace(CONFIG, states_from=40)
    whole = train({NAME: config}, tmp_path / "whole", device="cpu")[NAME]
    rest, start = replace(CONFIG, epochs=CONFIG.epochs - 50), whole.states[50]
    same, other = {NAME: rest}, {"other": replace(rest, epsilon=1e-3), "alike": rest}
    found = train(same, tmp_path / "same", device="cpu", start=start)[NAME]
    both = train(other, tmp_path / "both", device="cpu", start=start)
    after = whole.curves["train_loss"][whole.curves["epoch"] >= 50]
    np.testing.assert_array_equal(found.curves["train_loss"], after)
    for name, array in whole.weights(CONFIG.epochs).items():
        np.testing.assert_array_equal(found.weights(rest.epochs)[name], array)
    np.testing.assert_allclose(both["alike"].curves["train_loss"], after, rtol=1e-6)
    assert both["other"].curves["train_loss"][0] == after[0]
    assert (both["other"].curves["train_loss"][1:] != after[1:]).all()
    assert_same(train(same, tmp_path / "same", device="cpu", start=start)[NAME], found)
    for elsewhere in (None, whole.states[60]):
        said = refusal(train, same, tmp_path / "same", device="cpu", start=elsewhere)
        assert "another configuration (where they begin)" in said


def test_a_run_whose_kept_state_is_gone_is_not_gone_on_with(tmp_path):
    config = replace(CONFIG, states_from=45)
    train({NAME: config}, tmp_path, device="cpu")[NAME].states[60].unlink()
    assert "state-e000060" in refusal(train, {NAME: config}, tmp_path, device="cpu")


def test_curves_as_a_table_have_units_and_splits(undisturbed):
    table = curves_table(undisturbed)
    assert list(table.columns) == ["epoch", "sum_sq_weights", *METRICS]
    described = {name: (col.unit, col.split) for name, col in table.columns.items()}
    assert described == {
        "epoch": ("epochs", None),
        "sum_sq_weights": ("1", None),
        "train_loss": ("nats", "train"),
        "train_accuracy": ("1", "train"),
        "test_loss": ("nats", "test"),
        "test_accuracy": ("1", "test"),
        "mirrored_loss": ("nats", "mirrored"),
        "mirrored_accuracy": ("1", "mirrored"),
        "unseen_loss": ("nats", "unseen"),
        "unseen_accuracy": ("1", "unseen"),
    }
    np.testing.assert_array_equal(table["test_loss"], undisturbed.curves["test_loss"][:, 0])


def test_two_operations_have_a_column_each(tmp_path):
    operations = ("addition", "multiplication")
    config = replace(CONFIG, model=replace(CONFIG.model, n_ops=2), operations=operations, epochs=5)
    run = train({NAME: config}, tmp_path, device="cpu")[NAME]
    table = curves_table(run)
    for op, operation in enumerate(operations):
        column = table.columns[f"train_loss_{operation}"]
        assert operation in column.description
        np.testing.assert_array_equal(column.values, run.curves["train_loss"][:, op])


# --- what a measurement is ---------------------------------------------------------------


@pytest.mark.parametrize("scale", [3.0, 25.0])
def test_losses_of_a_network_set_by_hand_are_resolved_in_float64(scale):
    config = TrainConfig(model=table_config(7), loss_dtype="float64")
    ensemble = Ensemble([config], torch.device("cpu"))
    ensemble.set_params(0, lookup_network(7, scale))
    train_loss, train_accuracy, test_loss, test_accuracy = ensemble.evaluate()[0, 0, :4].tolist()
    assert train_loss == pytest.approx(lookup_loss(7, scale), rel=1e-4)
    assert test_loss == pytest.approx(lookup_loss(7, scale), rel=1e-4)
    assert (train_accuracy, test_accuracy) == (1, 1)


def test_a_float32_loss_falls_to_nothing():
    config = TrainConfig(model=table_config(7), loss_dtype="float32")
    ensemble = Ensemble([config], torch.device("cpu"))
    ensemble.set_params(0, lookup_network(7, 25.0))
    assert ensemble.evaluate()[0, 0, 0].item() == 0


def test_each_split_counts_its_own_mistakes():
    config = TrainConfig(model=table_config(7))
    weights, task = lookup_network(7, 9.0), make_task(config)
    forgotten = table_pairs(7).index((2, 5))
    weights["W_out"][forgotten] = 0
    weights["b_U"][1] = 1.0  # what is forgotten is answered with 1, and 2 + 5 is 0
    ensemble = Ensemble([config], torch.device("cpu"))
    ensemble.set_params(0, weights)
    found = dict(zip(METRICS, ensemble.evaluate()[0, 0].tolist(), strict=True))
    wrong = np.zeros((7, 7), bool)
    wrong[[2, 5], [5, 2]] = True
    right = ~wrong.ravel()
    assert sums(7)[wrong.ravel()].tolist() == [0, 0]
    for split, mask in task.splits.items():
        assert found[f"{split}_accuracy"] == pytest.approx(right[mask].mean()), split
    assert found["train_accuracy"] != found["test_accuracy"]


def test_a_split_without_pairs_is_not_a_number_and_has_no_column(tmp_path):
    config = replace(CONFIG, split="mirror_closed")
    run = train({NAME: config}, tmp_path, device="cpu")[NAME]
    assert np.isnan(run.curves["mirrored_accuracy"]).all()
    columns = curves_table(run).columns
    assert "mirrored_accuracy" not in columns
    np.testing.assert_array_equal(columns["unseen_loss"].values, columns["test_loss"].values)


def test_weights_decay_only_between_their_epochs():
    config = replace(CONFIG, decay_from=2, decay_until=4, warmup_steps=0)
    ensemble = Ensemble([config], torch.device("cpu"))
    lengths = [ensemble.sum_sq_weights().sqrt().item()]
    for _ in range(6):
        ensemble.update()  # without a gradient
        lengths.append(ensemble.sum_sq_weights().sqrt().item())
    factor = 1 - config.lr * config.weight_decay
    expected = [1, 1, factor, factor, 1, 1]
    np.testing.assert_allclose(np.divide(lengths[1:], lengths[:-1]), expected, rtol=1e-6)


def test_a_fixed_norm_stays():
    configs = [CONFIG, replace(CONFIG, fixed_norm=True)]
    ensemble = Ensemble(configs, torch.device("cpu"))
    first = ensemble.sum_sq_weights()
    for _ in range(5):
        ensemble.step()
    free, fixed = (ensemble.sum_sq_weights() / first).tolist()
    assert fixed == pytest.approx(1, rel=1e-6)
    assert abs(free - 1) > 1e-3


@pytest.mark.parametrize("share_kernels", [False, True])
def test_a_perpendicular_gradient_scales_no_tensor(share_kernels):
    configs = [replace(CONFIG, perpendicular=True, seed=seed) for seed in (1, 2)]
    ensemble = Ensemble(configs, torch.device("cpu"), share_kernels=share_kernels)
    for _ in range(3):
        ensemble.step()
    ensemble.grads.normal_(generator=torch.Generator().manual_seed(0))
    ensemble.grads.add_(5 * ensemble.weights)
    weights, whole = ensemble.weights.clone(), ensemble.grads.clone()
    ensemble.update()
    for start, stop, _ in flat_layout(CONFIG.model).values():
        w, before, left = (flat[:, start:stop] for flat in (weights, whole, ensemble.grads))
        torch.testing.assert_close(left.norm(dim=1), before.norm(dim=1))
        assert (cosine_similarity(left, w).abs() < 1e-5).all()
        along = (before * w).sum(1, keepdim=True) / w.square().sum(1, keepdim=True) * w
        assert (cosine_similarity(left, before - along) > 1 - 1e-5).all()


def test_measuring_changes_nothing():
    ensemble = Ensemble([CONFIG], torch.device("cpu"))
    ensemble.step()
    before = ensemble.state()
    first = ensemble.evaluate()
    torch.testing.assert_close(ensemble.evaluate(), first, rtol=0, atol=0)
    for name, array in ensemble.state().items():
        np.testing.assert_array_equal(array, before[name])


# --- killed and resumed ------------------------------------------------------------------


@pytest.fixture(scope="module")
def processes():
    """Processes of their own, which find torch imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.campaign"])
    return context


def test_a_run_killed_again_and_again_ends_like_one_that_was_not(undisturbed, tmp_path, processes):
    """In a step; while a checkpoint is written; while the state is; each time on the same run."""
    for moment in (("step", 23), ("checkpoint", 3), ("state", 4)):
        process = processes.Process(target=run_and_die, args=(tmp_path, *moment))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
    resumed = run_campaign(tmp_path)
    assert_same(resumed, undisturbed)


def test_a_run_killed_from_outside_ends_like_one_that_was_not(undisturbed, tmp_path, processes):
    process = processes.Process(target=run_campaign, args=(tmp_path,))
    process.start()
    awaited = tmp_path / NAME / "e000030.safetensors"
    while process.is_alive() and not awaited.exists():
        process.join(timeout=0.002)
    process.kill()
    process.join()
    assert awaited.exists()
    assert_same(run_campaign(tmp_path), undisturbed)


def test_a_kill_before_the_first_state_costs_only_the_beginning(undisturbed, tmp_path):
    (tmp_path / NAME).mkdir()
    (tmp_path / NAME / ".e000000.safetensors.half").write_bytes(b"half")
    assert_same(run_campaign(tmp_path), undisturbed)


def interrupt_at(monkeypatch, step, *signals):
    """Let the loop receive signals in the middle of a training step."""
    real, seen = Ensemble._step, []

    def interrupted(ensemble):
        seen.append(1)
        if len(seen) == step:
            for number in signals:
                signal.raise_signal(number)
        real(ensemble)

    monkeypatch.setattr(Ensemble, "_step", interrupted)


@pytest.mark.parametrize("signals", [(signal.SIGINT,), (signal.SIGTERM,), (signal.SIGINT,) * 2])
def test_an_interrupt_saves_and_says_how_to_go_on(undisturbed, tmp_path, monkeypatch, signals):
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with monkeypatch.context() as patch:
        interrupt_at(patch, 38, *signals)
        message = refusal(run_campaign, tmp_path)
    assert message == (
        f"{tmp_path}: stopped at epoch 38; everything up to here is saved: "
        "the same command goes on from there"
    )
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert load_weights(tmp_path / "state.safetensors")[1]["epoch"] == 38
    assert not (tmp_path / NAME / "e000038.safetensors").exists()

    steps = []
    real = Ensemble._step
    monkeypatch.setattr(Ensemble, "_step", lambda e: steps.append(1) or real(e))
    assert_same(run_campaign(tmp_path), undisturbed)
    assert len(steps) == CONFIG.epochs - 38


def test_a_finished_run_returns_without_another_step(undisturbed, tmp_path, monkeypatch):
    run_campaign(tmp_path)
    monkeypatch.setattr(Ensemble, "_step", lambda _: pytest.fail("a finished run was trained"))
    assert_same(run_campaign(tmp_path), undisturbed)


def test_time_adds_up_over_what_a_run_is_resumed_from(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        interrupt_at(patch, 30, signal.SIGINT)
        refusal(run_campaign, tmp_path)
    state, metadata = load_weights(tmp_path / "state.safetensors")
    assert metadata["seconds"] > 0
    save_weights(tmp_path / "state.safetensors", state, metadata | {"seconds": 1e6})
    assert 1e6 < run_campaign(tmp_path).seconds < 2e6


def test_a_run_whose_budget_is_raised_goes_on_as_if_it_had_been_so_from_the_start(tmp_path):
    """From an end at which the longer run measures nothing; the record says so."""
    longer = replace(CONFIG, epochs=30, log_every=4, checkpoint_every=8)
    expected = train({NAME: longer}, tmp_path / "at once", device="cpu")[NAME]
    first = train({NAME: replace(longer, epochs=18)}, tmp_path / "raised", device="cpu")[NAME]
    raised = train({NAME: longer}, tmp_path / "raised", device="cpu")[NAME]
    assert_same(raised, expected)
    assert "budgets" not in first.workplace
    assert raised.workplace["budgets"] == [18, 30]
    again = train({NAME: longer}, tmp_path / "raised", device="cpu")[NAME]
    assert again.workplace["budgets"] == [18, 30]


# --- refusals ----------------------------------------------------------------------------


@pytest.mark.parametrize("changed", [{"lr": 2e-3}, {"seed": 1}, {"epochs": 70}])
def test_a_folder_with_another_campaign_is_refused(undisturbed, changed):
    folder = undisturbed.checkpoints[0].parents[1]
    before = (folder / "state.safetensors").read_bytes()
    message = refusal(train, {NAME: replace(CONFIG, **changed)}, folder, device="cpu")
    assert message.startswith(
        f"{folder / 'state.safetensors'}: the folder holds runs of another configuration "
        f"({', '.join(changed)}"
    )
    assert (folder / "state.safetensors").read_bytes() == before


def test_a_folder_with_runs_of_other_names_is_refused(undisturbed):
    folder = undisturbed.checkpoints[0].parents[1]
    assert "another configuration" in refusal(train, {"other": CONFIG}, folder, device="cpu")


def test_a_state_that_is_no_state_is_named(tmp_path):
    path, meta = tmp_path / "state.safetensors", {"epoch": 3, "seconds": 1, "workplace": {}}
    save_weights(path, {"weights": np.zeros(1)}, meta)
    assert "the state has no metrics, moment1, " in refusal(run_campaign, tmp_path)
    save_weights(path, {"weights": np.zeros(1)}, {"epoch": "3"})
    message = refusal(run_campaign, tmp_path)
    assert message.startswith(f"{path}: not as schemas/state.json says: 3 problems")
    assert "\n  - epoch: '3' is not of type 'integer'" in message
    assert "\n  - the whole: 'workplace' is a required property" in message
    (tmp_path / "state.safetensors").write_bytes(b"half a sta")
    assert "the weights cannot be read" in refusal(run_campaign, tmp_path)


def test_weights_that_a_run_has_kept_and_are_gone_are_said_before_it_goes_on(tmp_path):
    run = run_campaign(tmp_path)
    for epoch in (20, 70):
        run.checkpoints[epoch].unlink()
    assert refusal(run_campaign, tmp_path) == (
        f"{tmp_path / NAME}: weights that this training has kept are missing: e000020.safetensors "
        "and 1 more: restore them from a copy, or delete the folder to start again"
    )


def test_two_trainings_in_one_folder_are_one_too_many(tmp_path):
    with alone_in(tmp_path):
        message = refusal(run_campaign, tmp_path)
        assert message.startswith(f"{tmp_path}: is being trained in already (process {os.getpid()}")
    assert not list(tmp_path.iterdir())


def test_a_loss_that_is_not_finite_stops_with_the_last_good_checkpoint(tmp_path):
    config = replace(CONFIG, lr=1e30, warmup_steps=0, log_every=1, checkpoint_every=10)
    message = refusal(train, {NAME: config}, tmp_path, device="cpu")
    assert re.fullmatch(
        r"run run: the loss is not finite at epoch 1: the last good checkpoint is "
        r"e000000\.safetensors; train again with a smaller learning rate",
        message,
    )


def test_the_run_and_the_epoch_that_went_wrong_are_named(tmp_path, monkeypatch):
    """One of two runs breaks in the step to epoch 57, between two checkpoints."""
    real, steps = Ensemble._step, []

    def breaking(ensemble):
        real(ensemble)
        steps.append(1)
        if len(steps) == 57:
            ensemble.weights[1, 0] = math.nan

    monkeypatch.setattr(Ensemble, "_step", breaking)
    configs = {"calm": CONFIG, "wild": replace(CONFIG, seed=1)}
    message = refusal(train, configs, tmp_path, device="cpu")
    assert message.startswith("run wild: the loss is not finite at epoch 60: ")
    assert "the last good checkpoint is e000050.safetensors" in message
    assert not (tmp_path / "wild" / "e000060.safetensors").exists()
    assert load_weights(tmp_path / "state.safetensors")[1]["epoch"] == 50


def test_runs_that_train_together_must_agree(tmp_path):
    configs = {"one": CONFIG, "two": replace(CONFIG, epochs=80, warmup_steps=3, seed=9)}
    message = refusal(train, configs, tmp_path, device="cpu")
    assert message == (
        "run two: runs that train together must agree in epochs, warmup_steps: "
        "train it in a campaign of its own"
    )


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_device_that_is_not_there_is_refused():
    assert refusal(torch_device, "cuda") == "no CUDA device is available: use --device cpu"
    assert torch_device("auto").type == "cpu"


# --- progress ----------------------------------------------------------------------------


LINE = (
    r"epoch \d+ of 75, \d+\.\d epochs/s, (\?|\d\d:\d\d) left: "
    r"train \d\.\d\de[+-]\d\d \(\d+\.\d%\), test \d\.\d\de[+-]\d\d \(\d+\.\d%\)"
)


def test_progress_is_plain_lines_where_there_is_no_terminal(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(reporting, "LINE_SECONDS", 0)
    run_campaign(tmp_path)
    errors = capsys.readouterr().err
    assert "\r" not in errors
    assert "\x1b" not in errors
    lines = errors.splitlines()
    assert all(re.fullmatch(LINE, line) for line in lines), lines
    assert [int(line.split()[1]) for line in lines] == KEPT


def test_plain_lines_come_now_and_then_and_at_the_end(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(reporting, "LINE_SECONDS", 1e9)
    run_campaign(tmp_path)
    epochs = [int(line.split()[1]) for line in capsys.readouterr().err.splitlines()]
    assert epochs == [0, 75]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_a_bar_on_a_terminal(tmp_path, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(reporting.sys, "stderr", terminal)
    run_campaign(tmp_path)
    first, *_, last = terminal.getvalue().strip().split("\r")
    assert "0/75" in first
    assert "75/75" in last
    assert re.search(r"\d epochs/s, train \d\.\d\de[+-]\d\d \(\d+\.\d%\), test", last)


def test_afterwards_torch_computes_as_before(tmp_path):
    before = torch.get_num_threads()
    tiny = torch.tensor(1e-40)
    for flushes in (False, True):
        torch.set_flush_denormal(flushes)
        train({NAME: CONFIG}, tmp_path, device="cpu")
        assert (float(tiny * 0.5) == 0) is flushes
        assert torch.get_num_threads() == before
    torch.set_flush_denormal(False)


def test_a_state_of_another_network_is_no_beginning(tmp_path):
    small = replace(CONFIG, model=replace(CONFIG.model, d_mlp=8), epochs=10, states_from=10)
    kept = train({NAME: small}, tmp_path / "small", device="cpu")[NAME].states[10]
    said = refusal(train, {NAME: CONFIG}, tmp_path / "large", device="cpu", start=kept)
    assert "holds the state of another network" in said
    assert not (tmp_path / "large").exists()
