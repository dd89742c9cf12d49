"""Does the network multiply by logarithms? Accuracy without frequencies of either order."""

from typing import Any

import plotly.graph_objects as go

from timeless.figures import Figure, switched
from timeless.figures.fourier.ablation import (
    SHARE,
    chosen_freqs,
    of_others,
    plot,
    whole_accuracy,
)
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("multiplication",)
VIEWS = {"discrete logarithm": "ablation", "number itself": "ablation_additive"}


def figure(results: Results) -> Figure:
    """Return four rows of accuracies, with a switch between the two orders."""
    artifact, quote = results["multiplication"], Quoting(results, "multiplication")
    views = {view: _view(artifact, table) for view, table in VIEWS.items()}
    log, additive = (_words(artifact, table, quote) for table in VIEWS.values())
    return Figure(
        plot=switched("Frequencies over the", views),
        title="Accuracy without frequencies of the logarithm, and of the number",
        caption=(
            f"The last checkpoint of the run with seed {quote('seed')} after frequencies have been "
            "taken out of \\(W_E\\), on all pairs without zero for those over the logarithm, on "
            "all pairs for those over the number. Diamonds: the "
            f"{_set(artifact, 'ablation', quote)} over the logarithm; the "
            f"{_set(artifact, 'ablation_additive', quote)} over the number. Points: "
            f"{quote('ablation.n_random')} random sets of as many{of_others(artifact['ablation'])},"
            " spread over the height of a row only to keep them apart; upright bars: their mean. "
            f"Guessing is right once in {quote('config.train.model.p')}."
        ),
        alt=plain(
            "Four rows of points on one axis of accuracy, for two orders of the numbers. "
            f"Over the logarithm: {log} Over the number itself: {additive}"
        ),
        table=_table(artifact),
    )


def _name(artifact: Artifact, table: str) -> str:
    """Return what the chosen frequencies are: those that the rule names, or only the largest."""
    order = "" if table == "ablation" else "_additive"
    named = artifact.summary[f"key_freqs{order}"]
    return "key" if chosen_freqs(artifact[table]) == named else "largest"


def _set(artifact: Artifact, table: str, quote: Quoting) -> str:
    freqs = quote.found(chosen_freqs(artifact[table]), table)
    return f"{_name(artifact, table)} frequencies {freqs}"


def _view(artifact: Artifact, table: str) -> go.Figure:
    return plot(artifact[table], artifact.summary[table], _name(artifact, table))


def _words(artifact: Artifact, table: str, quote: Quoting) -> str:
    """Return the measured accuracies of one order in words, whichever way they come out."""

    def share(key: str) -> str:
        return quote(f"{table}.{key}", SHARE)

    found = artifact[table]
    return (
        f"The whole network scores {quote.found(whole_accuracy(found), table, SHARE)}. Without the "
        f"{_set(artifact, table, quote)} it scores {share('without_key_accuracy')}; without as "
        f"many random ones {share('without_random_accuracy_mean')} on average and "
        f"{share('without_random_accuracy_min')} at worst. With them alone it scores "
        f"{share('only_key_accuracy')}; with as many random ones alone "
        f"{share('only_random_accuracy_mean')} on average and "
        f"{share('only_random_accuracy_max')} at best."
    )


def _table(artifact: Artifact) -> dict[str, Any]:
    """Return both tables, one below the other, with the order of each row."""
    tables = {order: artifact[table] for order, table in VIEWS.items()}
    names = list(artifact["ablation"].columns)
    orders = [order for order, found in tables.items() for _ in found["kind"]]
    return {"order": orders} | {
        name: [value for found in tables.values() for value in found[name].tolist()]
        for name in names
    }
