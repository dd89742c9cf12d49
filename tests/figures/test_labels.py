"""Labels keep apart, and frequencies keep their colours."""

from timeless.figures.colours import INK, MAGENTA, MUTED, TEAL, VIOLET
from timeless.figures.labels import (
    FREQUENCY_COLOURS,
    LOST,
    frequency_colours,
    name_ends,
    spread,
    stairs,
    tensor,
)
from timeless.figures.panels import stacked
from timeless.results.artifacts import Artifact, Table, column


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread([0, 50, 20], 10).tolist() == [0, 50, 20]


def test_labels_that_collide_stay_centred_and_in_order() -> None:
    assert spread([20, 20, 100], 10).tolist() == [15, 25, 100]
    assert spread([24, 20, 22], 10).tolist() == [32, 12, 22]


def test_pushing_a_group_apart_may_make_it_meet_the_next() -> None:
    assert spread([0, 0, 6], 10).tolist() == [-8, 2, 12]


def test_no_label_is_pushed_below_the_floor() -> None:
    assert spread([0, 0, 6], 10, floor=0).tolist() == [0, 10, 20]


def test_labels_climb_only_where_neighbours_are_near() -> None:
    assert stairs([2, 3, 4, 7, 20], 4) == [0, 1, 2, 0, 0]


def test_an_end_label_keeps_its_value_and_is_shifted_in_pixels() -> None:
    plot = stacked(500, [{}, {}, {"range": [0, 20]}])
    name_ends(plot, [10.0, 10.0], ["a", "b"], [INK, MUTED], panel=3)
    low, high = plot.layout.annotations
    assert (low.y, high.y, low.yref) == (10, 10, "y3")
    assert high.yshift - low.yshift == 14


def test_key_frequencies_have_colours_of_their_own_and_lost_ones_are_grey() -> None:
    norms = Table("", {"norm": column([0.5, 3.0, 1.0] + [0.4] * 7, "1", "norm")})
    freqs = {"key_freqs": list(range(1, 9)), "watched_freqs": list(range(1, 11))}
    artifact = Artifact("x", {}, {}, freqs, {"final_spectrum": norms})
    colours = frequency_colours(artifact)
    assert (colours[2], colours[3], colours[1]) == (TEAL, MAGENTA, VIOLET)
    assert len({colours[freq] for freq in (2, 3, 1, 4, 5, 6, 7)}) == 7
    assert {colours[freq] for freq in (8, 9, 10)} == {LOST}
    assert LOST not in FREQUENCY_COLOURS
    assert colours.keys() == set(range(1, 11))


def test_a_tensor_s_index_is_lowered() -> None:
    assert tensor("W_out") == "W<sub>out</sub>"
