"""Train `addition` and take its first run apart: curves, measures, ablation, weights."""

from timeless.analysis.ablation import ablation, ablation_summary
from timeless.analysis.export import publish_weights, published_epochs
from timeless.analysis.summary import summarise
from timeless.analysis.trajectory import trajectory
from timeless.config import as_dict
from timeless.experiments.addition import NAME, Config, runs
from timeless.experiments.stability.edge import edge
from timeless.results.artifacts import Artifact
from timeless.results.provenance import provenance
from timeless.running.workspace import Workspace
from timeless.training.campaign import curves_table


def run(config: Config, workspace: Workspace) -> Artifact:
    """Train (or resume) the runs, write their weights, and return the artifact."""
    finished = workspace.train(NAME, runs(config))
    first = next(iter(finished.values()))
    found = trajectory(first)
    curves = curves_table(first)
    summary = summarise(first, found)
    published = published_epochs(first, summary["grok_epoch"], config.n_published)
    name = f"seed{config.seeds[0]}"
    summary |= publish_weights(NAME, name, first, workspace.artifacts, published)
    ablated = ablation(found.final, first.config, found.key_freqs, config.n_random_sets)
    summary["ablation"] = ablation_summary(ablated)
    summary["edge"], edges = edge(first)
    return Artifact(
        NAME,
        as_dict(config),
        provenance(first.workplace, seconds=first.seconds, seeds=config.seeds),
        summary,
        {"curves": curves, **found.tables, **edges, "ablation": ablated},
    )
