"""Conclusions: conditions on measured values, and what is no condition."""

from typing import Any

import pytest

from tests.sites import SITES
from timeless.errors import TimelessError
from timeless.results.artifacts import Results
from timeless.words.conclusions import conclusion
from timeless.words.values import look_up

RESULTS = Results(SITES / "shared" / "artifacts")


def find(path: str) -> Any:
    return look_up(RESULTS, path).raw


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ("toy.grok_epoch == 9050", True),
        ("9000 < toy.grok_epoch <= 9050", True),
        ("9000 < toy.grok_epoch < 9050", False),
        ("toy.grok_epoch > 1000 * toy.config.lr + 9049", False),
        ("toy.never == none and toy.holds == true", True),
        ("toy.never != none or not toy.drop < -2.5", False),
        ("14 in toy.key_freqs and 15 not in toy.key_freqs", True),
        ("toy.place == 'a < b'", True),
        ('toy.provenance.device == "toy.drop"', False),
    ],
)
def test_a_condition_is_decided_by_the_artifacts(condition: str, held: bool) -> None:
    concluded = conclusion(condition)
    if held:
        concluded.check(find)
    else:
        with pytest.raises(TimelessError, match="the artifacts do not bear out"):
            concluded.check(find)


def test_it_knows_the_values_that_it_compares() -> None:
    found = conclusion("toy.a.0 < 2 * other.b and claims.kin-click == 'partly'").paths
    assert found == ("toy.a.0", "other.b", "claims.kin-click")


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("toy.grok_epoch >", "not a condition: toy.grok_epoch > (invalid syntax)"),
        ("3 > 2", "compares no measured value: 3 > 2"),
        ("toy.grok_epoch", "compares no measured value"),
        ("toy.grok_epoch > many", "has many: write a value as artifact.key"),
        ("toy.fve ** 9 > 1", "has Pow"),
        ("(lambda: toy.fve)() > 1", "has Call"),
        ("[x for x in toy.key_freqs] == 1", "has ListComp"),
    ],
)
def test_anything_else_is_refused(condition: str, message: str) -> None:
    with pytest.raises(TimelessError) as error:
        conclusion(condition)
    assert message in str(error.value)
