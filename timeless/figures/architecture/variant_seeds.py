"""The variants with other seeds: when each run had generalised, a row for each variant."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from timeless.figures import Figure
from timeless.figures.architecture.variants import variant
from timeless.figures.arms import over_rows, points
from timeless.figures.colours import BLUE, ORANGE
from timeless.results.artifacts import Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("seeds", "variant_seeds")
ROW, AROUND = 56, 110  # pixels of a variant's row, and of what stands around them
SPREAD = 0.5  # of a row's height, over all runs of a variant


def figure(results: Results) -> Figure:
    """Return a row for the main network's seeds and one for each variant."""
    artifact, quote = results["variant_seeds"], Quoting(results, "variant_seeds")
    names, runs = _runs(results)
    medians = [(Quoting(results, "seeds"), "survival.grok_epoch.median")]
    medians += [(quote, f"arms.{arm}.grok_epoch.median") for arm in artifact.summary["order"]]
    told = [f"{name}, {q(key)}" for name, (q, key) in zip(names, medians, strict=True)]
    story = f"Median epochs: {'; '.join(told)}."
    return Figure(
        plot=_plot(names, runs),
        title="Variants with other seeds",
        caption=(
            "Each point is a run of its own seed, at the epoch from which test accuracy stays at "
            f"99%; open, had it not come by the end. {story}"
        ),
        alt=plain(f"Points over epochs in {len(names)} rows, a row for each variant. {story}"),
        table={name: column for name, column in runs.items() if name not in ("row", "height")},
    )


def _runs(results: Results) -> tuple[list[str], dict[str, NDArray[Any]]]:
    """Return the names of the variants, and a row for each run of each of them."""
    main, others = results["seeds"], results["variant_seeds"]
    groups = [_named(main.config["train"], main.summary["runs"])]
    for i, (heads, act, dtype) in enumerate(others.config["variants"]):
        train = {**others.config["train"], "loss_dtype": dtype}
        train["model"] = {**train["model"], "n_heads": heads, "act": act}
        arm = others.summary["order"][i]
        ours = {k: v for k, v in others.summary["runs"].items() if k.startswith(f"{arm}_seed")}
        groups.append(_named(train, ours))
    rows = [
        {
            "variant": name,
            "n_heads": heads,
            "row": row,
            "height": row + SPREAD * ((i + 0.5) / len(records) - 0.5),
            "seed": one["seed"],
            "grok_epoch": -1 if one["grok_epoch"] is None else one["grok_epoch"],
            "epochs": one["epochs"],
            "test_accuracy": one["final_test_accuracy"],
        }
        for row, (name, heads, records) in enumerate(groups)
        for i, one in enumerate(records.values())
    ]
    return [name for name, *_ in groups], {key: np.array([r[key] for r in rows]) for key in rows[0]}


def _named(train: dict[str, Any], records: dict[str, Any]) -> tuple[str, int, dict[str, Any]]:
    """Return what a variant is called, its heads, and the records of its runs."""
    shape = {key: train["model"][key] for key in ("n_heads", "act")}
    return variant({**shape, "loss_dtype": train["loss_dtype"]}), shape["n_heads"], records


def _plot(names: list[str], runs: dict[str, NDArray[Any]]) -> go.Figure:
    grokked, traces = runs["grok_epoch"] >= 0, []
    for words, colour, ours in (
        ("4 heads", BLUE, runs["n_heads"] > 1),
        ("1 head", ORANGE, runs["n_heads"] == 1),
    ):
        for symbol, shown in (("circle", ours & grokked), ("circle-open", ours & ~grokked)):
            those = points(words, {"color": colour, "symbol": symbol}, runs, shown, names)
            traces.append(those.update(showlegend=False))
    return over_rows(
        traces, [name.replace(", ", "<br>", 1) for name in names], AROUND + ROW * len(names)
    )
