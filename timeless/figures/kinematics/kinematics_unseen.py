"""Why do unseen values fail? The same network with unseen tokens put between their neighbours."""

import numpy as np
import plotly.graph_objects as go

from timeless.figures import Figure
from timeless.figures.colours import BLUE, MUTED, TEAL, faint
from timeless.results.artifacts import Artifact, Results
from timeless.words.values import Quoting, plain

ARTIFACTS = ("kinematics",)
HEIGHT = 400
SPLITS = {
    "test": "held-out<br>combinations",
    "ood_theta": "unseen<br>angles",
    "ood_v0": "unseen<br>speeds",
    "ood_both": "both<br>unseen",
}


def figure(results: Results) -> Figure:
    """Return the share of right bins on each split: as trained, filled in, and by look-up."""
    artifact, quote = results["kinematics"], Quoting(results, "kinematics")
    bars = _bars(artifact)
    return Figure(
        plot=_plot(bars),
        title="Unseen values, as they are and put between their neighbours",
        caption=(
            "Share of right bins at the end of training. *Filled in*: the same weights, but each "
            "token that never occurred gets the mean of the embeddings of the values beside it; "
            "nothing is trained for this. *Look-up*: the bin of the nearest training throw, a "
            f"control that knows the numbers and no physics. {_story(artifact, quote)}"
        ),
        alt=plain(f"Bars for four splits. {_story(artifact, quote)}"),
        table={
            "split": list(SPLITS),
            **{name: np.array(values) for name, (values, _) in bars.items()},
        },
    )


def _bars(artifact: Artifact) -> dict[str, tuple[list[float], str]]:
    summary = artifact.summary
    found: dict[str, tuple[list[float], str]] = {}
    colours = ((BLUE, TEAL), (faint(BLUE, 0.5), faint(TEAL, 0.5)))
    for (plainly, filled), run in zip(colours, summary["tokens"].values(), strict=False):
        decay = f"weight decay {run['weight_decay']:g}"
        found[f"as trained, {decay}"] = ([run[f"final_{s}_accuracy"] for s in SPLITS], plainly)
        middle = run["interpolated"] | {"test_accuracy": run["final_test_accuracy"]}
        found[f"filled in, {decay}"] = ([middle[f"{s}_accuracy"] for s in SPLITS], filled)
    nearest = summary["throws"]["nearest"]
    return found | {"look-up": ([nearest[f"{s}_accuracy"] for s in SPLITS], faint(MUTED, 0.7))}


def _plot(bars: dict[str, tuple[list[float], str]]) -> go.Figure:
    plot = go.Figure(
        [
            go.Bar(
                name=name,
                x=list(SPLITS.values()),
                y=values,
                marker={"color": colour},
                hovertemplate=f"{name}: %{{y:.1%}}<extra></extra>",
            )
            for name, (values, colour) in bars.items()
        ],
        {"height": HEIGHT, "barmode": "group", "bargap": 0.22, "hovermode": "closest"},
    )
    plot.update_xaxes(title_text="")
    return plot.update_yaxes(title_text="right bin", range=[0, 1.02], tickformat=".0%")


def _story(artifact: Artifact, quote: Quoting) -> str:
    """Return in words what filling in the middle changes, for each run."""
    return " ".join(
        f"Weight decay {quote(f'tokens.{key}.weight_decay', 'g')}: unseen angles go from "
        f"{quote(f'tokens.{key}.final_ood_theta_accuracy', '.1%')} to "
        f"{quote(f'tokens.{key}.interpolated.ood_theta_accuracy', '.1%')}, unseen speeds from "
        f"{quote(f'tokens.{key}.final_ood_v0_accuracy', '.1%')} to "
        f"{quote(f'tokens.{key}.interpolated.ood_v0_accuracy', '.1%')}; held-out combinations, "
        f"which it does not touch, are at {quote(f'tokens.{key}.final_test_accuracy', '.1%')}."
        for key in artifact.summary["tokens"]
    )
