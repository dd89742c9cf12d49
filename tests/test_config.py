"""Configurations that cannot work are refused before anything is computed."""

import json
from dataclasses import FrozenInstanceError, replace

import pytest

from timeless.config import (
    OPERATIONS,
    ModelConfig,
    TrainConfig,
    as_dict,
    changes,
    check,
    is_prime,
)
from timeless.errors import TimelessError
from timeless.training.loop import train

GOOD = TrainConfig()


def changed(**fields):
    """Return the default configuration with fields of the run or of its model replaced."""
    model = {name: fields.pop(name) for name in list(fields) if hasattr(GOOD.model, name)}
    return replace(GOOD, model=replace(GOOD.model, **model), **fields)


def problems(config):
    with pytest.raises(TimelessError) as error:
        check(config)
    heading, *lines = str(error.value).split("\n  - ")
    assert heading.startswith(f"the configuration is refused: {len(lines)} problem")
    return lines


def test_the_defaults_are_those_of_the_study():
    check(GOOD)
    model = GOOD.model
    assert (model.p, model.d_model, model.n_heads, model.d_mlp) == (131, 128, 4, 512)
    assert (model.d_vocab, model.n_ctx, model.d_head) == (132, 3, 32)
    assert (GOOD.frac_train, GOOD.epochs, GOOD.lr, GOOD.weight_decay) == (0.3, 40_000, 1e-3, 1.0)
    assert (GOOD.betas, GOOD.warmup_steps, GOOD.loss_dtype) == ((0.9, 0.98), 10, "float64")


@pytest.mark.parametrize(
    "fields",
    [
        {"p": 3, "frac_train": 0.5},
        {"n_heads": 1},
        {"act": "gelu"},
        {"operations": ("multiplication",)},
        {"operations": ("multiplication", "addition"), "n_ops": 2},
        {"operations": ("multiplication", "addition"), "n_ops": 2, "tokens": "by_operation"},
        {"tokens": "by_position"},
        {"warmup_steps": 0, "weight_decay": 0.0, "betas": (0.0, 0.0)},
        {"log_every": 1, "checkpoint_every": 1},
        {"epochs": 1, "loss_dtype": "float32", "loss": "stablemax", "perpendicular": True},
    ],
)
def test_what_can_be_trained_is_accepted(fields):
    check(changed(**fields))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"p": 130}, "p must be an odd prime, as the Fourier analysis needs it; got 130"),
        ({"p": 2}, "p must be an odd prime, as the Fourier analysis needs it; got 2"),
        ({"p": 121}, "p must be an odd prime, as the Fourier analysis needs it; got 121"),
        ({"d_model": 0}, "d_model must be at least 1; got 0"),
        ({"d_mlp": -1}, "d_mlp must be at least 1; got -1"),
        ({"n_heads": 0}, "n_heads must be at least 1; got 0"),
        ({"n_heads": 5}, "n_heads must divide d_model = 128; got 5"),
        ({"act": "tanh"}, 'act must be one of relu, gelu; got "tanh"'),
        ({"tokens": "own"}, "tokens must be one of shared, by_operation, by_position; got"),
        ({"tokens": "by_operation"}, "tokens by_operation need two operations or more"),
        (
            {"operations": ("division",)},
            f"operations must be distinct and from {', '.join(OPERATIONS)}; got ('division',)",
        ),
        (
            {"operations": ("addition", "addition"), "n_ops": 2},
            "got ('addition', 'addition')",
        ),
        ({"n_ops": 2}, "model.n_ops must be the number of operations, 1; got 2"),
        ({"frac_train": 0.0}, "frac_train must lie between 0 and 1, both excluded; got 0.0"),
        ({"frac_train": 1.0}, "frac_train must lie between 0 and 1, both excluded; got 1.0"),
        ({"frac_train": -0.3}, "frac_train must lie between 0 and 1, both excluded; got -0.3"),
        ({"frac_train": float("nan")}, "frac_train must lie between 0 and 1, both excluded"),
        ({"frac_train": 1e-5}, "frac_train = 1e-05 leaves the train or test split empty"),
        ({"seed": -1}, "seed must not be negative; got -1"),
        ({"epochs": 0}, "epochs must be at least 1; got 0"),
        ({"log_every": 0}, "log_every must be at least 1; got 0"),
        ({"checkpoint_every": 0}, "checkpoint_every must be at least 1; got 0"),
        (
            {"log_every": 30},
            "checkpoint_every must be a multiple of log_every = 30; got 100",
        ),
        ({"loss_dtype": "float16"}, 'loss_dtype must be one of float64, float32; got "float16"'),
        ({"loss": "hinge"}, 'loss must be one of softmax, stablemax; got "hinge"'),
        ({"lr": 0.0}, "lr must be positive, weight_decay and warmup_steps not negative; got 0.0,"),
        ({"lr": float("nan")}, "lr must be positive"),
        ({"weight_decay": -1.0}, "got 0.001, -1.0, 10"),
        ({"warmup_steps": -2}, "got 0.001, 1.0, -2"),
        ({"betas": (0.9, 1.0)}, "betas must lie in [0, 1); got (0.9, 1.0)"),
        ({"betas": (-0.1, 0.98)}, "betas must lie in [0, 1); got (-0.1, 0.98)"),
    ],
)
def test_one_fault_is_one_problem(fields, message):
    (problem,) = problems(changed(**fields))
    assert problem.startswith(message) or problem.endswith(message)


