"""Which frequencies does each task use? Its spectrum of the shared embedding, in its own order."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import plotly.graph_objects as go

from timeless.analysis.progress import KEY_THRESHOLD
from timeless.figures import Figure
from timeless.figures.colours import MUTED, TEAL, VIOLET, faint
from timeless.figures.labels import FREQS, over_bars, stairs
from timeless.figures.panels import stacked
from timeless.results.artifacts import Artifact, Results, Table
from timeless.words.values import Quoting, plain

ARTIFACTS = ("co_grokking",)
HEIGHT = 520
MOST = 20  # key frequencies whose numbers still can be read and compared
TASKS = {
    "addition": "addition, the numbers in their own order",
    "multiplication": "multiplication, the numbers as powers of a primitive root",
}
KINDS = {"key": TEAL, "key, the number in both tasks": VIOLET, "not key": faint(MUTED, 0.55)}


def figure(results: Results) -> Figure:
    """Return two panels of bars, the norm of each frequency in the order of each task."""
    artifact, quote = results["co_grokking"], Quoting(results, "co_grokking")
    spectra = {task: artifact[f"spectrum_{task}"] for task in TASKS}
    return Figure(
        plot=_plot(spectra),
        title="Key frequencies of each task in the shared embedding",
        caption=(
            f"The last checkpoint of the joint run, epoch {quote('epochs')}: the norm of each "
            "frequency in the rows of \\(W_E\\), put in the order of each task. Dotted: "
            f"{KEY_THRESHOLD:g} of the largest, the rule for key frequencies. "
            f"{_words(artifact, quote)}"
        ),
        alt=plain(
            f"Two panels of bars over the frequencies, one for each task. {_words(artifact, quote)}"
        ),
        table=_table(spectra),
    )


def key_freqs(spectrum: Table) -> list[int]:
    """Return the frequencies that the spectrum's rule names, in ascending order."""
    return [int(freq) for freq in spectrum["freq"][spectrum["is_key"] > 0]]


def shared(spectra: dict[str, Table]) -> list[int]:
    """Return the numbers that are key frequencies in both orders.

    None if a task has so many that most numbers would be in both lists.
    """
    first, second = (set(key_freqs(spectrum)) for spectrum in spectra.values())
    return [] if max(len(first), len(second)) > MOST else sorted(first & second)


def _plot(spectra: dict[str, Table]) -> go.Figure:
    axes = [{"title_text": f"norm: {words}"} for words in TASKS.values()]
    largest = max(len(spectrum["freq"]) for spectrum in spectra.values())
    rules = {
        panel: KEY_THRESHOLD * spectrum["norm"].max()
        for panel, spectrum in enumerate(spectra.values(), 1)
    }
    whole = [0.2, largest + 0.8]
    plot = stacked(HEIGHT, axes, levels=rules, title_text="frequency k", range=whole)
    for kind, (panel, task) in product(KINDS, enumerate(TASKS, 1)):
        plot.add_traces(_bars(spectra, task, kind, panel))
    for panel, spectrum in enumerate(spectra.values(), 1):
        plot.layout.annotations += tuple(_numbers(spectrum, panel))
    plot.update_shapes(layer="above")
    return plot.update_layout(barmode="overlay", hovermode="closest")


def _bars(spectra: dict[str, Table], task: str, kind: str, panel: int) -> list[go.Bar]:
    """Return the bars of one kind in one panel, none if no frequency is of it."""
    spectrum = spectra[task]
    both = np.isin(spectrum["freq"], shared(spectra))
    key = spectrum["is_key"] > 0
    chosen = {"key": key & ~both, "not key": ~key}.get(kind, key & both)
    bars = go.Bar(
        name=kind,
        legendgroup=kind,
        width=0.8,
        x=spectrum["freq"][chosen],
        y=spectrum["norm"][chosen],
        yaxis=f"y{panel}",
        customdata=spectrum["power_share"][chosen],
        marker={"color": KINDS[kind]},
        hovertemplate=f"{task}, k = %{{x}}: norm %{{y:.3g}}, power share "
        "%{customdata:.2%}<extra></extra>",
    )
    return [bars] if chosen.any() else []


def _numbers(spectrum: Table, panel: int) -> list[dict[str, Any]]:
    """Return the number of each key frequency over its bar, unless they are too many to read."""
    freqs = key_freqs(spectrum)
    if len(freqs) > MOST:
        return []
    steps = stairs(freqs, FREQS)
    heights = [
        _top(spectrum, freq, freqs if step else [freq])
        for freq, step in zip(freqs, steps, strict=True)
    ]
    return over_bars(freqs, heights, panel)


def _top(spectrum: Table, freq: int, others: Sequence[int]) -> float:
    """Return the height of the tallest of some bars that a label at a frequency would touch."""
    return float(max(spectrum["norm"][k - 1] for k in others if abs(k - freq) < FREQS))


def _words(artifact: Artifact, quote: Quoting) -> str:
    """Return how many frequencies each task names, and which numbers are in both lists."""
    words = [_named(artifact, task, quote) for task in TASKS]
    both = shared({task: artifact[f"spectrum_{task}"] for task in TASKS})
    if max(artifact.summary[task]["n_key_freqs"] for task in TASKS) > MOST:
        return " ".join(words)
    numbers = quote.found(both, "spectrum_addition") if both else "none"
    return f"{' '.join(words)} Numbers in both lists: {numbers}."


def _named(artifact: Artifact, task: str, quote: Quoting) -> str:
    found = artifact.summary[task]
    count, of = (quote(f"{task}.{key}") for key in ("n_key_freqs", "n_frequencies"))
    if found["n_key_freqs"] == found["n_frequencies"]:
        return f"For {task} it names all {of}: no frequency stands out."
    if found["n_key_freqs"] > MOST:
        return f"For {task} it names {count} of {of}."
    return f"For {task} it names {count} of {of}: {quote(f'{task}.key_freqs')}."


def _table(spectra: dict[str, Table]) -> dict[str, Any]:
    """Return both spectra below one another."""
    tasks = [np.full(len(spectrum["freq"]), task) for task, spectrum in spectra.items()]
    columns = ("freq", "norm", "power_share", "is_key")
    values = {name: [spectrum[name] for spectrum in spectra.values()] for name in columns}
    joined = {name: np.concatenate(parts) for name, parts in values.items()}
    return {"task": np.concatenate(tasks), **joined}
