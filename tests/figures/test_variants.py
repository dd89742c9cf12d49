"""Figures of the variants, from planted networks that generalised and others that did not."""

import re
from dataclasses import replace

import numpy as np
import pytest

from tests.planted_runs import BUDGET, drawn, is_drawn_and_read, saved, table
from tests.sites import ROOT
from timeless.figures.architecture.clock_or_pizza import figure as clock_or_pizza
from timeless.figures.architecture.variant_seeds import figure as variant_seeds
from timeless.figures.architecture.variants import figure as variants
from timeless.figures.architecture.variants import variant
from timeless.results.artifacts import Artifact, Results


def architectures(grokked: dict[str, int | None]) -> Artifact:
    """Return variants by key, with the epoch at which each generalised."""
    records = {}
    for key, epoch in grokked.items():
        heads, act, dtype = re.match(r"heads(\d)_(\w+?)_(\w+?)_", key).groups()
        records[key] = {
            "n_heads": int(heads),
            "act": act,
            "loss_dtype": dtype,
            "seed": 0,
            "epochs": BUDGET if epoch is None else epoch + 2_000,
            "memorisation_epoch": 100,
            "grok_epoch": epoch,
        }
    names = ("n_heads", "act", "loss_dtype")
    columns = {name: np.array([r[name] for r in records.values()]) for name in names}
    censored = np.array([int(epoch is None) for epoch in grokked.values()])
    runs = table(name=np.array(list(records)), censored=censored, **columns)
    summary = {"default": next(iter(records)), "n_runs": len(records), "runs": records}
    summary |= {"n_grokked": int((1 - censored).sum())}
    return Artifact("variants", {}, {}, summary, {"runs": runs})


VARIANTS = {
    "all": {"heads4_relu_float64_seed0": 900, "heads1_gelu_float64_seed0": 1_900},
    "some": {
        "heads4_relu_float64_seed0": 900,
        "heads1_relu_float64_seed0": None,
        "heads4_relu_float32_seed0": 700,
    },
}


def test_variants_are_named_by_what_differs():
    records = architectures(VARIANTS["some"]).summary["runs"].values()
    first, *others = records
    assert [variant(record, first) for record in (first, *others)] == [
        "4 heads, ReLU (as the main run)",
        "1 head, ReLU",
        "4 heads, ReLU, float32 loss",
    ]


def test_variants_that_did_not_generalise_stand_open_where_they_end(tmp_path):
    figure = variants(saved(tmp_path, architectures(VARIANTS["some"])))
    reached_by, ended = drawn(figure, "test accuracy")
    assert (reached_by["x"], reached_by["y"]) == ([900, 700], [0, -2])
    assert (ended["x"], ended["y"], ended["text"]) == ([BUDGET], [-1], ["not within 5,000"])
    assert "2 of 3 generalised" in figure.alt
    assert "1 head, ReLU: train from 100, test not within 5,000." in figure.alt
    alone = variants(saved(tmp_path / "all", architectures(VARIANTS["all"])))
    assert "All 2 generalised." in alone.alt


def test_a_run_is_a_line_from_age_to_age():
    figure = clock_or_pizza(Results(ROOT / "artifacts"))
    main = next(trace for trace in figure.data if trace["name"] == "main run")
    assert main["marker"]["symbol"] == ["circle-open", "circle", "square"]
    assert len({trace["name"] for trace in figure.data if "seeds" in trace["name"]}) == 1
    (others,) = (trace for trace in figure.data if "Zhong" in trace["name"])
    assert (others["x"], others["y"]) == ([0.17, 0.85], [0.99, 0.33])
    is_drawn_and_read(figure)


@pytest.mark.parametrize("case", VARIANTS)
def test_figures_of_any_variants_can_be_drawn_and_read(case, tmp_path):
    is_drawn_and_read(variants(saved(tmp_path, architectures(VARIANTS[case]))))


def test_a_run_that_was_kept_at_no_age_is_left_out(tmp_path):
    found = Results(ROOT / "artifacts")["revisited"]
    ages = found.summary["ages"]
    runs = {**ages["runs"], "addition": None}
    summary = {**found.summary, "ages": {**ages, "runs": runs}}
    figure = clock_or_pizza(saved(tmp_path, replace(found, summary=summary)))
    assert "main run" not in [trace["name"] for trace in figure.data]


def survey(name: str, model: dict[str, object], epochs: dict[str, int | None], **more) -> Artifact:
    """Return an experiment with a run for each key, and the epoch at which it generalised."""
    runs = {
        key: {
            "seed": seed,
            "grok_epoch": epoch,
            "epochs": BUDGET if epoch is None else epoch + 2_000,
            "final_test_accuracy": 0.5 if epoch is None else 1.0,
        }
        for seed, (key, epoch) in enumerate(epochs.items(), 1)
    }
    config = {"train": {"model": model, "loss_dtype": "float64"}, **more.pop("config", {})}
    return Artifact(name, config, {}, {"runs": runs, **more}, {})


def test_variants_with_other_seeds_have_a_row_each_with_all_their_runs(tmp_path):
    main = survey(
        *("seeds", {"n_heads": 4, "act": "relu"}, {"seed1": 900, "seed2": 1_100}),
        survival={"grok_epoch": {"median": 1_000}},
    )
    medians = {"relu_float64": 400, "relu_float32": None, "heads4_gelu_float64": 700}
    others = survey(
        *("variant_seeds", {"n_heads": 1, "act": "relu"}),
        {"relu_float64_seed1": 400, "relu_float32_seed1": None, "heads4_gelu_float64_seed1": 700},
        config={
            "variants": [[1, "relu", "float64"], [1, "relu", "float32"], [4, "gelu", "float64"]]
        },
        order=list(medians),
        arms={arm: {"grok_epoch": {"median": median}} for arm, median in medians.items()},
    )
    found = variant_seeds(saved(tmp_path, main, others))
    assert list(found.table["variant"]) == ["4 heads, ReLU"] * 2 + [
        "1 head, ReLU",
        "1 head, ReLU, float32 loss",
        "4 heads, GELU",
    ]
    full, _ = drawn(found, "4 heads")
    assert full["x"].tolist() == [900, 1_100, 700]
    full, open_ = drawn(found, "1 head")
    assert (full["x"].tolist(), open_["x"].tolist()) == ([400], [BUDGET])
    assert "1 head, ReLU, 400; 1 head, ReLU, float32 loss, none" in found.alt
    is_drawn_and_read(found)