def test_no_operation_is_refused_as_that():
    assert problems(changed(operations=()))[0].startswith("operations must be distinct")


def test_all_problems_stand_in_one_message():
    wrong = {"p": 4, "n_heads": 3, "act": "swish", "operations": ("power",), "frac_train": 2.0}
    wrong |= {"seed": -3, "epochs": 0, "checkpoint_every": 15, "loss_dtype": "int", "lr": -1.0}
    found = problems(changed(**wrong, betas=(2.0, 0.9)))
    assert len(found) == len(wrong) + 1
    for value in ("got 4", "got 3", '"swish"', "power", "2.0", "-3", "got 0", "got 15", '"int"'):
        assert any(value in problem for problem in found), value


def test_training_refuses_before_it_makes_a_folder(tmp_path):
    with pytest.raises(TimelessError, match="the configuration is refused"):
        train({"good": GOOD, "bad": changed(p=9)}, tmp_path / "runs", device="cpu")
    assert not (tmp_path / "runs").exists()


def test_a_configuration_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        GOOD.lr = 1.0


def test_a_configuration_as_dict_is_what_json_gives_back():
    plain = as_dict(changed(operations=("addition", "multiplication"), n_ops=2))
    assert json.loads(json.dumps(plain)) == plain
    assert plain["operations"] == ["addition", "multiplication"]
    assert plain["betas"] == [0.9, 0.98]
    assert plain["model"]["n_ops"] == 2
    assert as_dict(ModelConfig())["act"] == "relu"


def test_primes():
    assert [n for n in range(-3, 32) if is_prime(n)] == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31]
    assert is_prime(131)
    assert not is_prime(11 * 13)


def test_a_stored_configuration_may_lack_a_field_that_has_its_default():
    document = as_dict(GOOD)
    del document["epsilon"], document["model"]["act"]
    assert changes(document, GOOD) == []
    assert changes(document, replace(GOOD, epsilon=1e-6)) == ["epsilon"]
    other = replace(GOOD, model=replace(GOOD.model, act="gelu"))
    assert changes(document, other) == ["model"]


def test_a_stored_configuration_differs_by_value_and_by_a_field_that_is_gone():
    document = as_dict(GOOD)
    assert changes(document | {"seed": 1, "schedule": "cosine"}, GOOD) == ["schedule", "seed"]
