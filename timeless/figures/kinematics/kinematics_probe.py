"""Can sine, cosine and tangent be read from the angle tokens, and since when?"""

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, INK, MAGENTA, TEAL, VIOLET
from timeless.figures.panels import curve, stacked
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("kinematics",)
HEIGHT = 520
TARGETS = {
    "sin": ("sin θ", BLUE, "solid"),
    "cos": ("cos θ", TEAL, "solid"),
    "tan": ("tan θ", MAGENTA, "solid"),
    "sec2": ("1/cos² θ", VIOLET, "solid"),
    "angle": ("the angle θ itself", INK, "dot"),
}
FLOOR = -0.12


def figure(results: Results) -> Figure:
    """Return R² of each target over training, a panel for each weight decay."""
    artifact, quote = results["kinematics"], Quoting(results, "kinematics")
    runs = artifact.summary["tokens"]
    return Figure(
        plot=_plot(artifact),
        title="What a linear probe reads from the angle tokens",
        caption=(
            f"R² of a ridge probe on angles left out of its fit, for the "
            f"{quote('throws.n_theta_trained')} angles that occur in training: 1 is a perfect "
            "reading, 0 no better than the mean. Dotted level: the best of "
            f"{quote('n_random')} random embeddings of the same shape, on any of these targets. "
            f"{_story(artifact, quote)}"
        ),
        alt=plain(f"R² over training in two panels. {_story(artifact, quote)}"),
        table={
            "epoch": artifact[f"probe_{next(iter(runs))}"]["epoch"],
            **{f"{t}_{key}": artifact[f"probe_{key}"][t] for key in runs for t in TARGETS},
        },
    )


def _plot(artifact: Artifact) -> go.Figure:
    runs, probe = artifact.summary["tokens"], artifact.summary["probe"]
    title = "R² of the probe, weight decay {:g}"
    axes = [
        {"title_text": title.format(run["weight_decay"]), "range": [FLOOR, 1.04]}
        for run in runs.values()
    ]
    best = {
        panel: max(one["random_max"] for one in probe[key].values())
        for panel, key in enumerate(runs, 1)
    }
    plot = stacked(HEIGHT, axes, levels=best, title_text="epoch", tickformat=",d")
    for panel, key in enumerate(runs, 1):
        for target, (name, colour, dash) in TARGETS.items():
            drawn = (artifact[f"probe_{key}"], target, name, colour)
            line = curve(
                *drawn,
                panel=panel,
                spec=".3f",
                mode="lines+markers",
                legendgroup=target,
                line_dash=dash,
                marker_size=5,
            )
            plot.add_trace(line)
    return plot


def _story(artifact: Artifact, quote: Quoting) -> str:
    """Return in words what is read at the end, beside the angle itself."""
    parts = []
    for key in artifact.summary["tokens"]:
        read = ", ".join(
            f"{name} {quote(f'probe.{key}.{target}.trained', '.3f')}"
            for target, (name, *_) in TARGETS.items()
        )
        parts.append(
            f"Weight decay {quote(f'tokens.{key}.weight_decay', 'g')}, at the end: {read}."
        )
    return " ".join(parts)
