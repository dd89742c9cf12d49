"""The committed result of the main run: it is whole, and its weights say what its numbers say."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.sites import ROOT
from timeless.analysis.fourier import spectrum
from timeless.analysis.progress import (
    cross_entropies,
    excluded_logits,
    key_frequencies,
    neuron_clusters,
    restricted_logits,
    variance_explained,
)
from timeless.config import ModelConfig, TrainConfig, changes
from timeless.experiments import addition
from timeless.results.artifacts import Results
from timeless.results.manifest import verify_manifest
from timeless.results.weights import load_weights, published_file
from timeless.rules import held_epoch
from timeless.training.model import forward, init_params, parameter_shapes
from timeless.training.tasks import make_task

ARTIFACTS = ROOT / "artifacts"
SEED = addition.CONFIG.seeds[0]
RUN = f"seed{SEED}"
TASK = make_task(TrainConfig(seed=SEED))
P = 131


@pytest.fixture(scope="module")
def artifact():
    return Results(ARTIFACTS)["addition"]


@pytest.fixture(scope="module")
def final():
    return load_weights(published_file(Results(ARTIFACTS).directory, "addition", RUN))


@pytest.fixture(scope="module")
def plain(final):
    """Logits and neurons of the published network by the plain forward pass, in float64."""
    tensors = {name: torch.from_numpy(array).double() for name, array in final[0].items()}
    parts = [
        forward(tensors, tokens, ModelConfig())
        for tokens in torch.from_numpy(TASK.tokens).split(2048)
    ]
    logits = torch.cat([part["logits"] for part in parts]).numpy()
    return logits, torch.cat([part["mlp_post"][:, -1] for part in parts]).numpy()


def test_no_file_is_damaged_missing_or_foreign(artifact):
    published = {f"e{epoch:06d}" for epoch in artifact.summary["published_epochs"]}
    weights = {f"weights/addition-{RUN}-{name}.safetensors" for name in published | {"final"}}
    assert verify_manifest(ARTIFACTS).keys() >= {"addition.json"} | weights


def test_the_result_is_of_the_configuration_in_the_code(artifact):
    assert changes(artifact.config, addition.CONFIG) == []
    assert artifact.config["train"]["epochs"] == 40_000
    assert artifact.provenance["seeds"] == [SEED]
    assert artifact.provenance.keys() >= {
        *("code_version", "torch_version", "numpy_version", "device_name", "threads", "seconds")
    }


def test_the_split_has_the_sizes_of_the_study(artifact):
    summary = artifact.summary
    assert (summary["n_pairs"], summary["n_train"], summary["n_test"]) == (17_161, 5_148, 12_013)


def test_the_curves_cover_all_epochs_at_least_every_ten(artifact):
    epochs = artifact["curves"]["epoch"]
    assert (epochs[0], epochs[-1]) == (0, 40_000)
    assert np.diff(epochs).min() > 0
    assert np.diff(epochs).max() <= 10


def test_checkpoints_are_published_from_the_first_to_the_last(artifact):
    published = artifact.summary["published_epochs"]
    assert (published[0], published[-1]) == (0, 40_000)
    assert 24 <= len(published) <= 40
    assert set(published) <= set(artifact["progress"]["epoch"].tolist())


def test_the_published_weights_are_named_as_elsewhere_and_carry_the_split(final):
    arrays, metadata = final
    shapes = {name: array.shape for name, array in arrays.items()}
    assert shapes == parameter_shapes(ModelConfig()) | {"train_index": (5_148,)}
    np.testing.assert_array_equal(arrays["train_index"], np.flatnonzero(TASK.train_mask))
    assert metadata["epoch"] == 40_000
    assert changes(metadata["config"], replace(addition.CONFIG.train, seed=SEED)) == []


def test_the_first_checkpoint_is_the_seed_s_initial_weights():
    half, _ = load_weights(published_file(Results(ARTIFACTS).directory, "addition", RUN, 0))
    for name, array in init_params(ModelConfig(), seed=SEED).items():
        np.testing.assert_array_equal(half[name], array.astype(np.float16))


def test_published_checkpoints_have_the_spectra_of_their_epochs(artifact):
    epochs = artifact["embedding_spectrum"]["epoch"].tolist()
    for epoch in artifact.summary["published_epochs"]:
        path = published_file(Results(ARTIFACTS).directory, "addition", RUN, epoch)
        half, metadata = load_weights(path)
        assert metadata["epoch"] == epoch
        norms = artifact["embedding_spectrum"]["norm"][epochs.index(epoch)]
        np.testing.assert_allclose(spectrum(half["W_E"][:P]), norms, rtol=2e-3, atol=1e-3)


def test_the_published_network_answers_as_the_summary_says(artifact, plain):
    right = plain[0].argmax(1) == TASK.labels
    summary, mask = artifact.summary, TASK.train_mask
    assert summary["final_train_accuracy"] == pytest.approx(right[mask].mean(), abs=1e-9)
    assert summary["final_test_accuracy"] == pytest.approx(right[~mask].mean(), abs=1e-9)
    losses = cross_entropies(plain[0], TASK.labels)
    assert summary["final_train_loss"] == pytest.approx(losses[mask].mean(), rel=1e-2)
    assert summary["final_test_loss"] == pytest.approx(losses[~mask].mean(), rel=1e-2)


def test_the_published_network_has_the_published_measures(artifact, final, plain):
    summary, (logits, neurons) = artifact.summary, plain
    freqs = key_frequencies(spectrum(final[0]["W_E"][:P]))
    assert freqs == summary["key_freqs"]
    restricted = cross_entropies(restricted_logits(logits, freqs), TASK.labels)
    excluded = cross_entropies(excluded_logits(logits, freqs), TASK.labels)[TASK.train_mask]
    assert summary["final_restricted_loss_all"] == pytest.approx(restricted.mean(), rel=1e-2)
    assert summary["final_excluded_loss_train"] == pytest.approx(excluded.mean(), rel=1e-4)
    assert summary["fve"] == pytest.approx(variance_explained(logits, freqs), rel=1e-4)
    clusters = neuron_clusters(neurons, P)
    assert summary["neurons_clustered"] == pytest.approx(clusters.clustered.sum(), abs=1)
    squares = sum(
        np.square(final[0][name].astype(float)).sum() for name in parameter_shapes(ModelConfig())
    )
    assert summary["final_sum_sq_weights"] == pytest.approx(squares, rel=1e-5)


def test_epochs_of_the_summary_follow_from_the_curves(artifact):
    summary, curves = artifact.summary, artifact["curves"]
    memorised = held_epoch(curves["epoch"], curves["train_accuracy"])
    grokked = held_epoch(curves["epoch"], curves["test_accuracy"])
    assert (summary["memorisation_epoch"], summary["grok_epoch"]) == (memorised, grokked)
    assert summary["delay"] == grokked - memorised
    assert summary["peak_test_loss"] == pytest.approx(curves["test_loss"].max(), rel=1e-5)
