"""Train it here: a small transformer that learns in the page while the reader watches."""

from typing import Any

from timeless.instruments import Widget
from timeless.results.artifacts import Results

ARTIFACTS: tuple[str, ...] = ()

FIRST: dict[str, Any] = {
    "p": 59,
    "operation": "a+b",
    "share": 50,
    "heads": 1,
    "width": 64,
    "activation": "relu",
    "rate": 0.003,
    "decay": 2.0,
    "epochs": 600,
}


def widget(results: Results) -> Widget:
    """Return the experiments that a reader can choose, each with what it usually does."""
    return Widget(
        title="A network that learns to add",
        caption="x",
        alt="x",
        data={"presets": [{"title": "Addition", "state": FIRST, "words": ""}]},
    )
