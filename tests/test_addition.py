"""The addition experiment: what its summary says."""

import numpy as np

from timeless.summary import tensor_sizes


def test_every_tensor_is_described_by_its_shape_and_its_number_of_entries() -> None:
    weights = {"W_Q": np.zeros((4, 6, 2), np.float32), "b_U": np.zeros(5, np.float32)}
    assert tensor_sizes(weights) == {
        "W_Q": {"shape": [4, 6, 2], "count": 48},
        "b_U": {"shape": [5], "count": 5},
    }
