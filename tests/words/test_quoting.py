"""Numbers in captions say where they come from, and read well without their typesetting."""

import pytest

from timeless.results.artifacts import Artifact, Results, save_artifact
from timeless.words.values import Quoting, plain


@pytest.fixture
def quote(tmp_path) -> Quoting:
    save_artifact(Artifact("x", {}, {}, {"n": 5148, "nothing": None}), tmp_path)
    return Quoting(Results(tmp_path), "x")


def test_a_value_of_the_summary_names_its_place(quote) -> None:
    assert quote("n") == (
        '<data class="measured" value="5148" title="artifacts/x.json: summary.n">5,148</data>'
    )


def test_a_null_is_none(quote) -> None:
    assert plain(quote("nothing")) == "none"


def test_a_number_found_in_a_table_names_the_table(quote) -> None:
    assert quote.found(0.5, "curves", ".0%") == (
        '<data class="measured" value="0.5" '
        'title="computed from artifacts/x.json: series.curves">50%</data>'
    )
    assert plain(quote.found([2, 5, 9], "curves")) == "2, 5 and 9"


def test_plain_text_keeps_exponents_and_indices(quote) -> None:
    assert plain(quote.found(1.5e-12, "curves", ".2g")) == "1.5 × 10⁻¹²".replace(
        " ", "\N{NO-BREAK SPACE}"
    )
    assert plain("W<sub>E</sub> &amp; W<sub>out</sub>") == "W_E & W_out"
