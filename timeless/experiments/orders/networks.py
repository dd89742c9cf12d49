"""The networks that are asked: last weights of runs that other experiments have published."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from timeless.analysis.fourier import Floats
from timeless.config import TrainConfig, first_config, train_config
from timeless.experiments.orders import SURVEYS
from timeless.results.artifacts import Results
from timeless.results.weights import Arrays, load_published

MAIN = "multiplication"


@dataclass(frozen=True)
class Trained:
    """The last weights of a run on one operation, and whether it learned that."""

    name: str
    config: TrainConfig
    op: int
    learned: bool
    weights: Arrays

    @property
    def operation(self) -> str:
        """Return the name of the operation."""
        return self.config.operations[self.op]

    @property
    def multiplies(self) -> bool:
        """Return whether the operation is multiplication."""
        return self.operation == "multiplication"

    @property
    def embedding(self) -> Floats:
        """Return the rows of W_E of all numbers [p, d_model]."""
        return np.asarray(self.weights["W_E"][: self.config.model.p], dtype=np.float64)


def published(results: Results) -> Iterator[Trained]:
    """Yield single runs, the main one on multiplication first, then those of surveys."""
    for experiment, op in ((MAIN, 0), ("co_grokking", 1), ("addition", 0)):
        artifact = results[experiment]
        config = first_config(artifact.config)
        task = f"_{config.operations[op]}" if len(config.operations) > 1 else ""
        learned = artifact.summary[f"grok_epoch{task}"] is not None
        weights = load_published(results.directory, experiment, f"seed{config.seed}")
        yield Trained(experiment, config, op, learned, weights)
    for experiment in SURVEYS:
        survey = results[experiment]
        for name, record in survey.summary["runs"].items():
            config = train_config({**survey.config["train"], "seed": record["seed"]})
            weights = load_published(results.directory, experiment, name)
            learned = record["grok_epoch"] is not None
            yield Trained(f"{experiment}_{name}", config, 0, learned, weights)
