"""Weights and their configuration survive the disk bit for bit, or the file is named."""

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from timeless.config import ModelConfig, TrainConfig, as_dict
from timeless.errors import TimelessError
from timeless.results.weights import (
    load_published,
    load_training_examples,
    load_weights,
    published_file,
    save_weights,
)
from timeless.training.model import init_params

META = {"epoch": 100, "config": as_dict(TrainConfig()), "name": "ω_k"}


def test_arrays_and_metadata_come_back_bit_for_bit(tmp_path):
    tensors = init_params(ModelConfig(p=5, d_model=8, n_heads=2, d_mlp=4), seed=0)
    tensors["half"] = np.array([1 / 3, 6e-8], np.float16)
    tensors["train_index"] = np.arange(7, dtype=np.int32)
    tensors["n_steps"] = np.array([np.pi])
    save_weights(tmp_path / "deep" / "w.safetensors", tensors, META)
    arrays, metadata = load_weights(tmp_path / "deep" / "w.safetensors")
    assert metadata == META
    assert arrays.keys() == tensors.keys()
    for name, array in tensors.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array)


def test_views_are_stored_in_their_own_order(tmp_path):
    matrix = np.arange(6.0).reshape(2, 3).T
    save_weights(tmp_path / "w.safetensors", {"W_U": matrix, "part": matrix[::2]}, {})
    arrays, _ = load_weights(tmp_path / "w.safetensors")
    np.testing.assert_array_equal(arrays["W_U"], matrix)
    np.testing.assert_array_equal(arrays["part"], matrix[::2])


def test_the_file_is_plain_safetensors(tmp_path):
    save_weights(tmp_path / "w.safetensors", {"W_E": np.eye(3, dtype=np.float32)}, META)
    np.testing.assert_array_equal(load_file(tmp_path / "w.safetensors")["W_E"], np.eye(3))


def test_the_same_weights_give_the_same_bytes(tmp_path):
    for name, meta in (("a", META), ("b", dict(reversed(META.items())))):
        save_weights(tmp_path / name, {"W_E": np.eye(3)}, meta)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_one_flipped_bit_is_seen_wherever_it_is(tmp_path):
    path = tmp_path / "w.safetensors"
    save_weights(path, {"W_E": np.eye(2, dtype=np.float32), "n": np.array([3.5])}, META)
    whole = path.read_bytes()
    for bit in range(0, 8 * len(whole), 61):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        with pytest.raises(TimelessError, match="the weights cannot be read"):
            load_weights(path)


def test_weights_from_before_there_were_digests_are_read(tmp_path):
    save_file({"x": np.eye(2)}, tmp_path / "w", metadata={"epoch": "3"})
    assert load_weights(tmp_path / "w")[1] == {"epoch": 3}


def in_bfloat16(path):
    path.write_bytes(path.read_bytes().replace(b'"F64","shape":[3,3]', b'"BF16","shape":[6,6]'))


def truncate(path):
    path.write_bytes(path.read_bytes()[:-1])


def damage_header(path):
    path.write_bytes(b"\xff" * 8 + path.read_bytes()[8:])


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.unlink(),
        truncate,
        damage_header,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("not weights"),
        lambda path: save_file({"x": np.eye(2)}, path, metadata={"format": "pt"}),
        in_bfloat16,
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["missing", "truncated", "damaged", "empty", "text", "foreign", "bfloat16", "folder"],
)
def test_a_file_that_is_no_checkpoint_is_named(tmp_path, harm):
    path = tmp_path / "w.safetensors"
    save_weights(path, {"W_E": np.eye(3)}, META)
    harm(path)
    with pytest.raises(TimelessError) as error:
        load_weights(path)
    assert str(error.value).startswith(f"{path}: the weights cannot be read (")
    assert "restore the file from version control, or train again" in str(error.value)


def test_published_files_say_experiment_run_and_moment(tmp_path):
    path = published_file(tmp_path, "toy", "seed0", 700)
    assert path == tmp_path / "weights" / "toy-seed0-e000700.safetensors"
    assert published_file(tmp_path, "toy", "seed0").name == "toy-seed0-final.safetensors"


def test_training_examples_are_no_weights(tmp_path):
    index = np.array([3, 1], np.int32)
    save_weights(published_file(tmp_path, "toy", "a"), {"W_E": np.eye(2), "train_index": index}, {})
    assert list(load_published(tmp_path, "toy", "a")) == ["W_E"]
    np.testing.assert_array_equal(load_training_examples(tmp_path, "toy", "a"), index)
