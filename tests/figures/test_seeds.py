"""The figure of many seeds, from planted runs of known outcome."""

import numpy as np
import pytest

from tests.planted_runs import BUDGET, drawn, is_drawn_and_read, saved, table
from timeless.analysis.survey import survivals
from timeless.figures.grokking.seeds import PARTS, figure
from timeless.results.artifacts import Artifact

KEYS = [f"{split}_{rise}_epoch" for split in ("test", *PARTS) for rise in ("15", "50", "99")]


def planted(rises: list[tuple[int | None, int | None]]) -> Artifact:
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
    return Artifact("seeds", {}, {}, summary | {"survival": survivals(records)}, curves)


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
