"""Cards: beside a link to a page stands its own figure, drawn from what the figure draws."""

import io
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.sites import ROOT, mini_site
from timeless import cards
from timeless.build import main
from timeless.cards import HEIGHT, WIDTH, Card
from timeless.cards.look import Look
from timeless.figures import Figure
from timeless.figures.colours import BLUE, ORANGE, SEQUENTIAL

PACKAGES = ROOT / "site_src"
LOOK = Look(PACKAGES)
CARD = Card("Timeless", "Waves", "What is seen. And more.")


def figure(*traces: go.Scatter | go.Bar | go.Heatmap | go.Pie, **layout: object) -> Figure:
    return Figure(go.Figure([*traces], layout), "A title", "A caption", "What is seen", {"x": [0]})


def picture(shown: Figure | None, card: Card = CARD) -> NDArray[np.uint8]:
    made = Image.open(io.BytesIO(cards.draw(card, shown, PACKAGES))).convert("RGB")
    assert made.size == (WIDTH, HEIGHT)
    return np.asarray(made)


def box_of(shown: NDArray[np.uint8], colour: str, left: int = 500, top: int = 90) -> list[int]:
    """Return left, top, right and bottom of what has a figure's colour, below the legend."""
    near = np.abs(shown.astype(int) - LOOK.drawn(colour)).max(axis=2) < 20
    rows, columns = np.nonzero(near[top:, left:])
    return [columns.min() + left, rows.min() + top, columns.max() + left, rows.max() + top]


def test_a_curve_lies_where_its_values_say() -> None:
    line = {"color": BLUE, "width": 2}
    rising = go.Scatter(x=[1, 1000], y=[0, 1], mode="lines", line=line)
    flat = go.Scatter(x=[1, 1000], y=[0.5, 0.5], mode="lines", line={"color": ORANGE, "width": 2})
    axes = {"xaxis": {"type": "log", "range": [0, 3]}, "yaxis": {"range": [0, 2]}}
    shown = picture(figure(rising, flat, **axes))
    left, top, right, bottom = box_of(shown, BLUE)
    assert right - left > 550  # the whole axis
    level = box_of(shown, ORANGE)
    assert (level[1] + level[3]) / 2 == pytest.approx((top + bottom) / 2, abs=3)
    assert top == pytest.approx((630 - 100 + 92) / 2, abs=20)  # 1 is half way up to 2


def test_bars_stand_on_one_another_or_side_by_side() -> None:
    def bars(barmode: str) -> tuple[list[int], list[int]]:
        one = go.Bar(x=["a", "b"], y=[1, 1], marker={"color": BLUE})
        other = go.Bar(x=["a", "b"], y=[2, 2], marker={"color": ORANGE})
        shown = picture(figure(one, other, barmode=barmode))
        return box_of(shown, BLUE), box_of(shown, ORANGE)

    below, above = bars("stack")
    assert above[3] == pytest.approx(below[1], abs=2)
    assert (below[0], below[2]) == (above[0], above[2])
    one, other = bars("group")
    assert one[3] == pytest.approx(other[3], abs=2)
    assert one[0] < other[0]


def test_a_map_has_its_cells_in_the_order_of_its_axis() -> None:
    z = np.array([[0, 0], [0, 1]])
    scale = [[i / 4, colour] for i, colour in enumerate(SEQUENTIAL)]
    upward = box_of(picture(figure(go.Heatmap(z=z, colorscale=scale))), SEQUENTIAL[-1])
    flipped = figure(go.Heatmap(z=z, colorscale=scale), yaxis={"autorange": "reversed"})
    downward = box_of(picture(flipped), SEQUENTIAL[-1])
    assert upward[0] == downward[0] > 800
    assert upward[1] < downward[1]


def test_no_figure_or_one_of_another_kind_is_a_dial() -> None:
    assert len(np.unique(picture(None).reshape(-1, 3), axis=0)) > 20
    assert not cards.plot.can_draw(figure(go.Pie(values=[1])))


def test_a_long_title_and_letters_that_no_font_has_fit() -> None:
    odd = Card("Timeless", "Antidisestablishmentarianism ✓ at 10⁻⁷ and v₀", "λ " * 200)
    shown = picture(figure(go.Scatter(x=[0, 1], y=[0, 1], name="≥ <i>1</i>")), odd)
    paper = np.abs(shown[:, 470:515].astype(int) - LOOK["paper"]).max()
    assert paper < 20  # nothing runs into the figure


def test_each_page_has_its_own_card_until_its_figure_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, drawn = tmp_path / "cache", []
    real = cards.draw
    monkeypatch.setattr(cards, "draw", lambda *args: drawn.append(args[0].title) or real(*args))

    def built(name: str, *flags: str) -> dict[str, bytes]:
        out = tmp_path / name
        assert main(["--frozen", "--out", str(out), *flags], mini_site("whole", cache)) == 0
        return {path.stem: path.read_bytes() for path in out.glob("cards/*.png")}

    base = ("--base-url", "https://example.org/")
    first = built("one", *base)
    assert sorted(first) == ["index", "other"]
    assert first["index"] != first["other"]
    assert built("two", *base) == first
    assert len(drawn) == 2  # the second build took them from the cache
    assert built("three") == {}  # a picture needs a full address

    straight = "tests.sites.shared.figures.index.curve.figure"
    curve = figure(go.Scatter(x=[0, 1], y=[1, 0], mode="lines", line={"color": BLUE}))
    monkeypatch.setattr(straight, lambda results: curve)
    changed = built("four", *base)
    assert changed["index"] != first["index"]
    assert changed["other"] == first["other"]
