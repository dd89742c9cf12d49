"""Measured values as prose shows them."""

import pytest

from tests.sites import SITES
from timeless.errors import TimelessError
from timeless.results.artifacts import Results
from timeless.words.values import Value, look_up

RESULTS = Results(SITES / "shared" / "artifacts")


@pytest.mark.parametrize(
    ("raw", "spec", "shown"),
    [
        (9050, None, "9,050"),
        (131, None, "131"),
        (0.95432, None, "0.9543"),
        (0.95432, ".1%", "95.4%"),
        (1.234e-7, None, "1.234 × 10<sup>−7</sup>"),
        (1.234e-7, ".0e", "1 × 10<sup>−7</sup>"),
        (12345.6, ",.0f", "12,346"),
        (-3.0, None, "−3"),
        (True, None, "yes"),
        ("cpu < gpu", None, "cpu &lt; gpu"),
        ([], None, "none"),
        ([14], None, "14"),
        ([14, 28], None, "14 and 28"),
        ([14, 28, 42], None, "14, 28 and 42"),
        ([0.5, 1e-9], ".2g", "0.5 and 1 × 10<sup>−9</sup>"),
    ],
)
def test_values_are_typeset(raw: object, spec: str | None, shown: str) -> None:
    html = Value(raw, "toy.x", spec).html
    assert html.partition(">")[2] == f"{shown}</data>".replace(" × ", "\u00a0×\u00a0")


def test_a_value_says_where_it_comes_from() -> None:
    html = look_up(RESULTS, "toy.provenance.device").html
    assert 'value="cpu" title="artifacts/toy.json: provenance.device">cpu</data>' in html


def test_a_list_is_picked_from_at_either_end() -> None:
    first, last = (look_up(RESULTS, f"toy.key_freqs.{place}").text for place in (0, -1))
    assert look_up(RESULTS, "toy.key_freqs").text.startswith(f"{first}, ")
    assert look_up(RESULTS, "toy.key_freqs").text.endswith(f" and {last}")


def test_a_picture_gets_the_text_alone() -> None:
    assert look_up(RESULTS, "toy.grok_epoch").text == "9,050"


def test_a_picture_cannot_show_a_null() -> None:
    with pytest.raises(TimelessError, match=r"artifacts/toy.json: summary.never: is null"):
        _ = look_up(RESULTS, "toy.never").text


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("toy", "names no key"),
        ("toi.fve", 'no artifact "toi": did you mean "toy"?'),
        ("toy.config.stebs", 'config: no value "stebs": did you mean "steps"?'),
        ("toy.key_freqs.3", 'summary.key_freqs: no value "3" in a list of 3'),
        ("toy.key_freqs.-4", 'summary.key_freqs: no value "-4" in a list of 3'),
        ("toy.fve.x", 'summary.fve: no value "x" in 0.95432'),
        ("toy.config", "is a group with the keys steps, lr"),
        ("toy.never", "is null"),
        ("toy.never.epoch", "artifacts/toy.json: summary.never.epoch: is null: say what to show"),
    ],
)
def test_a_wrong_path_is_named(path: str, message: str) -> None:
    with pytest.raises(TimelessError) as error:
        _ = look_up(RESULTS, path).html
    assert message in str(error.value)


@pytest.mark.parametrize("path", ["toy.never", "toy.never.epoch", "toy.summary.never.epoch.0"])
def test_a_null_and_all_below_it_are_shown_as_the_page_says(path: str) -> None:
    assert ">not yet</data>" in look_up(RESULTS, path, otherwise="not yet").html


def test_a_format_that_does_not_fit_is_named() -> None:
    with pytest.raises(TimelessError, match=r"toy.json: summary.fve: is 0.95432, and "):
        _ = look_up(RESULTS, "toy.fve", "d").html
