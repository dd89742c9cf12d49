"""Groups: powers of a primitive root, their logarithms, and pairs in a group's order."""

import numpy as np
import pytest

from timeless.analysis.groups import additive, discrete_logarithms, group_of, multiplicative, powers
from timeless.config import ModelConfig, TrainConfig
from timeless.errors import TimelessError
from timeless.training.tasks import make_task


def test_the_powers_of_two_mod_13_are_known() -> None:
    assert powers(13, 2).tolist() == [1, 2, 4, 8, 3, 6, 12, 11, 9, 5, 10, 7]


@pytest.mark.parametrize(("p", "g"), [(13, 2), (13, 6), (131, 2), (3, 2)])
def test_a_primitive_root_reaches_every_number_but_zero(p: int, g: int) -> None:
    assert sorted(powers(p, g).tolist()) == list(range(1, p))


def test_every_primitive_root_mod_13_is_accepted_and_no_other_number() -> None:
    accepted = []
    for g in range(-1, 30):
        try:
            powers(13, g)
        except TimelessError:
            continue
        accepted.append(g % 13)
    assert sorted(set(accepted)) == [2, 6, 7, 11]


def test_a_number_that_is_no_root_is_refused_with_some_that_are() -> None:
    with pytest.raises(TimelessError) as refusal:
        powers(13, 3)
    assert str(refusal.value) == "3 is not a primitive root modulo 13: use one of 2, 6, 7, 11"


@pytest.mark.parametrize("p", [15, 9, 1])
def test_a_modulus_that_is_no_prime_is_refused(p: int) -> None:
    with pytest.raises(TimelessError, match="p must be an odd prime"):
        multiplicative(p)


@pytest.mark.parametrize("p", [13, 131])
def test_logarithms_undo_powers(p: int) -> None:
    logarithms = discrete_logarithms(p)
    assert logarithms[0] == -1
    assert [pow(2, int(log), p) for log in logarithms[1:]] == list(range(1, p))
    np.testing.assert_array_equal(logarithms[powers(p, 2)], np.arange(p - 1))


def test_logarithms_turn_products_into_sums() -> None:
    log = discrete_logarithms(13)
    for a in range(1, 13):
        for b in range(1, 13):
            assert log[a * b % 13] == (log[a] + log[b]) % 12


@pytest.mark.parametrize("operation", ["addition", "multiplication"])
def test_pairs_labels_and_split_by_brute_force(operation: str) -> None:
    """Position (i, j) of a group is the pair of its numbers, with that pair's answer and split."""
    p = 13
    config = TrainConfig(model=ModelConfig(p=p), operations=(operation,), frac_train=0.4)
    task, group = make_task(config), group_of(operation, p)
    pairs, labels, train = group.pairs(), group.labels(task), group.train_mask(task)
    assert group.n == (12 if operation == "multiplication" else 13)
    for i, a in enumerate(group.tokens):
        for j, b in enumerate(group.tokens):
            place = i * group.n + j
            row = np.flatnonzero((task.tokens[:, 0] == a) & (task.tokens[:, 1] == b))
            assert [pairs[place]] == row.tolist()
            assert group.tokens[labels[place]] == task.labels[row]
            assert train[place] == task.train_mask[row]


def test_the_split_of_a_second_operation_is_its_own() -> None:
    operations = ("addition", "multiplication")
    config = TrainConfig(model=ModelConfig(p=13, n_ops=2), operations=operations)
    task = make_task(config)
    second = task.train_mask[13**2 :]
    np.testing.assert_array_equal(additive(13).train_mask(task, 1), second)
    np.testing.assert_array_equal(
        multiplicative(13).train_mask(task, 1), second[multiplicative(13).pairs()]
    )


def test_only_multiplication_has_an_order_of_its_own() -> None:
    for operation in ("addition", "velocity", "position"):
        np.testing.assert_array_equal(group_of(operation, 7).tokens, np.arange(7))
