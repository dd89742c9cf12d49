"""Multiplication's measures on a network built by hand that adds discrete logarithms."""

import json

import numpy as np
import pytest

from tests.planted import log_network, sums, table_config, wave_logits, wave_loss
from timeless import experiments
from timeless.analysis.ablation import ablation, ablation_summary
from timeless.analysis.fourier import spectrum, without
from timeless.analysis.groups import additive
from timeless.analysis.network import Network, Split
from timeless.analysis.trajectory import trajectory
from timeless.analysis.two_orders import both_orders, in_additive_order
from timeless.config import TrainConfig
from timeless.experiments import multiplication
from timeless.experiments.multiplication.run import _zero
from timeless.results.artifacts import save_artifact
from timeless.results.weights import load_weights, published_file, save_weights
from timeless.running.workspace import Workspace
from timeless.training.campaign import Run

P, N = 13, 12
AMPLITUDES = {2: 6.0, 5: 4.0, 6: 5.0}
RADII = {2: 3.0, 5: 2.5, 6: 2.0}
CONFIG = TrainConfig(
    model=table_config(P, n_rings=3), operations=("multiplication",), frac_train=0.5
)


@pytest.fixture(scope="module")
def weights():
    return log_network(P, AMPLITUDES, RADII)


@pytest.fixture(scope="module")
def network(weights):
    return Network.of(weights, CONFIG)


@pytest.fixture(scope="module")
def run(weights, tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "e000000.safetensors"
    save_weights(path, weights, {"epoch": 0})
    curves = {"epoch": np.array([0, 2000]), "test_accuracy": np.ones((2, 1))}
    return Run(CONFIG, curves, {0: path}, seconds=0.0, workplace={})


def test_in_discrete_log_order_the_network_is_one_that_adds(network):
    np.testing.assert_allclose(network.logits, wave_logits(N, AMPLITUDES), atol=1e-4)
    np.testing.assert_array_equal(Split.of(CONFIG).labels, sums(N))
    assert network.accuracy(sums(N)) == 1


def test_the_key_frequencies_are_the_planted_ones_the_alternating_among_them(run):
    found = trajectory(run)
    assert found.key_freqs == [2, 5, 6]
    progress = found.tables["progress"]
    assert progress["restricted_loss_all"][0] == pytest.approx(wave_loss(N, AMPLITUDES), abs=1e-5)
    assert progress["excluded_loss_all"][0] == pytest.approx(np.log(N), abs=1e-5)
    assert progress["fve"][0] == pytest.approx(1, abs=1e-6)


def test_the_spectrum_is_sparse_in_one_order_and_not_in_the_other(run, network):
    whole = in_additive_order(run)
    found = both_orders(network, whole)
    assert (found["order"], found["g"]) == (N, 2)
    assert found["alternating_is_key"]
    assert found["alternating_freq"] == 6
    assert found["alternating_rank"] == 3
    assert found["n_key_freqs_additive"] == 6


def test_zero_is_answered_by_itself(run):
    found = _zero(in_additive_order(run))
    assert found["zero_pairs"] == 2 * P - 1
    assert found["zero_accuracy"] == 1
    assert found["zero_answers_without_zero"] == 0
    assert found["zero_norm"] < found["mean_norm"]


def test_a_network_in_additive_order_has_all_pairs_and_the_products_as_labels(weights):
    split = Split.of(CONFIG, group=additive(P))
    whole = Network.of(weights, CONFIG, group=additive(P))
    assert split.labels[3 * P + 5] == 2
    assert whole.accuracy(split.labels) == 1


def test_an_ablation_takes_frequencies_out_in_the_networks_order(network, weights):
    table = ablation(network, CONFIG, [2, 5, 6], n_sets=3)
    assert ablation_summary(table)["n_random"] == 3
    powers = [pow(2, i, P) for i in range(N)]
    changed = {**weights, "W_E": weights["W_E"].copy()}
    changed["W_E"][powers] = without(weights["W_E"][powers], [2, 5, 6])
    answers = Network.of(changed, CONFIG).logits.argmax(1)
    row = list(table["kind"]).index("without key")
    assert table["accuracy_all"][row] == pytest.approx((answers == sums(N)).mean())
    assert table["accuracy_all"][row] < table["accuracy_all"][0] == 1


def test_the_experiment_runs_from_training_to_artifact(tmp_path):
    workspace = Workspace(tmp_path / "artifacts", tmp_path / "runs", "cpu")
    artifact = experiments.runner("multiplication")(multiplication.QUICK, workspace)
    path = save_artifact(artifact, workspace.artifacts)
    summary = json.loads(path.read_text())["summary"]
    assert summary["zero_pairs"] == 25
    assert len(summary["ablation_additive"]["freqs"]) == summary["n_key_freqs"]
    final, metadata = load_weights(published_file(workspace.artifacts, "multiplication", "seed0"))
    assert metadata["epoch"] == summary["epochs"]
    again = Network.of(final, multiplication.QUICK.train)
    assert again.group.n == summary["order"] == 12
    assert spectrum(again.number_embedding) == pytest.approx(
        artifact["spectrum_log"]["norm"], rel=1e-5
    )
