"""The addition experiment from its configuration to what it leaves on disk, at p = 7."""

import json
import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from timeless import experiments
from timeless.analysis.export import published_epochs
from timeless.analysis.fourier import spectrum
from timeless.analysis.progress import cross_entropies, key_frequencies, restricted_logits
from timeless.config import ModelConfig, TrainConfig, as_dict
from timeless.experiments import addition
from timeless.experiments.addition import Config
from timeless.results.artifacts import load_artifact, save_artifact
from timeless.results.manifest import verify_manifest, write_manifest
from timeless.results.weights import load_weights
from timeless.running.workspace import Workspace
from timeless.training.model import forward, parameter_shapes
from timeless.training.tasks import make_task

P = 7
MODEL = ModelConfig(p=P, d_model=16, n_heads=4, d_mlp=24)
TRAIN = TrainConfig(model=MODEL, frac_train=0.5, epochs=1400, log_every=50, checkpoint_every=200)
CONFIG = Config(train=replace(TRAIN, lr=5e-3), seeds=(3,), n_published=6)
TASK = make_task(replace(CONFIG.train, seed=3))
PROMISED = {
    *("memorisation_epoch", "grok_epoch", "delay", "final_train_loss", "final_test_loss"),
    *("final_test_accuracy", "peak_test_loss", "key_freqs", "final_restricted_loss_all"),
    *("final_excluded_loss_train", "fve", "neurons_clustered"),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("addition")
    artifacts, runs = root / "artifacts", root / "runs"
    stale = artifacts / "weights" / "addition-seed3-e000777.safetensors"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"of an earlier run")
    save_artifact(
        experiments.runner("addition")(CONFIG, Workspace(artifacts, runs, "cpu")), artifacts
    )
    write_manifest(artifacts)
    return artifacts, runs


@pytest.fixture(scope="module")
def artifact(folders):
    return load_artifact(folders[0], "addition")


@pytest.fixture(scope="module")
def final(folders):
    return load_weights(folders[0] / "weights" / "addition-seed3-final.safetensors")


def test_the_study_s_own_run():
    config = addition.CONFIG
    assert config.train == TrainConfig(states_from=10_000)
    assert config.seeds == (10,)


def test_the_artifact_carries_its_configuration_and_its_making(artifact):
    assert artifact.config == as_dict(CONFIG)
    assert artifact.provenance["seeds"] == [3]
    assert artifact.provenance["device"] == "cpu"
    assert artifact.provenance["threads"] == torch.get_num_threads()
    assert artifact.provenance["torch_version"] == torch.__version__
    assert artifact.provenance["numpy_version"] == np.__version__
    assert artifact.provenance["seconds"] > 0


def test_the_summary_has_what_pages_quote(artifact):
    summary = artifact.summary
    assert summary.keys() >= PROMISED
    assert (summary["n_pairs"], summary["n_train"], summary["n_test"]) == (49, 24, 25)
    assert summary["chance_loss"] == math.log(P)
    shapes = parameter_shapes(MODEL)
    assert summary["n_parameters"] == sum(math.prod(shape) for shape in shapes.values())
    assert 0 < summary["memorisation_epoch"] <= 400


def test_the_summary_is_read_from_the_tables(artifact):
    summary, curves, progress = artifact.summary, artifact["curves"], artifact["progress"]
    for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy"):
        assert summary[f"final_{name}"] == pytest.approx(curves[name][-1], rel=1e-5)
    for name in ("restricted_loss_all", "excluded_loss_train"):
        assert summary[f"final_{name}"] == pytest.approx(progress[name][-1], rel=1e-5)
    assert summary["fve"] == pytest.approx(progress["fve"][-1], rel=1e-5)
    assert summary["peak_test_loss"] == pytest.approx(curves["test_loss"].max(), rel=1e-5)
    assert summary["neurons_clustered"] == progress["neurons_clustered"][-1]
    assert summary["key_freqs"] == list(np.flatnonzero(artifact["final_spectrum"]["is_key"]) + 1)


def test_curves_and_checkpoints_reach_from_first_to_last_epoch(artifact):
    np.testing.assert_array_equal(artifact["curves"]["epoch"], range(0, 1401, 50))
    kept = [*range(0, 1000, 50), 1000, 1200, 1400]
    np.testing.assert_array_equal(artifact["progress"]["epoch"], kept)


def test_measures_agree_with_the_curves_at_the_same_epochs(artifact):
    curves, progress = artifact["curves"], artifact["progress"]
    logged = np.isin(curves["epoch"], progress["epoch"])
    for split in ("train", "test"):
        found = progress[f"loss_{split}"]
        np.testing.assert_allclose(found, curves[f"{split}_loss"][logged], rtol=1e-4)
    squares = curves["sum_sq_weights"][logged]
    np.testing.assert_allclose(progress["sum_sq_weights"], squares, rtol=1e-5)


