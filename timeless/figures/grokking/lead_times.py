"""Which measure moves before test accuracy does, and which moves on runs that never generalise?"""

import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BROWN, GREY, MAGENTA, OCHRE, TEAL, VIOLET
from timeless.results.artifacts import Artifact, Results
from timeless.rules import BEHAVIOUR, DIRECTIONS
from timeless.words.values import Quoting, plain, run_name

ARTIFACTS = ("phases",)
HEIGHT = 460
COLOURS = (TEAL, MAGENTA, VIOLET, OCHRE, BROWN, GREY)
WORDS = {
    "restricted_loss_all": "restricted loss",
    "spectral_entropy": "spectral entropy",
    "gini_W_E": "Gini coefficient",
    "sum_sq_weights": "sum of squares",
    "loss_test": "test loss",
    BEHAVIOUR: "test accuracy",
}


def figure(results: Results) -> Figure:
    """Return the epoch of each measure's alarm, a marker for each run."""
    artifact, quote = results["phases"], Quoting(results, "phases")
    alarms = artifact["alarms"]
    shown = alarms["threshold"] == artifact.config["rule"]["threshold"]
    return Figure(
        plot=_plot(artifact),
        title="When each measure raises an alarm",
        caption=(
            "The checkpoint from which a measure stays away from its own plateau by at least "
            f"{quote('config.rule.threshold', '.0%')}, in the direction of structure, for "
            f"{quote('config.rule.stays')} epochs. Filled: runs that generalise; to the left of "
            "their marker for test accuracy, the measure leads. Crosses: runs that do not "
            "generalise within their budget, so that every alarm is a false one. "
            f"{_story(quote)}"
        ),
        alt=plain(f"Alarm epochs of {len(DIRECTIONS)} measures. {_story(quote)}"),
        table={name: alarms[name][shown] for name in alarms.columns},
    )


def _runs(artifact: Artifact) -> list[str]:
    return list(dict.fromkeys(artifact["alarms"]["run"].tolist()))


def _plot(artifact: Artifact) -> go.Figure:
    plot = go.Figure(layout={"height": HEIGHT, "hovermode": "closest"})
    for run, colour in zip(_runs(artifact), COLOURS * 9, strict=False):
        plot.add_trace(_markers(artifact, run, colour))
    plot.update_xaxes(title_text="epoch of the alarm", type="log", tickformat=",d", dtick="D2")
    return plot.update_yaxes(
        categoryorder="array",
        categoryarray=list(WORDS.values())[::-1],
        range=[-0.6, len(WORDS) - 0.4],
    )


def _markers(artifact: Artifact, run: str, colour: str) -> go.Scatter:
    alarms = artifact["alarms"]
    rows = (alarms["run"] == run) & (alarms["alarm_epoch"] >= 0)
    rows &= alarms["threshold"] == artifact.config["rule"]["threshold"]
    generalises = bool(alarms["generalises"][alarms["run"] == run][0])
    name = run_name(run) if generalises else f"{run_name(run)} (does not generalise)"
    return go.Scatter(
        mode="markers",
        name=name,
        x=alarms["alarm_epoch"][rows],
        y=[WORDS[measure] for measure in alarms["measure"][rows]],
        marker={"color": colour, "size": 11, "symbol": "circle" if generalises else "x"},
        hovertemplate=f"{name}, %{{y}}: epoch %{{x:,d}}<extra></extra>",
    )


def _story(quote: Quoting) -> str:
    """Return in words how often each structural measure led, and how often it was false."""
    parts = [
        f"{WORDS[measure]} {_one(quote, measure)}" for measure in DIRECTIONS if measure != BEHAVIOUR
    ]
    return (
        f"Lead in the run of addition, and false alarms on {quote('n_never')} that did not "
        f"generalise: {'; '.join(parts)}."
    )


def _one(quote: Quoting, measure: str) -> str:
    lead, false = (quote(f"lead.{measure}.{key}") for key in ("lead", "false_alarms"))
    return f"{lead} epochs, {false} false"
