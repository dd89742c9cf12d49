"""Is the delay a matter of norm? Measured delays against those that the norm predicts."""

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, MUTED, ORANGE, TEAL
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("norms",)
HEIGHT = 460
GROUPS = {
    "decay": ("weight decay varied, p = 59", ORANGE),
    "seed": ("seed varied, p = 131", BLUE),
    "share": ("share varied, p = 131, one head", TEAL),
}
ROOM = 1.5  # around the smallest and the largest delay


def figure(results: Results) -> Figure:
    """Return each run as a point; on the diagonal the law holds."""
    artifact, quote = results["norms"], Quoting(results, "norms")
    story = _story(artifact, quote)
    return Figure(
        plot=_plot(artifact),
        title="Measured delay against the delay that the norm predicts",
        caption=(
            "Each point is a run that generalised after it had memorised. Across: the delay by "
            "the law in the text, from the sum of squared weights at memorisation; up: the delay "
            "as measured; dotted: equal. Open points set the two constants of their group. The "
            "exponents in the text are over the strengths of decay at which every run generalised. "
            f"{story}"
        ),
        alt=plain(f"Measured over predicted delays with the line of equality. {story}"),
        table={name: artifact["runs"][name] for name in artifact["runs"].columns},
    )


def _plot(artifact: Artifact) -> go.Figure:
    runs = artifact["runs"]
    delays = np.concatenate([runs["delay"], runs["predicted_delay"]]).astype(float)
    known = delays[np.isfinite(delays) & (delays > 0)]
    ends = (known.min() / ROOM, known.max() * ROOM) if known.size else (1.0, 10.0)
    axis = {"type": "log", "range": np.log10(ends).tolist(), "dtick": 1, "tickformat": ",d"}
    plot = go.Figure(layout={"height": HEIGHT, "hovermode": "closest"})
    for group, (words, colour) in GROUPS.items():
        own = runs.where((runs["group"] == group) & (runs["predicted_delay"] > 0))
        open_ = np.where(own["reference"] == 1, "circle-open", "circle")
        plot.add_trace(
            go.Scatter(
                mode="markers",
                name=words,
                x=own["predicted_delay"],
                y=own["delay"],
                marker={"color": colour, "symbol": open_, "size": 9, "line": {"width": 1.5}},
                text=own["arm"],
                customdata=own["seed"],
                hovertemplate="%{text}, seed %{customdata}: predicted %{x:,.0f}, "
                "measured %{y:,d}<extra></extra>",
            )
        )
    plot.add_shape(
        type="line",
        layer="below",
        x0=ends[0],
        y0=ends[0],
        x1=ends[1],
        y1=ends[1],
        line={"color": MUTED, "width": 1, "dash": "dot"},
    )
    return plot.update_layout(
        xaxis={"title_text": "delay by the law, epochs", **axis},
        yaxis={"title_text": "delay as measured, epochs", **axis},
    )


def _story(artifact: Artifact, quote: Quoting) -> str:
    """Return how far predictions are off in each group, as sentences."""
    told = [
        f"{words}: {quote(f'groups.{group}.error_median', '.0%')} off in the median "
        f"of {quote(f'groups.{group}.n_predicted')} runs"
        for group, (words, _) in GROUPS.items()
        if artifact.summary["groups"][group]["n_predicted"]
    ]
    story = "; ".join(told)
    return f"{story[0].upper()}{story[1:]}." if told else "No run generalised after memorising."
