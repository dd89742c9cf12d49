"""Ablation on embeddings and a network whose frequencies are planted."""

import numpy as np
import pytest
import torch

from tests.planted import table_config, table_network, wave_logits
from timeless.analysis.ablation import KINDS, ablation, ablation_summary, only, random_sets
from timeless.analysis.fourier import spectrum, without
from timeless.analysis.network import Network
from timeless.analysis.progress import cross_entropies
from timeless.config import TrainConfig
from timeless.results.artifacts import Table, column
from timeless.training.model import forward
from timeless.training.tasks import make_task

P = 7


@pytest.mark.parametrize("n", [7, 12])
def test_taking_out_and_keeping_part_an_embedding_by_frequency(n):
    x = np.random.default_rng(0).normal(size=(n, 5))
    chosen = [1, n // 2]
    whole, left, kept = spectrum(x), spectrum(without(x, chosen)), spectrum(only(x, chosen))
    index = np.array(chosen) - 1
    np.testing.assert_allclose(left[index], 0, atol=1e-12)
    np.testing.assert_allclose(kept[index], whole[index])
    np.testing.assert_allclose(np.square(left) + np.square(kept), np.square(whole))
    np.testing.assert_allclose(only(x, chosen).mean(0), x.mean(0))


def test_random_sets_are_of_the_same_size_and_hold_no_key_frequency():
    sets = random_sets(131, [17, 54, 59], 50, seed=0)
    assert len(sets) == 50
    assert all(len(set(freqs)) == 3 and not {17, 54, 59} & set(freqs) for freqs in sets)
    assert all(1 <= k <= 65 for freqs in sets for k in freqs)
    assert sets == random_sets(131, [17, 54, 59], 50, seed=0)
    assert sets != random_sets(131, [17, 54, 59], 50, seed=1)


def by_plain_pass(weights, config, embedding):
    """Return accuracy and loss over all pairs by the plain forward pass in float64."""
    task = make_task(config)
    tensors = {name: torch.from_numpy(array).double() for name, array in weights.items()}
    tensors["W_E"][:P] = torch.from_numpy(embedding)
    logits = forward(tensors, torch.from_numpy(task.tokens), config.model)["logits"].numpy()
    losses = cross_entropies(logits, task.labels)
    return (logits.argmax(1) == task.labels).mean(), losses.mean()


def test_each_row_is_the_network_with_that_embedding():
    config = TrainConfig(model=table_config(P, n_rings=1), frac_train=0.4)
    weights = table_network(P, wave_logits(P, {2: 9.0}), {2: 9.0})
    network = Network.of(weights, config)
    table = ablation(network, config, [2], n_sets=3)
    assert [table["kind"].tolist().count(kind) for kind in KINDS] == [1, 1, 3, 1, 3]
    whole = weights["W_E"][:P].astype(np.float64)
    for row, kind in enumerate(table["kind"]):
        freqs = [int(k) for k in table["freqs"][row].split()]
        transformed = np.fft.fft(whole, axis=0)
        gone = [k for k in (1, 2, 3) if (k in freqs) == kind.startswith("without")]
        for k in gone if kind != "none" else []:
            transformed[[k, P - k]] = 0
        embedding = np.fft.ifft(transformed, axis=0).real
        accuracy, loss = by_plain_pass(weights, config, embedding)
        assert table["accuracy_all"][row] == pytest.approx(accuracy)
        assert table["loss_all"][row] == pytest.approx(loss, rel=1e-4)


def test_the_summary_tells_key_from_random():
    kinds = ["none", "without key", "without random", "without random", "only key"]
    accuracy = [1.0, 0.1, 0.9, 0.7, 0.8, 0.0, 0.3]
    columns = {"kind": column([*kinds, "only random", "only random"], "name", "")}
    found = ablation_summary(Table("", columns | {"accuracy_all": column(accuracy, "1", "")}))
    assert found == {
        "n_random": 2,
        "without_key_accuracy": 0.1,
        "without_random_accuracy_mean": 0.8,
        "without_random_accuracy_min": 0.7,
        "only_key_accuracy": 0.8,
        "only_random_accuracy_mean": 0.15,
        "only_random_accuracy_max": 0.3,
    }
