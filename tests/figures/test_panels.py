"""Panels, flags and bands over epochs."""

import numpy as np
import pytest

from timeless.figures.panels import Flag, bands, epoch_axis, over_epochs, over_phases, stacked
from timeless.results.artifacts import Artifact

EPOCHS = np.array([0, 10, 100, 1_000, 10_000])
PHASES = {"circuit_starts": 100, "cleanup_starts": 1_000, "cleanup_ends": 5_000}


def run(**summary) -> Artifact:
    return Artifact("x", {}, {}, PHASES | summary)


def test_an_axis_of_logarithms_begins_after_epoch_0() -> None:
    assert epoch_axis(EPOCHS)["range"] == pytest.approx([1, 4])


def test_panels_are_equal_and_the_first_is_below_the_header() -> None:
    axes = [*stacked(600, [{}, {}, {}], header=53).select_yaxes()]
    assert [axis.plotly_name for axis in axes] == ["yaxis", "yaxis2", "yaxis3"]
    heights = [axis.domain[1] - axis.domain[0] for axis in axes]
    assert heights == pytest.approx([heights[0]] * 3)
    assert axes[0].domain[1] == pytest.approx(0.9)
    assert axes[2].domain[0] == pytest.approx(0)


def test_phases_follow_each_other_without_a_gap() -> None:
    found = bands(run(), EPOCHS)
    assert [(band.start, band.end) for band in found] == [
        *[(0, 100), (100, 1_000), (1_000, 5_000), (5_000, 10_000)],
    ]


def test_a_run_without_a_grokking_epoch_only_memorises() -> None:
    never = run(circuit_starts=None, cleanup_starts=None, cleanup_ends=None)
    assert [(band.name, band.end) for band in bands(never, EPOCHS)] == [("memorisation", 10_000)]


def test_a_flag_stands_on_the_logarithm_and_its_lines_on_the_epoch() -> None:
    flags = [Flag(100, "early"), Flag(9_000, "late")]
    layout = over_epochs(500, [{}, {}], EPOCHS, flags).layout
    early, late = layout.annotations
    assert (early.x, early.xanchor) == (pytest.approx(2), "left")
    assert late.xanchor == "right"  # no room beyond it
    assert early.y > late.y
    marked = [shape.x0 for shape in layout.shapes]
    assert marked == [100] * 3 + [9_000] * 3  # label and two panels


def test_the_x_axis_is_under_the_last_panel() -> None:
    assert over_phases(run(), EPOCHS, 500, [{}, {}]).layout.xaxis.anchor == "y2"
    assert over_phases(run(), EPOCHS, 500, [{}]).layout.xaxis.anchor == "y"


def test_a_level_is_a_dotted_line_across_its_panel() -> None:
    (level,) = stacked(500, [{}, {}], levels={2: 0.5}).layout.shapes
    assert (level.yref, level.y0, level.y1, level.line.dash) == ("y2", 0.5, 0.5, "dot")
