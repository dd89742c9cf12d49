"""A dial."""

import numpy as np

from timeless.artifacts import Results
from timeless.instruments import Widget

ARTIFACTS = ("toy",)


def widget(results: Results) -> Widget:
    points = np.arange(4, dtype=np.int16).reshape(2, 2)
    return Widget(
        title="A dial",
        caption=r"Turn it by \(\omega_k\).",
        alt="A dial that shows 4 points.",
        data={"epochs": results["toy"]["curve"]["epoch"], "p": 7},
        parts={"000010": {"points": points}},
    )
