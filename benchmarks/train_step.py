"""Time one training step three ways, in alternation: plain, factorised, bare matrix products.

    python benchmarks/train_step.py [--rounds 15] [--threads N]

The plain step is autograd on `model.forward` with torch's AdamW, the fast one is what training
runs, and the bare products are the six large matrix multiplications that the fast step cannot
do without, on whole arrays. Prints one JSON line of medians in milliseconds and their ratios.
"""

import argparse
import json
import time
from collections.abc import Callable
from statistics import median

import torch

from timeless.config import TrainConfig
from timeless.training.ensemble import Ensemble
from timeless.training.model import cross_entropy, forward, init_params
from timeless.training.tasks import make_task


def plain_step(config: TrainConfig) -> Callable[[], object]:
    """Return one step of the plain forward pass under autograd and torch's AdamW."""
    task = make_task(config)
    params = {
        name: torch.from_numpy(array).requires_grad_()
        for name, array in init_params(config.model, config.seed).items()
    }
    optimiser = torch.optim.AdamW(
        params.values(), lr=config.lr, betas=config.betas, weight_decay=config.weight_decay
    )
    tokens = torch.from_numpy(task.tokens[task.train_mask])
    labels = torch.from_numpy(task.labels[task.train_mask])

    def step() -> None:
        optimiser.zero_grad()
        logits = forward(params, tokens, config.model)["logits"]
        cross_entropy(logits, labels, config.loss_dtype).backward()
        optimiser.step()

    return step


def matrix_products(config: TrainConfig) -> Callable[[], object]:
    """Return the two per-example products of the fast step with their four of the backward pass."""
    model = config.model
    n, wide = int(config.frac_train * model.p**2), model.d_mlp + model.d_model
    z, w_pre = torch.randn(n, model.d_model), torch.randn(model.d_model, model.d_mlp)
    hidden, w_out = torch.randn(n, wide), torch.randn(wide, model.p)
    pre, logits = torch.empty(n, model.d_mlp), torch.randn(n, model.p)
    d_w_pre, d_w_out = torch.empty_like(w_pre), torch.empty_like(w_out)
    d_hidden, d_z = torch.empty_like(hidden), torch.empty_like(z)

    def products() -> None:
        torch.mm(z, w_pre, out=pre)
        torch.mm(hidden, w_out, out=logits)
        torch.mm(hidden.t(), logits, out=d_w_out)
        torch.mm(logits, w_out.t(), out=d_hidden)
        torch.mm(z.t(), pre, out=d_w_pre)
        torch.mm(pre, w_pre.t(), out=d_z)

    return products


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
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    config = TrainConfig()
    fast = Ensemble([config], torch.device("cpu"))
    ways = {
        "plain": (plain_step(config), 1),
        "fast": (fast.step, 4),
        "matmul": (matrix_products(config), 4),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for lap in range(options.rounds + 2):
        for name, (work, repeats) in ways.items():
            taken = milliseconds(work, repeats)
            if lap >= 2:  # the first two warm up
                times[name].append(taken)
    ms = {name: median(taken) for name, taken in times.items()}
    figures = {f"{name}_ms": round(value, 1) for name, value in ms.items()}
    figures["speedup"] = round(ms["plain"] / ms["fast"], 2)
    figures["over_matmul"] = round(ms["fast"] / ms["matmul"], 2)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