def test_the_last_weights_are_published_in_names_and_shapes_of_transformer_lens(final):
    arrays, metadata = final
    index = arrays.pop("train_index")
    assert {name: array.shape for name, array in arrays.items()} == parameter_shapes(MODEL)
    assert all(array.dtype == np.float32 for array in arrays.values())
    assert (metadata["experiment"], metadata["epoch"]) == ("addition", 1400)
    assert metadata["config"] == as_dict(replace(CONFIG.train, seed=3))
    assert index.dtype == np.int32
    np.testing.assert_array_equal(index, np.flatnonzero(TASK.train_mask))


def test_the_last_weights_are_those_of_the_run(folders, final):
    kept, _ = load_weights(folders[1] / "addition" / "seed3" / "seed3" / "e001400.safetensors")
    for name, array in kept.items():
        np.testing.assert_array_equal(final[0][name], array)


def test_the_published_network_has_the_published_measures(artifact, final):
    tensors = {name: torch.from_numpy(array) for name, array in final[0].items()}
    found = forward(tensors, torch.from_numpy(TASK.tokens), MODEL)["logits"].numpy()
    freqs = key_frequencies(spectrum(final[0]["W_E"][:P]))
    assert freqs == artifact.summary["key_freqs"]
    restricted = cross_entropies(restricted_logits(found, freqs), TASK.labels).mean()
    assert artifact.summary["final_restricted_loss_all"] == pytest.approx(restricted, rel=1e-3)
    right = found.argmax(1) == TASK.labels
    assert artifact.summary["final_test_accuracy"] == pytest.approx(right[~TASK.train_mask].mean())


def test_published_checkpoints_are_half_precision_copies_of_the_run_s(folders, artifact):
    artifacts, runs = folders
    published = artifact.summary["published_epochs"]
    assert (published[0], published[-1]) == (0, 1400)
    assert published == sorted(set(published))
    assert len(published) <= CONFIG.n_published + 2
    for epoch in published:
        name = f"e{epoch:06d}.safetensors"
        half, metadata = load_weights(artifacts / "weights" / f"addition-seed3-{name}")
        exact, _ = load_weights(runs / "addition" / "seed3" / "seed3" / name)
        assert metadata["epoch"] == epoch
        assert half.keys() == exact.keys()
        for key, array in half.items():
            assert array.dtype == np.float16
            np.testing.assert_array_equal(array, exact[key].astype(np.float16))
    assert 0 <= artifact.summary["float16_accuracy_change"] < 0.1


def test_weights_of_an_earlier_run_are_gone(folders, artifact):
    names = {f"e{epoch:06d}" for epoch in artifact.summary["published_epochs"]} | {"final"}
    expected = {f"addition-seed3-{name}.safetensors" for name in names}
    assert {path.name for path in (folders[0] / "weights").iterdir()} == expected
    assert verify_manifest(folders[0]).keys() == {
        "addition.json",
        *(f"weights/{name}" for name in expected),
    }


def test_running_it_again_gives_the_same_result_without_training(folders, tmp_path, monkeypatch):
    artifacts, runs = folders
    monkeypatch.setattr(
        "timeless.training.ensemble.Ensemble._step",
        lambda _: pytest.fail("a finished run was trained"),
    )
    again = experiments.runner("addition")(CONFIG, Workspace(tmp_path, runs, "cpu"))
    documents = [
        json.loads(path.read_text())
        for path in (artifacts / "addition.json", save_artifact(again, tmp_path))
    ]
    for document in documents:
        del document["provenance"]
    assert documents[0] == documents[1]
    for path in (artifacts / "weights").iterdir():
        assert (tmp_path / "weights" / path.name).read_bytes() == path.read_bytes(), path.name


# --- which checkpoints are published -----------------------------------------------------


def run_with(epochs, accuracy):
    curves = {"epoch": epochs, "test_accuracy": accuracy[:, None]}
    return SimpleNamespace(checkpoints=dict.fromkeys(epochs.tolist(), Path()), curves=curves)


def test_published_epochs_are_denser_around_the_transition():
    epochs = np.arange(0, 40_001, 100)
    accuracy = np.clip((epochs - 9000) / 1000, 0, 1)
    found = np.array(published_epochs(run_with(epochs, accuracy), 10_000, 36))
    assert (found[0], found[-1]) == (0, 40_000)
    assert 30 <= len(found) <= 38
    assert np.isin(found, epochs).all()
    click = np.count_nonzero((found >= 9000) & (found <= 10_000))
    before = np.count_nonzero((found >= 5000) & (found <= 6000))
    after = np.count_nonzero((found >= 20_000) & (found < 40_000))
    assert click >= 8
    assert click > 2 * before
    assert click > after


def test_a_run_that_never_generalises_is_published_from_first_to_last():
    epochs = np.arange(0, 1001, 100)
    found = published_epochs(run_with(epochs, np.zeros(11)), None, 5)
    assert (found[0], found[-1]) == (0, 1000)
    assert len(found) in (5, 6, 7)
    assert published_epochs(run_with(epochs, np.zeros(11)), None, 1) == [0, 1000]
