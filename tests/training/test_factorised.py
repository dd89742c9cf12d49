"""The factorised network is the plain one: values and gradients in float64."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from timeless.config import LOSSES, TOKENS, ModelConfig, TrainConfig
from timeless.experiments.laboratory.interventions import for_pairs, pairs_of
from timeless.training.ensemble import Ensemble
from timeless.training.factorised import BlockPass, Examples, all_pairs, factorise
from timeless.training.loop import train
from timeless.training.model import cross_entropy, forward, init_params, parameter_shapes
from timeless.training.tables import TablePass, tabulate
from timeless.training.tasks import Task, make_task

BOTH = ("addition", "multiplication")
OPERATIONS_AND_TOKENS = [
    (("addition",), "shared"),
    (BOTH, "shared"),
    (BOTH, "by_operation"),
    (("velocity",), "by_position"),
]


def configure(
    operations: tuple[str, ...],
    n_heads: int,
    act: str,
    tokens: str = "shared",
    loss: str = "softmax",
) -> TrainConfig:
    model = ModelConfig(13, len(operations), 16, n_heads, d_mlp=32, act=act, tokens=tokens)
    return TrainConfig(model=model, operations=operations, frac_train=0.4, loss=loss)


def random_params(config: ModelConfig) -> dict[str, Tensor]:
    """Weights with biases that are not zero, so that every term counts."""
    generator = torch.Generator().manual_seed(1)
    return {
        name: 0.3 * torch.randn(shape, generator=generator, dtype=torch.float64)
        for name, shape in parameter_shapes(config).items()
    }


def plain_gradients(
    params: dict[str, Tensor], config: TrainConfig, task: Task
) -> tuple[Tensor, dict[str, Tensor]]:
    leaves = {name: tensor.clone().requires_grad_() for name, tensor in params.items()}
    tokens = torch.from_numpy(task.tokens[task.train_mask])
    logits = forward(leaves, tokens, config.model)["logits"]
    labels = torch.from_numpy(task.labels[task.train_mask])
    loss = cross_entropy(logits, labels, config.loss_dtype, config.loss)
    loss.backward()
    return loss.detach(), {name: leaf.grad for name, leaf in leaves.items()}


def by_factors(config: TrainConfig, n: int, like: Tensor) -> BlockPass:
    return BlockPass(config.model, 1, n, like, torch.float64, loss=config.loss)


def by_tables(config: TrainConfig, n: int, like: Tensor) -> TablePass:
    return TablePass(config.model, n, like, torch.float64, loss=config.loss)


WAYS = {"factors": (factorise, by_factors), "tables": (tabulate, by_tables)}


def fast_gradients(
    way: str, params: dict[str, Tensor], config: TrainConfig, task: Task, block: int
) -> tuple[Tensor, dict[str, Tensor]]:
    share, make_pass = WAYS[way]
    leaves = {name: tensor[None].clone().requires_grad_() for name, tensor in params.items()}
    total = torch.zeros((), dtype=torch.float64)
    for op in range(config.model.n_ops):
        chosen = task.train_mask & (task.tokens[:, 2] == config.model.operation_token(op))
        pairs = torch.from_numpy(task.pairs[chosen])[None]
        labels = torch.from_numpy(task.labels[chosen])[None]
        weight = torch.full(labels.shape, 1 / task.train_mask.sum(), dtype=params["W_E"].dtype)
        examples = Examples(op, pairs[..., 0], pairs[..., 1], labels, weight)
        shared = share(leaves, op, config.model)
        fixed = shared.detached()
        grads = fixed.zeros()
        for part in examples.blocks(block):
            block_pass = make_pass(config, part.labels.shape[1], params["W_E"])
            block_pass.forward(fixed, part)
            total += (block_pass.losses(part) * part.weight).sum()
            block_pass.backward(fixed, part, grads)
        torch.autograd.backward(shared.tensors(), grads.tensors())
    return total, {name: leaf.grad[0] for name, leaf in leaves.items()}


@pytest.mark.parametrize("learned", OPERATIONS_AND_TOKENS)
@pytest.mark.parametrize("n_heads", [1, 4])
@pytest.mark.parametrize("act", ["relu", "gelu"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("way", list(WAYS))
def test_loss_and_gradients_equal_the_plain_ones(way, loss, learned, n_heads, act):
    operations, tokens = learned
    config = configure(operations, n_heads, act, tokens, loss)
    params, task = random_params(config.model), make_task(config)
    loss, gradients = plain_gradients(params, config, task)
    fast_loss, fast = fast_gradients(way, params, config, task, block=20)
    torch.testing.assert_close(fast_loss, loss, rtol=1e-12, atol=0)
    for name, gradient in gradients.items():
        assert gradient.abs().max() > 0, f"{name} takes no part in the test"
        torch.testing.assert_close(fast[name], gradient, rtol=1e-9, atol=1e-14, msg=name)


@pytest.mark.parametrize("n_heads", [1, 4])
@pytest.mark.parametrize("act", ["relu", "gelu"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("way", list(WAYS))
def test_in_float32_the_gradient_is_that_of_float64_but_for_rounding(way, loss, n_heads, act):
    config = configure(BOTH, n_heads, act, loss=loss)
    exact, task = random_params(config.model), make_task(config)
    _, gradients = plain_gradients(exact, config, task)
    rounded = {name: tensor.float() for name, tensor in exact.items()}
    _, fast = fast_gradients(way, rounded, config, task, block=20)
    for name, gradient in gradients.items():
        error = torch.linalg.vector_norm(fast[name] - gradient)
        assert error < 5e-6 * torch.linalg.vector_norm(gradient), name


@pytest.mark.parametrize("kind", TOKENS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("act", ["relu", "gelu"])
def test_all_pairs_equals_the_plain_activations(act, dtype, kind):
    config = configure(BOTH, 4, act, kind)
    exact, task = random_params(config.model), make_task(config)
    params = {name: tensor.to(dtype) for name, tensor in exact.items()}
    pairs = config.model.p**2
    for op in range(2):
        tokens = torch.from_numpy(task.tokens[op * pairs : (op + 1) * pairs])
        plain = forward(params, tokens, config.model)
        fast = all_pairs(params, op, config.model)
        torch.testing.assert_close(fast["logits"], plain["logits"])
        torch.testing.assert_close(fast["mlp_post"], plain["mlp_post"][:, -1])
        by_position = plain["pattern"][:, :, -1].transpose(1, 2)
        torch.testing.assert_close(fast["pattern"], by_position)
        freely = for_pairs(params, pairs_of(config.model.p), config.model, op=op)
        torch.testing.assert_close(freely["logits"], plain["logits"])


@pytest.mark.parametrize(("act", "kind"), [("relu", "shared"), ("gelu", "by_position")])
@pytest.mark.parametrize("tables", [False, True])
def test_a_step_is_adamw_on_the_plain_gradient(act, kind, tables):
    config = configure(("addition",), 4, act, kind)
    task = make_task(config)
    start = init_params(config.model, config.seed)
    leaves = {name: torch.from_numpy(array).clone() for name, array in start.items()}
    leaves = {name: leaf.requires_grad_() for name, leaf in leaves.items()}
    optimiser = torch.optim.AdamW(
        leaves.values(), lr=config.lr, betas=config.betas, weight_decay=config.weight_decay
    )
    warmup = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / config.warmup_steps)
    )
    ensemble = Ensemble([config], torch.device("cpu"), tables=tables)
    tokens = torch.from_numpy(task.tokens[task.train_mask])
    labels = torch.from_numpy(task.labels[task.train_mask])
    for _ in range(25):
        optimiser.zero_grad()
        cross_entropy(forward(leaves, tokens, config.model)["logits"], labels).backward()
        optimiser.step()
        warmup.step()
        ensemble.step()
    for name, array in ensemble.params(0).items():
        moved = np.abs(array - start[name]).max()
        np.testing.assert_allclose(array, leaves[name].detach(), atol=2e-3 * moved, err_msg=name)


@pytest.mark.parametrize("tables", [False, True])
def test_threads_share_a_run_and_find_the_same(tables):
    config = configure(BOTH, 2, "gelu")
    one, three = (
        Ensemble([config], torch.device("cpu"), threads=threads, tables=tables)
        for threads in (1, 3)
    )
    for _ in range(12):
        one.step()
        three.step()
    torch.testing.assert_close(three.evaluate(), one.evaluate(), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(three.weights, one.weights, rtol=1e-4, atol=1e-5)


def test_runs_that_share_kernels_equal_runs_that_take_turns():
    configs = [configure(BOTH, 2, "gelu") for _ in range(2)]
    configs[1] = replace(configs[1], seed=5, frac_train=0.6, weight_decay=0.3)
    turns = Ensemble(configs, torch.device("cpu"), share_kernels=False)
    shared = Ensemble(configs, torch.device("cpu"), share_kernels=True)
    for _ in range(12):
        turns.step()
        shared.step()
    torch.testing.assert_close(shared.evaluate(), turns.evaluate(), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(shared.weights, turns.weights, rtol=1e-4, atol=1e-5)


def test_runs_together_equal_runs_alone(tmp_path):
    base = configure(("addition",), 2, "relu")
    fields = {"epochs": 40, "log_every": 10, "checkpoint_every": 20}
    configs = {
        f"seed{seed}": TrainConfig(
            model=base.model, operations=base.operations, seed=seed, frac_train=frac, **fields
        )
        for seed, frac in ((3, 0.3), (4, 0.5))
    }
    together = train(configs, tmp_path / "together", device="cpu")
    for name, config in configs.items():
        alone = train({name: config}, tmp_path / name, device="cpu")[name]
        for key, array in alone.weights(40).items():
            np.testing.assert_allclose(together[name].weights(40)[key], array, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(
            together[name].curves["test_loss"], alone.curves["test_loss"], rtol=1e-6
        )
