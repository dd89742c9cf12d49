"""The figures of many seeds, from planted runs of known outcome."""

from dataclasses import replace

import numpy as np
import pytest

from tests.planted_runs import BUDGET, drawn, is_drawn_and_read, saved, table
from timeless.analysis.survey import survivals
from timeless.figures.grokking.mirrors import figure as mirrors
from timeless.figures.grokking.seeds import PARTS, figure
from timeless.results.artifacts import Artifact

KEYS = [f"{split}_{rise}_epoch" for split in ("test", *PARTS) for rise in ("15", "50", "99")]


def planted(rises: list[tuple[int | None, int | None]], experiment: str = "seeds") -> Artifact:
    """Return a survey of runs that answer mirrored and unseen pairs from these epochs on."""
    records, curves = {}, {}
    for seed, found in enumerate(rises, 1):
        mirrored, unseen = found
        epoch = np.arange(0, (BUDGET if unseen is None else unseen + 2_000) + 1, 10)
        steps = {
            f"{part}_accuracy": (epoch >= (BUDGET + 1 if at is None else at)).astype(float)
            for part, at in zip(PARTS, found, strict=True)
        }
        curves[f"curves_seed{seed}"] = table(epoch=epoch, **steps)
        at = {"test": unseen, "mirrored": mirrored, "unseen": unseen}
        records[f"seed{seed}"] = {key: at[key.partition("_")[0]] for key in KEYS} | {
            "seed": seed,
            "memorisation_epoch": 100,
            "grok_epoch": unseen,
            "epochs": int(epoch[-1]),
        }
    grokked = sum(unseen is not None for _, unseen in rises)
    summary = {"n_runs": len(rises), "n_grokked": grokked, "hold": 2_000, "runs": records}
    config = {"train": {"epochs": BUDGET}}
    return Artifact(experiment, config, {}, summary | {"survival": survivals(records)}, curves)


def test_every_run_is_a_line_in_both_panels_and_ends_where_it_ends(tmp_path):
    found = figure(saved(tmp_path, planted([(1_000, 3_000), (1_500, None)])))
    for seed, end in ((1, 5_000), (2, BUDGET)):
        above, below = drawn(found, f"seed {seed}")
        assert (above["yaxis"], below["yaxis"]) == ("y", "y2")
        assert above["x"][-1] == below["x"][-1] == end
    first = drawn(found, "seed 1")
    assert [line["x"][np.argmax(line["y"])] for line in first] == [1_000, 3_000]
    is_drawn_and_read(found)


def test_the_medians_that_it_tells_are_those_of_the_runs(tmp_path):
    rises = [(1_000, 3_000), (1_200, 3_100), (1_400, 3_900)]
    words = figure(saved(tmp_path, planted(rises))).alt
    assert "mirrored pairs by epoch 1,200 and half of the unseen pairs by epoch 3,100" in words
    assert "Of these runs 3 grok" in words


@pytest.mark.parametrize(
    "rises", [[(None, None)], [(1_000, None), (None, None), (None, None)]], ids=["none", "few"]
)
def test_what_never_happened_in_half_of_the_runs_has_no_median(tmp_path, rises):
    found = figure(saved(tmp_path, planted(rises)))
    assert "half" not in found.alt
    assert "Of these runs 0 grok" in found.alt
    is_drawn_and_read(found)


def test_splits_closed_under_exchange_stand_beside_those_drawn_at_random(tmp_path):
    some, none = planted([(1_000, 3_000)] * 2), planted([(None, None)] * 3, "mirrors")
    none = replace(none, config={**none.config, "longer": {"3": 6_000}})
    found = mirrors(saved(tmp_path, some, none))
    at_random, closed = drawn(found, "drawn at random"), drawn(found, "closed under exchange")
    assert [line["y"].max() for line in at_random] == [1, 1]
    assert [line["y"].max() for line in closed] == [0, 0, 0]
    assert "at random 2 of 2 runs grok within" in found.alt
    assert (
        "exchange 0 of 3 runs grok within 5,000 epochs; seed 3, allowed 6,000, does not."
        in found.alt
    )
    is_drawn_and_read(found)
