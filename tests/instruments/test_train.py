"""What the page about training says of its presets, as far as it was measured."""

import pytest

from timeless.instruments.train import expectation


@pytest.mark.parametrize(
    ("epochs", "median", "said"),
    [
        ([300, 200, 500], 300, "and generalised by epoch 300; single ones from 200 to 500."),
        ([1200], None, "and 1 generalised within 2,000 epochs, at 1,200."),
        ([], None, "and none generalised in 2,000 epochs."),
    ],
)
def test_an_expectation_tells_what_seeds_did(
    epochs: list[int], median: int | None, said: str
) -> None:
    usual = {"memorised": 110, "grokked": median, "seeds": epochs}
    found = expectation(usual, n_seeds=3, budget=2000)
    assert found.startswith("Measured on 3 seeds: half had memorised by epoch 110")
    assert found.endswith(said)


def test_an_expectation_tells_also_of_what_was_tried_too_shortly() -> None:
    usual = {"memorised": None, "grokked": None, "seeds": []}
    found = expectation(usual, n_seeds=2, budget=20)
    assert found == (
        "Measured on 2 seeds: fewer than half had memorised in 20 epochs, "
        "and none generalised in 20 epochs."
    )
