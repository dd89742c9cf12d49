"""Time one training step several ways, in alternation, and how long an evaluation takes.

    python benchmarks/train_step.py [--rounds 15] [--threads N] [--heads 4] [--lens]

The plain step is autograd on `model.forward` with torch's AdamW, and ``lens`` the same on
TransformerLens' HookedTransformer (pip install -e ".[lens]"). The fast step is what training runs
on a processor, by tables; ``factors`` is the one for accelerators. The bare products are the three
large matrix multiplications that the fast step cannot do without, on whole arrays. Prints one
JSON line of medians in milliseconds, their ratios, and epochs a second.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterable
from statistics import median

import torch
from torch import Tensor

from timeless.config import ModelConfig, TrainConfig
from timeless.training.ensemble import Ensemble
from timeless.training.model import cross_entropy, forward, init_params
from timeless.training.processor import one_thread, subnormals_flushed
from timeless.training.tasks import make_task


def plain_step(config: TrainConfig) -> Callable[[], object]:
    """Return one step of the plain forward pass under autograd and torch's AdamW."""
    params = {
        name: torch.from_numpy(array).requires_grad_()
        for name, array in init_params(config.model, config.seed).items()
    }

    def logits(tokens: Tensor) -> Tensor:
        return forward(params, tokens, config.model)["logits"]

    return autograd_step(config, params.values(), logits)


def autograd_step(
    config: TrainConfig, params: Iterable[Tensor], logits: Callable[[Tensor], Tensor]
) -> Callable[[], object]:
    """Return one step of torch's AdamW on the loss of the ``logits`` of the training split."""
    task = make_task(config)
    optimiser = torch.optim.AdamW(
        params, lr=config.lr, betas=config.betas, weight_decay=config.weight_decay
    )
    tokens = torch.from_numpy(task.tokens[task.train_mask])
    labels = torch.from_numpy(task.labels[task.train_mask])

    def step() -> None:
        optimiser.zero_grad()
        cross_entropy(logits(tokens), labels, config.loss_dtype).backward()
        optimiser.step()

    return step


def lens_step(config: TrainConfig) -> Callable[[], object]:
    """Return one step of a HookedTransformer of the same shape under torch's AdamW."""
    from transformer_lens import HookedTransformer, HookedTransformerConfig

    model = config.model
    network = HookedTransformer(
        HookedTransformerConfig(
            n_layers=1,
            d_model=model.d_model,
            n_ctx=model.n_ctx,
            d_head=model.d_head,
            n_heads=model.n_heads,
            d_mlp=model.d_mlp,
            act_fn=model.act,
            d_vocab=model.d_vocab,
            d_vocab_out=model.p,
            normalization_type=None,
            device="cpu",
            seed=config.seed,
        )
    )
    return autograd_step(config, network.parameters(), lambda tokens: network(tokens)[:, -1])


def matrix_products(config: TrainConfig) -> Callable[[], object]:
    """Return the product of hidden and W_out W_U with its two of the backward pass."""
    model = config.model
    n = int(config.frac_train * model.p**2)
    hidden, w_out, logits = (
        torch.randn(shape) for shape in ((n, model.d_mlp), (model.d_mlp, model.p), (n, model.p))
    )
    d_hidden, d_w_out = torch.empty_like(hidden), torch.empty_like(w_out)

    def products() -> None:
        torch.mm(hidden, w_out, out=logits)
        torch.mm(hidden.t(), logits, out=d_w_out)
        torch.mm(logits, w_out.t(), out=d_hidden)

    return products


def in_one_thread(work: Callable[[], object]) -> Callable[[], object]:
    """Return the same work with torch set as training sets it: its threads are its own."""

    def call() -> None:
        with one_thread(), subnormals_flushed():
            work()

    return call


def milliseconds(work: Callable[[], object], repeats: int) -> float:
    """Return the time of one call, the mean over a few."""
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - start) / repeats * 1e3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="alternations (default 15)")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--lens", action="store_true", help="also time TransformerLens")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    config = TrainConfig(model=ModelConfig(n_heads=options.heads))
    fast, factors = (
        Ensemble([config], torch.device("cpu"), threads=options.threads, tables=tables)
        for tables in (True, False)
    )
    ways = {
        "plain": (plain_step(config), 1),
        "fast": (in_one_thread(fast.step), 4),
        "factors": (in_one_thread(factors.step), 4),
        "matmul": (matrix_products(config), 4),
        "evaluate": (in_one_thread(fast.evaluate), 1),
    }
    if options.lens:
        ways["lens"] = (lens_step(config), 1)
    times: dict[str, list[float]] = {name: [] for name in ways}
    for lap in range(options.rounds + 2):
        for name, (work, repeats) in ways.items():
            taken = milliseconds(work, repeats)
            if lap >= 2:  # the first two warm up
                times[name].append(taken)
    ms = {name: median(taken) for name, taken in times.items()}
    figures = {"threads": options.threads, "heads": options.heads}
    figures |= {f"{name}_ms": round(value, 1) for name, value in ms.items()}
    figures["speedup"] = round(ms["plain"] / ms["fast"], 2)
    figures["over_factors"] = round(ms["factors"] / ms["fast"], 2)
    figures["over_matmul"] = round(ms["fast"] / ms["matmul"], 2)
    figures["epochs_per_second"] = round(1e3 / ms["fast"], 1)
    if options.lens:
        figures["lens_epochs_per_second"] = round(1e3 / ms["lens"], 1)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
