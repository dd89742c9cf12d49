"""The circuit at equal age: near the grokking epoch, some time after it, and at the end."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from timeless.analysis.fourier import spectrum
from timeless.analysis.network import Network, Split
from timeless.analysis.progress import key_frequencies
from timeless.analysis.rates import Rate, median_summary
from timeless.analysis.survey import MEASURES, measure
from timeless.config import first_config, train_config
from timeless.experiments.revisited import Config
from timeless.results.artifacts import Artifact, Results, Table, column
from timeless.results.weights import load_published, load_weights, published_file

MAIN = "addition"
CIRCUIT = ("gradient_symmetricity", "distance_irrelevance", "uniform_accuracy")
AGES = ("grok", "later", "end")


def trajectory_table(results: Results) -> Table:
    """Return `survey.MEASURES` of the main run at its published checkpoints."""
    artifact = results[MAIN]
    config, epochs = first_config(artifact.config), artifact.summary["published_epochs"]
    split, keys = Split.of(config), artifact.summary["key_freqs"]
    found = [
        measure(
            load_published(results.directory, MAIN, f"seed{config.seed}", epoch),
            config,
            split,
            keys,
        )
        for epoch in epochs
    ]
    columns = {"epoch": column(epochs, "epochs", "number of updates made")}
    for name, (unit, words, pairs) in MEASURES.items():
        columns[name] = column([row[name] for row in found], unit, words, split=pairs, digits=5)
    return Table("The main run at its published checkpoints (16 bits).", columns)


def ages_table(config: Config, results: Results, trajectory: Table) -> Table:
    """Return `survey.MEASURES` of every run at each age of it that was kept.

    The main run is read at the published checkpoint nearest the age; runs that were ended
    ``later`` epochs after grokking at their last one. ``since_grok`` says how old each is.
    """
    rows = [
        *_of_main(config, results[MAIN], trajectory),
        *_of_survey(results["seeds"]),
        *_of_last(results, "fraction_sweep"),
        *_of_last(results, "variants"),
    ]
    columns = {
        "run": column([row["run"] for row in rows], "name", "a run"),
        "age": column([row["age"] for row in rows], "name", "grok, later, or end"),
        "epoch": column([row["epoch"] for row in rows], "epochs", "checkpoint"),
        "since_grok": column([row["since_grok"] for row in rows], "epochs", "since grokking"),
    }
    for name, (unit, words, pairs) in MEASURES.items():
        columns[name] = column([row[name] for row in rows], unit, words, split=pairs, digits=5)
    return Table("Runs of addition at 30% at equal age.", columns)


def _of_main(config: Config, main: Artifact, trajectory: Table) -> Iterator[dict[str, Any]]:
    grokked, epochs = main.summary["grok_epoch"], trajectory["epoch"]
    if grokked is None:
        return
    ages = {"grok": grokked, "later": grokked + config.later, "end": int(epochs[-1])}
    for age, epoch in ages.items():
        row = int(np.abs(epochs - epoch).argmin())
        yield _row(MAIN, age, grokked, trajectory, row)


def _of_survey(survey: Artifact) -> Iterator[dict[str, Any]]:
    table = survey["ages"]
    for row, (run, age) in enumerate(zip(table["run"], table["age"], strict=True)):
        grokked = survey.summary["runs"][run]["grok_epoch"]
        if grokked is not None and age != "end":  # they end where they are `later` epochs old
            yield _row(f"{survey.experiment} {run}", str(age), grokked, table, row)


def _row(run: str, age: str, grokked: int, table: Table, row: int) -> dict[str, Any]:
    epoch = int(table["epoch"][row])
    head = {"run": run, "age": age, "epoch": epoch, "since_grok": epoch - grokked}
    return head | {name: table[name][row].item() for name in MEASURES}


def _of_last(results: Results, experiment: str) -> Iterator[dict[str, Any]]:
    """Yield the last weights of runs at the main run's share that ended when they had grokked."""
    artifact, share = results[experiment], results[MAIN].config["train"]["frac_train"]
    for key, record in artifact.summary["runs"].items():
        path = published_file(results.directory, experiment, key.replace("_", "-"))
        if record["grok_epoch"] is None or record["frac_train"] != share or not path.exists():
            continue
        weights, metadata = load_weights(path)
        weights.pop("train_index", None)
        trained = train_config(metadata["config"])
        keys = key_frequencies(spectrum(Network.of(weights, trained).number_embedding))
        found = measure(weights, trained, Split.of(trained), keys)
        since = metadata["epoch"] - record["grok_epoch"]
        name = f"variant {key}" if experiment == "variants" else key
        yield {"run": name, "age": "later", "epoch": metadata["epoch"], "since_grok": since} | found


def ages_summary(table: Table, wanted: Iterable[str] = ()) -> dict[str, Any]:
    """Return the circuit measures at each age: of the main run, and over it and the seeds.

    ``falls`` counts the runs in which a measure is smaller later than at the grokking epoch. Of a
    ``wanted`` run that was kept at no age, None stands in ``runs``.
    """
    at = {
        (str(run), str(age)): row
        for row, (run, age) in enumerate(zip(table["run"], table["age"], strict=True))
    }
    alike = [run for run, age in at if age == "grok" and (run, "later") in at]
    by_run = dict.fromkeys(run.replace(" ", "_") for run in wanted) | _by_run(table, at)
    found: dict[str, Any] = {"runs": by_run, "n_alike": len(alike)}
    for name in CIRCUIT:
        values = {
            age: [float(table[name][at[run, age]]) for run in alike] for age in ("grok", "later")
        }
        pairs = list(zip(values["grok"], values["later"], strict=True))
        found[name] = {
            age: median_summary(of_age) | _ends(of_age) for age, of_age in values.items()
        }
        found[name]["falls"] = Rate(sum(b < a for a, b in pairs), len(pairs)).as_summary()
    return found


def _ends(values: list[float]) -> dict[str, float | None]:
    return {"least": min(values, default=None), "greatest": max(values, default=None)}


def _by_run(table: Table, at: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    """Return the circuit measures by run and age; a run's name is a key, without spaces."""
    found: dict[str, Any] = {}
    names = ("epoch", "since_grok", "n_key_freqs", *CIRCUIT)
    for (run, age), row in at.items():
        measured = {name: table[name][row].item() for name in names}
        found.setdefault(run.replace(" ", "_"), {})[age] = measured
    return found
