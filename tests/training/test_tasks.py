"""Every pair once, the right answer, and a split that a seed decides."""

from dataclasses import replace

import numpy as np
import pytest

from timeless.config import ModelConfig, TrainConfig
from timeless.training.tasks import make_task


def small(p=7, operations=("addition",), **fields):
    model = ModelConfig(p=p, n_ops=len(operations), d_model=8, n_heads=2, d_mlp=8)
    return TrainConfig(model=model, operations=operations, **fields)


def test_pairs_are_flattened_row_by_row_operation_by_operation():
    task = make_task(small(operations=("multiplication", "addition")))
    expected = [[a, b, 7 + op] for op in (0, 1) for a in range(7) for b in range(7)]
    np.testing.assert_array_equal(task.tokens, expected)


@pytest.mark.parametrize("tokens", ["by_operation", "by_position"])
def test_numbers_have_tokens_of_their_own_by_operation_or_by_position(tokens):
    plain = small(operations=("multiplication", "addition"))
    own = replace(plain, model=replace(plain.model, tokens=tokens))
    one, other = make_task(plain), make_task(own)
    for (a, b, op), found in zip(one.tokens - (0, 0, 7), other.tokens.tolist(), strict=True):
        first_b = {"by_operation": 7 * op, "by_position": 7}[tokens]
        assert found == [a + (first_b if tokens == "by_operation" else 0), b + first_b, 14 + op]
    np.testing.assert_array_equal(one.pairs, one.tokens[:, :2])
    np.testing.assert_array_equal(other.pairs, one.pairs)
    np.testing.assert_array_equal(other.labels, one.labels)
    for name, mask in one.splits.items():
        np.testing.assert_array_equal(other.splits[name], mask)


def test_answers_are_the_operation_mod_p():
    task = make_task(small(operations=("multiplication", "addition")))
    for (a, b, op), label in zip(task.tokens, task.labels, strict=True):
        assert label == ((a * b) % 7 if op == 7 else (a + b) % 7)


def test_the_main_split_has_the_sizes_of_the_study():
    task = make_task(TrainConfig())
    assert len(task.labels) == 17_161
    assert task.train_mask.sum() == 5_148
    assert (~task.train_mask).sum() == 12_013


@pytest.mark.parametrize(("p", "frac", "n_train"), [(7, 0.3, 14), (13, 0.5, 84), (5, 0.99, 24)])
def test_the_size_of_the_split_follows_the_modulus(p, frac, n_train):
    assert make_task(small(p, frac_train=frac)).train_mask.sum() == n_train


def test_each_operation_has_its_own_split_of_the_same_size():
    both = small(13, operations=("addition", "multiplication"), frac_train=0.4)
    first, second = make_task(both).train_mask.reshape(2, 169)
    assert first.sum() == second.sum() == 67
    assert (first != second).any()
    alone = make_task(small(13, frac_train=0.4)).train_mask
    np.testing.assert_array_equal(first, alone)


def test_the_seed_decides_the_split():
    config = small(13)
    again = make_task(config).train_mask
    np.testing.assert_array_equal(make_task(config).train_mask, again)
    assert (make_task(replace(config, seed=1)).train_mask != again).any()


def test_more_data_keeps_the_pairs_one_has():
    fewer, more = (make_task(small(13, frac_train=frac)).train_mask for frac in (0.2, 0.6))
    assert not (fewer & ~more).any()


def test_the_split_favours_no_number():
    shares = np.stack([make_task(small(13, seed=s)).train_mask.reshape(13, 13) for s in range(200)])
    assert np.abs(shares.mean(0) - 50 / 169).max() < 0.15
    assert np.abs(shares.mean((0, 1)) - 50 / 169).max() < 0.03
    assert np.abs(shares.mean((0, 2)) - 50 / 169).max() < 0.03


def test_a_test_pair_is_mirrored_where_its_exchange_is_trained_on():
    task = make_task(TrainConfig(model=ModelConfig(p=7), frac_train=0.5))
    pairs = {(a, b): i for i, (a, b, _) in enumerate(task.tokens.tolist())}
    for (a, b), i in pairs.items():
        trained, mirror = task.train_mask[i], task.train_mask[pairs[b, a]]
        found = {name for name, mask in task.splits.items() if mask[i]}
        expected = {"train"} if trained else {"test", "mirrored" if mirror else "unseen"}
        assert found == expected


@pytest.mark.parametrize("seed", range(5))
def test_a_mirror_closed_split_has_both_orders_of_a_pair_or_neither(seed):
    config = TrainConfig(model=ModelConfig(p=13), split="mirror_closed", seed=seed)
    task = make_task(config)
    grid = task.train_mask.reshape(13, 13)
    np.testing.assert_array_equal(grid, grid.T)
    assert int(0.3 * 169) - 1 <= grid.sum() <= int(0.3 * 169)
    assert not task.splits["mirrored"].any()


def test_the_split_has_a_seed_of_its_own():
    one, other = (make_task(TrainConfig(seed=seed, split_seed=4)) for seed in (1, 2))
    np.testing.assert_array_equal(one.train_mask, other.train_mask)
    same = make_task(TrainConfig(seed=4))
    np.testing.assert_array_equal(one.train_mask, same.train_mask)


def test_random_labels_are_drawn_once_and_follow_the_split_seed():
    config = TrainConfig(operations=("random_labels",))
    one, again, other = (make_task(replace(config, seed=seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.labels, again.labels)
    assert (one.labels == other.labels).mean() < 0.05
    assert set(one.labels.tolist()) == set(range(131))
