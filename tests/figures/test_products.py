"""The figure that counts multiplications, against a network small enough to count by hand."""

from timeless.figures.architecture.products import multiplications
from timeless.results.artifacts import Artifact


def test_the_products_of_a_tiny_network_are_counted_as_by_hand() -> None:
    model = {"p": 3, "d_model": 2, "d_mlp": 4}
    counted = multiplications(Artifact("tiny", {"train": {"model": model}}, {}, {"n_train": 5}))
    assert counted["every position"] == {
        "attention": 5 * (3 * 4 * 4 + 9 * 2 * 2),  # four matrices, nine scores, nine values mixed
        "into the neurons": 5 * 3 * 8,
        "out to the logits": 5 * (3 * 8 + 6),
        "once per step": 0,
    }
    assert counted["last position"] == {
        "attention": 5 * (4 + 3 * 4 + 3 * 4 + 4 + 3 * 2 * 2),  # q, three k, three v, W_O
        "into the neurons": 5 * 8,
        "out to the logits": 5 * (8 + 6),
        "once per step": 0,
    }
    assert counted["factorised"] == {
        "attention": 5 * 3 * 2,
        "into the neurons": 5 * 8,
        "out to the logits": 5 * (4 + 2) * 3,
        "once per step": 4 + 7 * 8 + 7 * 2 + 16 + 36 + 8 + 6,  # q, k and v, scores, merged, biases
    }
